"""The files beside a draft or an invoice: a page with all of them, adding, taking a copy, removing."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from billing_assistant.core.errors import DomainError
from billing_assistant.core.files import file_response
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from customers.file_kinds import KINDS, refuse_too_large
from invoices.models import InvoiceDraft
from invoices.selectors import draft_get, invoice_get
from invoices.services.attachments import (
    AttachmentInput,
    Owner,
    attachment_add,
    attachment_get,
    attachment_remove,
    attachments_of,
    owner_of,
)


class AttachmentForm(forms.Form):
    """A file, and who gets it."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A contract, a time sheet: PDF, picture, sheet or text."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}),
    )
    for_client = forms.BooleanField(label=gettext_lazy("The client may see it on the invoice's page"), required=False)
    with_email = forms.BooleanField(
        label=gettext_lazy("It goes with the e-mail"),
        required=False,
        help_text=gettext_lazy("Files that make the e-mail too large stay on the client's page."),
    )


@staff_page(Right.INVOICES_VIEW, write=Right.INVOICES_DRAFT)
def draft_attachments(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """The files of a draft."""
    draft = draft_get(actor_of(request), draft_id)
    return _page(request, draft, reverse("invoices:draft_preview", args=[draft.pk]))


@staff_page(Right.INVOICES_VIEW, write=Right.INVOICES_DRAFT)
def invoice_attachments(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """The files of an issued document."""
    invoice = invoice_get(actor_of(request), invoice_id)
    return _page(request, invoice, reverse("invoices:detail", args=[invoice.pk]))


@require_GET
@staff_page(Right.INVOICES_VIEW)
def attachment_file(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """A copy of the file, always to be saved and never shown in the page."""
    attachment = attachment_get(actor_of(request), attachment_id)
    return file_response(attachment.file, name=attachment.name)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def attachment_take_away(request: HttpRequest, attachment_id: UUID) -> HttpResponseBase:
    """Takes a file away; the history keeps it."""
    actor = actor_of(request)
    owner = owner_of(attachment_get(actor, attachment_id))
    attachment = attachment_remove(attachment_id=attachment_id, actor=actor, now=now_of(request))
    messages.success(request, _("%(name)s removed.") % {"name": attachment.name})
    return redirect(_address(owner))


def _page(request: HttpRequest, owner: Owner, back_url: str) -> HttpResponseBase:
    actor = actor_of(request)
    form = AttachmentForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            refuse_too_large(given["file"].size)
            data = AttachmentInput(given["file"].read(), given["file"].name, given["for_client"], given["with_email"])
            attachment = attachment_add(owner=owner, data=data, actor=actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(name)s added.") % {"name": attachment.name})
            return redirect(_address(owner))
    context = {
        "owner": owner,
        "form": form,
        "attachments": attachments_of(owner),
        "may_edit": Right.INVOICES_DRAFT in actor.rights,
        "back_url": back_url,
    }
    return render_page(request, "invoices/attachments.html", context)


def _address(owner: Owner) -> str:
    kind = "draft" if isinstance(owner, InvoiceDraft) else "invoice"
    return reverse(f"invoices:{kind}_attachments", args=[owner.pk])
