"""What the editor sends while a person types: kept as an unsaved copy, computed, shown as a document."""

from __future__ import annotations

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, now_of, staff_page
from customers.models import Customer
from customers.selectors import customer_get
from invoices.models import InvoiceDraft
from invoices.selectors import draft_get
from invoices.services.draft_looks import draft_look
from invoices.services.working_copies import working_copy_drop, working_copy_save
from invoices.states import EDITABLE_DRAFTS, DraftStatus
from invoices.web.editor_forms import Editor, editor_for
from invoices.web.live import live_of


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_totals(request: HttpRequest) -> HttpResponseBase:
    """The totals of what is in the form now, computed here and stored nowhere."""
    editor = _sent(request)
    return render(request, "invoices/partials/totals.html", {"live": live_of(editor, now_of(request)), "swapped": True})


@require_POST
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": ["'self'"]})
@staff_page(Right.INVOICES_DRAFT)
def draft_look_now(request: HttpRequest) -> HttpResponseBase:
    """The document that the form would become now; 422 with the reason where there is none."""
    editor = _sent(request)
    try:
        page = draft_look(
            customer=editor.customer,
            data=editor.input,
            draft=editor.draft,
            actor=actor_of(request),
            now=now_of(request),
        )
    except ValidationFailed as error:
        return HttpResponse(error.message, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(page)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_autosave(request: HttpRequest) -> HttpResponseBase:
    """Keeps what is in the form as the person's unsaved copy; tells when another version was saved meanwhile."""
    editor = _sent(request)
    draft = editor.draft
    if draft is not None and DraftStatus(draft.status) not in EDITABLE_DRAFTS:
        context = {"fault": _("%(number)s cannot be edited any more.") % {"number": draft.number}}
        return render(request, "invoices/partials/unsaved.html", context, status=409)
    copy = working_copy_save(
        customer=editor.customer,
        draft=draft,
        content=editor.content,
        base_version=editor.base_version,
        actor=actor_of(request),
        now=now_of(request),
    )
    newer = draft.version if draft and draft.version != copy.base_version else 0
    return render(request, "invoices/partials/unsaved.html", {"draft": draft, "copy": copy, "newer": newer})


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def draft_drop_copy(request: HttpRequest) -> HttpResponseBase:
    """Throws the person's unsaved changes away and shows the draft as it was saved."""
    customer, draft = _named(request)
    working_copy_drop(customer_id=customer.pk, draft_id=draft.pk if draft else None, actor=actor_of(request))
    messages.success(request, _("Your unsaved changes are gone."))
    if draft is not None:
        return redirect("invoices:draft_edit", draft.pk)
    return redirect(f"{reverse('invoices:draft_new')}?customer={customer.pk}")


def _named(request: HttpRequest) -> tuple[Customer, InvoiceDraft | None]:
    """The customer, and the draft where there is one, that the address names. Raises NotFound."""
    actor = actor_of(request)
    if wanted := request.GET.get("draft", ""):
        draft = draft_get(actor, wanted)
        return draft.customer, draft
    return customer_get(actor, request.GET.get("customer", "")), None


def _sent(request: HttpRequest) -> Editor:
    """The form as it was sent, read as far as it can be."""
    customer, draft = _named(request)
    editor = editor_for(customer, draft, sent=request.POST)
    editor.form.is_valid()
    return editor
