"""The dialog in which a person sends an invoice, or issues and sends a draft; without scripts it is a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, NotFound, PermissionRefused
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import moment_text, money_text
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    go_to,
    now_of,
    posted,
    render_page,
    safe_next,
    staff_page,
)
from customers.models import Customer
from invoices.models import Invoice
from invoices.selectors import draft_get, invoice_get
from reminders.models import Message
from reminders.services.documents import document_to_send, invoice_send
from reminders.services.drafts import draft_send, draft_send_later
from reminders.services.queueing import message_key
from reminders.services.recipients import addressees
from reminders.texts.documents import document_content, draft_content
from reminders.web.forms import SendDocumentForm
from reminders.web.frames import letter_response

PAGE: Final = "reminders/send_document.html"
PART: Final = "reminders/partials/send_document.html"
_PASS_ON: Final = (NotFound, PermissionRefused)


@dataclass(frozen=True, slots=True)
class Verbs:
    """What the button does, now and at a set time. `{to}` and `{time}` are filled in as the person chooses."""

    plain: str
    now: str
    later: str


@staff_page(Right.INVOICES_SEND)
def invoice_send_page(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """Recipients, message, time, preview, and the button that a person must press."""
    actor, now = actor_of(request), now_of(request)
    invoice = document_to_send(invoice_get(actor, invoice_id).pk, actor)
    form = _form(request, invoice.customer, _("Send now"))
    if request.method == "POST" and form.is_valid():
        options, at = form.options(), form.moment()
        try:
            message = invoice_send(
                invoice_id=invoice.pk,
                actor=actor,
                now=now,
                key=message_key(f"invoice:{invoice.pk}", f"{actor.id}:{form.cleaned_data['key']}"),
                recipients=options.recipients,
                custom_message=options.custom_message,
                include_pdf=options.include_pdf,
                at=at,
            )
        except _PASS_ON:
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return _on_its_way(request, message, invoice, safe_next(request, _invoice_url(invoice)))
    context = {
        "form": form,
        "invoice": invoice,
        "title": _("Send %(number)s") % {"number": invoice.number},
        "back_label": invoice.number,
        "back_url": _invoice_url(invoice),
        "action_url": reverse("messages:invoice_send", args=[invoice.pk]),
        "preview_url": reverse("messages:invoice_preview", args=[invoice.pk]),
        "amount": invoice.total if invoice.kind == "credit_note" else invoice.amount_due,
        "currency": invoice.currency,
        "verbs": Verbs(_("Send now"), _("Send now to {to}"), _("Schedule for {time} to {to}")),
    }
    return _form_page(request, context)


@staff_page(Right.INVOICES_SEND)
def invoice_preview(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """The letter as it would be sent with the words that were typed. Nothing is kept."""
    actor = actor_of(request)
    invoice = document_to_send(invoice_get(actor, invoice_id).pk, actor)
    return letter_response(document_content(invoice, **_typed(request)).html)


@staff_page(Right.INVOICES_SEND)
def draft_send_page(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Issues a draft and sends the invoice, now or at a set time."""
    actor, now = actor_of(request), now_of(request)
    actor.require(Right.INVOICES_ISSUE)
    draft = draft_get(actor, draft_id)
    back_url = reverse("invoices:draft_preview", args=[draft.pk])
    form = _form(request, draft.customer, _("Issue and send now"))
    if request.method == "POST" and form.is_valid():
        at, options = form.moment(), form.options()
        try:
            if at is None:
                key = f"{actor.id}:{form.cleaned_data['key']}"
                message = draft_send(draft_id=draft.pk, actor=actor, now=now, options=options, key=key)
                invoice = invoice_get(actor, message.invoice_id or draft.pk)
                return _on_its_way(request, message, invoice, _invoice_url(invoice))  # the draft is done with
            draft_send_later(draft_id=draft.pk, at=at, actor=actor, now=now, options=options)
        except _PASS_ON:
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"number": draft.number, "time": moment_text(at, draft.profile.time_zone)}
            messages.success(request, _("%(number)s will be issued and sent on %(time)s.") % words)
            return go_to(request, back_url)
    total = money_text(draft.total, draft.currency)
    context = {
        "form": form,
        "draft": draft,
        "title": _("Issue and send %(number)s") % {"number": draft.number},
        "back_label": draft.number,
        "back_url": back_url,
        "action_url": reverse("messages:draft_send", args=[draft.pk]),
        "preview_url": reverse("messages:draft_preview", args=[draft.pk]),
        "amount": draft.total,
        "currency": draft.currency,
        "verbs": Verbs(
            _("Issue and send %(total)s") % {"total": total},
            _("Issue and send %(total)s to {to}") % {"total": total},
            _("Issue and send on {time} to {to}"),
        ),
    }
    return _form_page(request, context)


@staff_page(Right.INVOICES_SEND)
def draft_preview(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The letter of the invoice that the draft would become today. Nothing is kept, no number is used."""
    draft = draft_get(actor_of(request), draft_id)
    today = local_today(draft.profile, now_of(request))
    return letter_response(draft_content(draft, today=today, **_typed(request)).html)


def _form(request: HttpRequest, customer: Customer, verb: str) -> SendDocumentForm:
    return SendDocumentForm(
        posted(request), addressees=addressees(customer), zone=customer.profile.time_zone, verb=verb
    )


def _typed(request: HttpRequest) -> dict[str, Any]:
    """The words and the choice of the PDF, as they stand in the form."""
    return {
        "custom_message": request.POST.get("custom_message", "").replace("\r\n", "\n"),
        "with_pdf": request.method != "POST" or bool(request.POST.get("include_pdf")),
    }


def _on_its_way(request: HttpRequest, message: Message, invoice: Invoice, onward: str) -> HttpResponseBase:
    words = {"number": invoice.number, "to": ", ".join(message.recipients)}
    if message.scheduled and message.scheduled_for:
        words["time"] = _local(message.scheduled_for, invoice)
        told = _("%(number)s will be sent to %(to)s on %(time)s.")
    else:
        told = _("%(number)s is on its way to %(to)s.")
    messages.success(request, told % words)
    return go_to(request, onward)


def _local(at: datetime, invoice: Invoice) -> str:
    return moment_text(at, invoice.profile.time_zone)


def _form_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    return render_page(request, PAGE, {**context, "next": safe_next(request, "")}, fragment=PART)


def _invoice_url(invoice: Invoice) -> str:
    """The page about a document stands on the top floor; without it the log tells."""
    try:
        return reverse("invoices:detail", args=[invoice.pk])
    except NoReverseMatch:
        return reverse("messages:list")
