"""Sending an issued document to the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from customers.models import Customer
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from reminders.addresses import recipients_clean
from reminders.errors import NoRecipient, NothingToSend
from reminders.models import Message
from reminders.services.queueing import About, message_queue
from reminders.states import MessageKind
from reminders.texts.documents import document_content

LONGEST_MESSAGE: Final = 4000


def invoice_send(
    *,
    invoice_id: UUID,
    actor: Actor,
    now: datetime,
    key: str,
    recipients: Sequence[str] | None = None,
    custom_message: str = "",
    include_pdf: bool = True,
) -> Message:
    """Queues the message with an invoice or a credit note; the document counts as sent when a provider accepted it.

    Recipients None means the customer's own address. The key makes it one message however often it is asked for.
    Raises PermissionRefused, NotFound, NothingToSend (void), NoRecipient, BadRecipients, ValidationFailed.
    """
    actor.require(Right.INVOICES_SEND)
    with transaction.atomic():
        invoice = document_to_send(invoice_id, actor)
        require_length(custom_message)
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
            actor=actor,
            now=now,
        )


def require_length(message: str, field: str = "custom_message") -> None:
    """Raises ValidationFailed for a message that is too long."""
    if len(message) > LONGEST_MESSAGE:
        raise ValidationFailed({field: [_("Write at most %(most)d characters.") % {"most": LONGEST_MESSAGE}]})


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


def default_recipients(customer: Customer) -> list[str]:
    """Where a customer's messages go: its own address, else its first contact's, else the second one.

    Raises NoRecipient when there is none.
    """
    for address in known_addresses(customer):
        return recipients_clean([address])
    raise NoRecipient(customer.name)


def known_addresses(customer: Customer) -> list[str]:
    """Every address on file of a customer, the usual one first, each once."""
    contacts = customer.contacts.exclude(email="").order_by("-is_primary", "name").values_list("email", flat=True)
    found = [customer.email, *contacts, customer.secondary_email]
    return list({address.lower(): address for address in reversed(found) if address}.values())[::-1]
