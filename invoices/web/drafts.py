"""What is done with a draft: look through, issue, discard, take up again, duplicate, go back to a version."""

from __future__ import annotations

from uuid import UUID

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import actor_of, now_of, render_page, staff_page
from customers.credit import exposure_of
from customers.states import CustomerStatus
from invoices.models import InvoiceDraft
from invoices.selectors import draft_get
from invoices.services.attachments import attachments_at
from invoices.services.documents import draft_html, draft_pdf
from invoices.services.drafts import draft_discard, draft_duplicate, draft_reopen, draft_restore, draft_review
from invoices.services.instalments import due_parts
from invoices.services.issue import invoice_issue
from invoices.services.issue_warnings import issue_warnings
from invoices.states import DRAFT_TRANSITIONS, OPEN_DRAFTS, DraftStatus


@staff_page(Right.INVOICES_VIEW)
def draft_preview(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """A draft as the document that it would become, with what can be done next."""
    actor = actor_of(request)
    draft = draft_get(actor, draft_id)
    status = DraftStatus(draft.status)
    allowed = DRAFT_TRANSITIONS[status]
    drafts, issues = Right.INVOICES_DRAFT in actor.rights, Right.INVOICES_ISSUE in actor.rights
    context = {
        "draft": draft,
        "status": status,
        "due_on": _due_on(draft, request),
        "files": attachments_at(draft),
        "files_url": reverse("invoices:draft_attachments", args=[draft.pk]),
        "may_add_file": drafts and status in OPEN_DRAFTS,
        "versions": draft.versions.all()[:20],
        "entries": story_of(timeline(actor, subject_id=draft.pk)[:20]),
        "may_edit": drafts and status in {DraftStatus.DRAFT, DraftStatus.REVIEWED},
        "may_review": drafts and DraftStatus.REVIEWED in allowed,
        "may_issue": issues and DraftStatus.CONVERTED in allowed,
        "may_discard": drafts and DraftStatus.DISCARDED in allowed,
        "may_reopen": drafts and status in {DraftStatus.DISCARDED, DraftStatus.SCHEDULED},
        "may_draft": drafts,
        "suspended": draft.customer.status == CustomerStatus.SUSPENDED,
        "exposure": exposure_of(draft.customer, adding=Money(draft.total, draft.currency)),
        "incomplete": any(line.unit_price is None for line in draft.lines.all()) or not draft.lines.all(),
    }
    return render_page(request, "invoices/draft_preview.html", context)


def _due_on(draft: InvoiceDraft, request: HttpRequest) -> object:
    try:
        return due_parts(draft, draft.total, local_today(draft.profile, now_of(request)))[-1].due_on
    except DomainError:
        return draft.due_on


@require_GET
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type] # its types know no path arguments
@staff_page(Right.INVOICES_VIEW)
def draft_document(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """The document alone, for the frame in the page."""
    return HttpResponse(draft_html(draft_id=draft_id, actor=actor_of(request)))


@require_GET
@staff_page(Right.INVOICES_VIEW)
def draft_pdf_file(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """The draft as a PDF, marked as a draft."""
    draft = draft_get(actor_of(request), draft_id)
    content = draft_pdf(draft_id=draft_id, actor=actor_of(request))
    disposition = f'inline; filename="{draft.number}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


@require_POST
@staff_page(Right.INVOICES_ISSUE)
def draft_issue(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Issues the invoice and goes to it."""
    invoice = invoice_issue(draft_id=draft_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("%(number)s issued. Nothing has been sent yet.") % {"number": invoice.number})
    for warning in issue_warnings(invoice):
        messages.warning(request, warning.message)
    return redirect("invoices:detail", invoice.pk)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_mark_reviewed(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Notes who looked through the draft."""
    draft_review(draft_id=draft_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("Marked as reviewed."))
    return redirect("invoices:draft_preview", draft_id)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_throw_away(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Discards the draft; it can be taken up again."""
    draft = draft_discard(draft_id=draft_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("%(number)s discarded. You can take it up again.") % {"number": draft.number})
    return redirect("invoices:draft_preview", draft_id)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_take_up(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Takes a discarded or scheduled draft up again."""
    draft = draft_reopen(draft_id=draft_id, actor=actor_of(request), now=now_of(request))
    tell_not_taken(request, draft)
    return redirect("invoices:draft_edit", draft_id)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_copy(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Makes another draft with the same lines."""
    draft = draft_duplicate(draft_id=draft_id, actor=actor_of(request), now=now_of(request))
    tell_not_taken(request, draft)
    messages.success(request, _("%(number)s made.") % {"number": draft.number})
    return redirect("invoices:draft_edit", draft.pk)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_go_back(request: HttpRequest, draft_id: UUID, version: int) -> HttpResponseBase:
    """Makes an earlier version the newest."""
    draft = draft_restore(draft_id=draft_id, version=version, actor=actor_of(request), now=now_of(request))
    tell_not_taken(request, draft)
    messages.success(request, _("Version %(version)s is back.") % {"version": version})
    return redirect("invoices:draft_edit", draft_id)


def tell_not_taken(request: HttpRequest, draft: InvoiceDraft) -> None:
    """Says which lines bill work that is billed elsewhere too, so that nobody pays it twice."""
    if draft.not_taken:
        texts = ", ".join(lists.quoted(text) for text in draft.not_taken)
        messages.warning(request, _("Billed elsewhere already, look at these lines: %(lines)s.") % {"lines": texts})
