"""The pages on which a person sends something: an invoice, a draft, a message of their own."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from billing_assistant.core.errors import DomainError, NotFound, PermissionRefused
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import moment_text
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
from customers.selectors import customer_get
from invoices.models import Invoice
from invoices.selectors import draft_get, invoice_get
from reminders.models import Message
from reminders.services.documents import document_to_send, invoice_send, known_addresses
from reminders.services.drafts import draft_send, draft_send_later
from reminders.services.letters import custom_message_send
from reminders.services.queueing import message_key
from reminders.texts.documents import document_content
from reminders.texts.letters import Content
from reminders.texts.others import custom_content
from reminders.web.forms import MessageForm, SendDraftForm, SendForm
from reminders.web.frames import letter_response

_PASS_ON: Final = (NotFound, PermissionRefused)


@staff_page(Right.INVOICES_SEND)
def invoice_send_page(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """Recipients, message, preview, and the button that a person must press. As a fragment it fills a dialog."""
    actor = actor_of(request)
    invoice = document_to_send(invoice_get(actor, invoice_id).pk, actor)
    form = SendForm(posted(request), addresses=known_addresses(invoice.customer))
    if request.method == "POST" and form.is_valid():
        options = form.options()
        try:
            message = invoice_send(
                invoice_id=invoice.pk,
                actor=actor,
                now=now_of(request),
                key=message_key(f"invoice:{invoice.pk}", f"{actor.id}:{form.cleaned_data['key']}"),
                recipients=options.recipients,
                custom_message=options.custom_message,
                include_pdf=options.include_pdf,
            )
        except _PASS_ON:
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            return _on_its_way(request, message, invoice)
    context = {
        "form": form,
        "invoice": invoice,
        "is_credit_note": invoice.kind == "credit_note",
        "preview_url": reverse("messages:invoice_preview", args=[invoice.pk]),
        "back_url": _invoice_url(invoice),
    }
    return _form_page(request, "reminders/send_invoice.html", "reminders/partials/send_invoice.html", context)


@staff_page(Right.INVOICES_SEND)
def invoice_preview(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """The letter as it would be sent with the words that were typed. Nothing is kept."""
    actor = actor_of(request)
    invoice = document_to_send(invoice_get(actor, invoice_id).pk, actor)
    typed = request.POST.get("custom_message", "").replace("\r\n", "\n")
    with_pdf = request.method != "POST" or bool(request.POST.get("include_pdf"))
    return _letter(document_content(invoice, custom_message=typed, with_pdf=with_pdf))


@staff_page(Right.INVOICES_SEND)
def draft_send_page(request: HttpRequest, draft_id: UUID) -> HttpResponseBase:
    """Issues a draft and sends the invoice, now or at a set time."""
    actor = actor_of(request)
    actor.require(Right.INVOICES_ISSUE)
    draft = draft_get(actor, draft_id)
    zone = draft.profile.time_zone
    form = SendDraftForm(posted(request), addresses=known_addresses(draft.customer), zone=zone)
    if request.method == "POST" and form.is_valid():
        at, now, options = form.moment(), now_of(request), form.options()
        try:
            if at is None:
                key = f"{actor.id}:{form.cleaned_data['key']}"
                message = draft_send(draft_id=draft.pk, actor=actor, now=now, options=options, key=key)
                return _on_its_way(request, message, invoice_get(actor, message.invoice_id or draft.pk))
            draft_send_later(draft_id=draft.pk, at=at, actor=actor, now=now, options=options)
        except _PASS_ON:
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"number": draft.number, "time": moment_text(at, zone)}
            messages.success(request, _("%(number)s will be issued and sent on %(time)s.") % words)
            return go_to(request, reverse("invoices:draft_preview", args=[draft.pk]))
    context = {"form": form, "draft": draft, "back_url": reverse("invoices:draft_preview", args=[draft.pk])}
    return _form_page(request, "reminders/send_draft.html", "reminders/partials/send_draft.html", context)


@staff_page(Right.MESSAGES_SEND)
def customer_message_page(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """A person writes to a customer."""
    actor = actor_of(request)
    customer = customer_get(actor, customer_id)
    form = MessageForm(posted(request), addresses=known_addresses(customer))
    back_url = reverse("customers:detail", args=[customer.pk])
    if request.method == "POST" and form.is_valid():
        try:
            message = custom_message_send(
                customer_id=customer.pk,
                subject=form.cleaned_data["subject"],
                message=form.cleaned_data["message"].replace("\r\n", "\n"),
                actor=actor,
                now=now_of(request),
                key=message_key(f"custom:{customer.pk}", f"{actor.id}:{form.cleaned_data['key']}"),
                recipients=form.addresses(),
            )
        except _PASS_ON:
            raise
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"number": message.number, "to": ", ".join(message.recipients)}
            messages.success(request, _("%(number)s is on its way to %(to)s.") % words)
            return go_to(request, safe_next(request, reverse("messages:detail", args=[message.pk])))
    context = {
        "form": form,
        "customer": customer,
        "preview_url": reverse("messages:customer_preview", args=[customer.pk]),
        "back_url": back_url,
    }
    return _form_page(request, "reminders/write.html", "reminders/partials/write.html", context)


@staff_page(Right.MESSAGES_SEND)
def customer_preview(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """The letter as it would be sent with the words that were typed. Nothing is kept."""
    customer = customer_get(actor_of(request), customer_id)
    typed = request.POST.get("message", "").replace("\r\n", "\n")
    return _letter(
        custom_content(
            customer, subject=request.POST.get("subject", ""), message=typed.strip() or _("Your message appears here.")
        )
    )


def _on_its_way(request: HttpRequest, message: Message, invoice: Invoice) -> HttpResponseBase:
    words = {"number": invoice.number, "to": ", ".join(message.recipients)}
    messages.success(request, _("%(number)s is on its way to %(to)s.") % words)
    return go_to(request, safe_next(request, _invoice_url(invoice)))


def _form_page(request: HttpRequest, page: str, part: str, context: dict[str, Any]) -> HttpResponseBase:
    return render_page(request, page, {**context, "next": safe_next(request, "")}, fragment=part)


def _letter(content: Content) -> HttpResponse:
    return letter_response(content.html)


def _invoice_url(invoice: Invoice) -> str:
    """The page about a document stands on the top floor; without it the log tells."""
    try:
        return reverse("invoices:detail", args=[invoice.pk])
    except NoReverseMatch:
        return reverse("messages:list")
