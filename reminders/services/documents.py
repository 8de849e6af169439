"""Sending an issued document to the customer, now or at a set time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from reminders.errors import NothingToSend
from reminders.models import Message
from reminders.services.queueing import About, Scheduled, message_queue
from reminders.services.recipients import default_recipients, require_willing
from reminders.states import MessageKind
from reminders.texts.documents import document_content

LONGEST_MESSAGE: Final = 4000
LONGEST_AHEAD: Final = timedelta(days=366)


def invoice_send(
    *,
    invoice_id: UUID,
    actor: Actor,
    now: datetime,
    key: str,
    recipients: Sequence[str] | None = None,
    custom_message: str = "",
    include_pdf: bool = True,
    at: datetime | None = None,
) -> Message:
    """Queues the message with an invoice or a credit note; the document counts as sent when a provider accepted it.

    Recipients None means the customer's own address. With `at` it rests until that moment and tells what is due then;
    an invoice that is voided or paid before cancels it. The key makes it one message however often it is asked for.
    Raises PermissionRefused, NotFound, NothingToSend (void), NoRecipient, BadRecipients, ValidationFailed (a message
    that is too long, a moment that is past or more than a year ahead).
    """
    actor.require(Right.INVOICES_SEND)
    with transaction.atomic():
        invoice = document_to_send(invoice_id, actor)
        require_length(custom_message)
        if at is not None:
            require_ahead(at, now)
        if recipients is not None:
            require_willing(invoice.customer, recipients)
        credit = invoice.kind == InvoiceKind.CREDIT_NOTE
        return message_queue(
            key=key,
            kind=MessageKind.CREDIT_NOTE_SENT if credit else MessageKind.INVOICE_SENT,
            about=About(invoice.profile_id, invoice.customer_id, invoice.pk),
            company=invoice.seller["name"],
            reply_to=invoice.profile.email,
            recipients=default_recipients(invoice.customer) if recipients is None else recipients,
            content=document_content(invoice, custom_message=custom_message, with_pdf=include_pdf),
            attach_pdf=include_pdf,
            scheduled=None if at is None else Scheduled(at, custom_message),
            actor=actor,
            now=now,
        )


def require_length(message: str, field: str = "custom_message") -> None:
    """Raises ValidationFailed for a message that is too long."""
    if len(message) > LONGEST_MESSAGE:
        raise ValidationFailed({field: [_("Write at most %(most)d characters.") % {"most": LONGEST_MESSAGE}]})


def require_ahead(at: datetime, now: datetime) -> None:
    """Raises ValidationFailed for a moment that is past or more than a year ahead."""
    if at <= now:
        raise ValidationFailed({"schedule_send": [_("The moment has to be in the future.")]})
    if at > now + LONGEST_AHEAD:
        raise ValidationFailed({"schedule_send": [_("Choose a time within a year.")]})


def document_to_send(invoice_id: UUID, actor: Actor) -> Invoice:
    """The document, with all that its letter needs. Raises NotFound, NothingToSend."""
    invoices = Invoice.objects.select_related("customer", "profile", "corrects")
    invoice = invoices.filter(pk=invoice_id).first()
    if invoice is None or not actor.can_see(invoice.profile_id):
        raise NotFound(_("There is no such invoice."))
    if invoice.state == InvoiceState.VOID:
        raise NothingToSend(_("%(number)s is void: it cannot be sent.") % {"number": invoice.number})
    if invoice.customer.is_placeholder:
        raise NothingToSend(_("The customer of %(number)s is not known.") % {"number": invoice.number})
    return invoice
