"""A person says whose money it is that came without a name, or that it is nobody's here."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from customers.models import Customer
from invoices.models import Invoice
from payments.locks import receipt_lock
from payments.models import Payment, UnmatchedReceipt
from payments.services.plan import OLDEST_FIRST, Wish
from payments.services.record import External, payment_record
from payments.states import RECEIPT_TRANSITIONS, ReceiptState


def receipt_assign(
    *, receipt_id: UUID, customer_id: UUID, actor: Actor, now: datetime, invoice_id: UUID | None = None
) -> Payment:
    """Records the money as a payment of a customer: for one invoice as far as that is due, else for the oldest first.

    The surplus is the customer's credit. Raises PermissionRefused, NotFound, TransitionRefused, OtherCustomer,
    OtherCurrency, InvoiceNotOpen. On refusal nothing has changed.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        receipt = _waiting(receipt_id, actor, ReceiptState.RECORDED)
        customer = Customer.objects.filter(pk=customer_id, profile_id=receipt.profile_id).first()
        if customer is None:
            raise NotFound(_("There is no such customer."))
        payment = payment_record(
            customer_id=customer.pk,
            amount=receipt.amount,
            currency=receipt.currency,
            method=receipt.method,
            received_on=local_date(receipt.paid_at, receipt.profile.time_zone),
            reference=receipt.external_id,
            allocations=_wish(receipt, invoice_id),
            note=receipt.reference,
            external=External(receipt.provider, receipt.account, receipt.external_id),
            actor=actor,
            now=now,
        )
        receipt.payment = payment
        _close(receipt, ReceiptState.RECORDED, "", actor, now)
    return payment


def receipt_dismiss(*, receipt_id: UUID, reason: str, actor: Actor, now: datetime) -> UnmatchedReceipt:
    """Closes a receipt that is no payment of anybody here. Raises PermissionRefused, NotFound, ValidationFailed."""
    actor.require(Right.PAYMENTS_RECORD)
    cleaned = reason.strip()
    if not cleaned:
        raise ValidationFailed({"reason": [_("Say why it is closed.")]})
    with transaction.atomic():
        receipt = _waiting(receipt_id, actor, ReceiptState.DISMISSED)
        _close(receipt, ReceiptState.DISMISSED, cleaned, actor, now)
    return receipt


def _waiting(receipt_id: UUID, actor: Actor, wanted: ReceiptState) -> UnmatchedReceipt:
    receipt = receipt_lock(receipt_id)
    if not actor.can_see(receipt.profile_id):
        raise NotFound(_("There is no such receipt."))
    require_transition(RECEIPT_TRANSITIONS, _("The receipt"), ReceiptState(receipt.status), wanted)
    return receipt


def _wish(receipt: UnmatchedReceipt, invoice_id: UUID | None) -> Wish:
    if invoice_id is None:
        return OLDEST_FIRST
    invoice = Invoice.objects.filter(pk=invoice_id, profile_id=receipt.profile_id).first()
    if invoice is None:
        raise NotFound(_("There is no such invoice."))
    amount = min(receipt.amount, invoice.amount_due)
    return {invoice.pk: amount} if amount > Decimal(0) else None


def _close(receipt: UnmatchedReceipt, state: ReceiptState, reason: str, actor: Actor, now: datetime) -> None:
    receipt.status, receipt.closed_reason, receipt.closed_at = state, reason[:200], now
    receipt.closed_by_label = actor.label[:150]
    receipt.save(update_fields=["status", "payment", "closed_reason", "closed_by_label", "closed_at"])
    events.record(
        name=f"receipt.{state.value}",
        subject=receipt,
        actor=actor,
        now=now,
        profile_id=receipt.profile_id,
        customer_id=receipt.payment.customer_id if receipt.payment else None,
        label=receipt.external_id,
        data={
            "amount": str(receipt.amount),
            "currency": receipt.currency,
            "reason": receipt.closed_reason,
            "payment_id": str(receipt.payment_id or ""),
        },
    )
