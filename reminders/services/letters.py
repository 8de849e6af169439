"""Receipts and news of autopay, which go by themselves, and what a person writes to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from customers.models import Customer
from integrations.ports.attempts import Decline
from payments.models import Checkout, Payment
from payments.states import PaymentState
from reminders.addresses import header_text
from reminders.models import Message
from reminders.services.documents import require_length
from reminders.services.queueing import About, message_queue
from reminders.services.recipients import default_recipients, known_addresses, require_willing
from reminders.states import MessageKind
from reminders.texts.autopay import autopay_content
from reminders.texts.others import custom_content, receipt_content


def receipt_send(*, payment_id: UUID, actor: Actor, now: datetime) -> Message | None:
    """Queues the receipt of a payment, once. None when there is nobody to send it to, or the money is not here."""
    actor.require(Right.MESSAGES_SEND)
    with transaction.atomic():
        payment = Payment.objects.select_related("customer__profile").filter(pk=payment_id).first()
        if payment is None or not actor.can_see(payment.profile_id):
            raise NotFound(_("There is no such payment."))
        customer = payment.customer
        if payment.status != PaymentState.COMPLETED or customer.is_placeholder or not known_addresses(customer):
            return None
        first = payment.allocations.filter(amount__gt=0).order_by("id").first()
        return message_queue(
            key=f"receipt:{payment.pk}",
            kind=MessageKind.RECEIPT,
            about=About(payment.profile_id, customer.pk, first.invoice_id if first else None, payment.pk),
            company=customer.profile.name,
            reply_to=customer.profile.email,
            recipients=default_recipients(customer),
            content=receipt_content(payment),
            attach_pdf=True,
            actor=actor,
            now=now,
        )


def autopay_failure_send(
    *, checkout_id: UUID, decline: Decline, again_on: date | None, actor: Actor, now: datetime
) -> Message | None:
    """Queues what a client is told when an invoice could not be charged by itself, once for each attempt.

    None when there is nobody to send it to, or nothing is due any more. Raises PermissionRefused, NotFound.
    """
    actor.require(Right.MESSAGES_SEND)
    with transaction.atomic():
        rows = Checkout.objects.select_related("customer__profile", "invoice", "saved_method")
        checkout = rows.filter(pk=checkout_id).first()
        if checkout is None or not actor.can_see(checkout.profile_id):
            raise NotFound(_("There is no such payment."))
        customer, invoice = checkout.customer, checkout.invoice
        if invoice.amount_due == 0 or customer.is_placeholder or not known_addresses(customer):
            return None
        return message_queue(
            key=f"autopay:{checkout.pk}",
            kind=MessageKind.AUTOPAY,
            about=About(checkout.profile_id, customer.pk, invoice.pk),
            company=customer.profile.name,
            reply_to=customer.profile.email,
            recipients=default_recipients(customer),
            content=autopay_content(checkout, decline=decline, again_on=again_on),
            actor=actor,
            now=now,
        )


def custom_message_send(
    *,
    customer_id: UUID,
    subject: str,
    message: str,
    actor: Actor,
    now: datetime,
    key: str,
    recipients: Sequence[str] | None = None,
) -> Message:
    """Queues what a person wrote to a customer.

    Raises PermissionRefused, NotFound, NoRecipient, BadRecipients, ValidationFailed.
    """
    actor.require(Right.MESSAGES_SEND)
    problems: dict[str, list[str]] = {}
    if not header_text(subject):
        problems["subject"] = [_("Write a subject.")]
    if not message.strip():
        problems["message"] = [_("Write a message.")]
    if problems:
        raise ValidationFailed(problems)
    require_length(message, "message")
    with transaction.atomic():
        customer = Customer.objects.select_related("profile").filter(pk=customer_id).first()
        if customer is None or not actor.can_see(customer.profile_id):
            raise NotFound(_("There is no such customer."))
        if recipients is not None:
            require_willing(customer, recipients)
        return message_queue(
            key=key,
            kind=MessageKind.CUSTOM,
            about=About(customer.profile_id, customer.pk),
            company=customer.profile.name,
            reply_to=customer.profile.email,
            recipients=default_recipients(customer) if recipients is None else recipients,
            content=custom_content(customer, subject=subject, message=message),
            actor=actor,
            now=now,
        )
