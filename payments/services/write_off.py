"""Write off: an invoice, or a part of it, will not be paid. Above the profile's limit a second person agrees first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.approval_words import NUMBER
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import InvalidAmount, NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO, Money, is_quantized, percentage
from billing_assistant.core.rights import Right
from billing_assistant.core.services.approvals import Action
from billing_assistant.ledger.services.posting import EntryInput, entries_post, entry_post
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.lock_date import booking_day
from invoices.services.settlement import settlement_change
from invoices.states import InvoiceKind, InvoiceState
from payments.errors import MoreThanDue, NothingDue
from payments.models import Payment, WriteOff
from payments.services.credits import invoice_page
from payments.services.postings import write_off_entry
from payments.services.second_person import asking_a_second_person, needs_second_person, second_person_required

SMALL_PERCENT: Final = Decimal(1)


def invoice_write_off(
    *, invoice_id: UUID, reason: str, actor: Actor, now: datetime, amount: Decimal | None = None
) -> WriteOff:
    """Gives up what is due on an invoice, or an amount of it (in the invoice's currency).

    Giving up all that is due makes the invoice uncollectible for good, unless it is a small difference (at most 1 %
    of the total) of an invoice that was otherwise paid: that one counts as paid. What was written off of the invoice
    together decides about the second person: raises ApprovalNeeded, and nothing has changed.
    Raises PermissionRefused, NotFound, ValidationFailed, InvalidAmount, NothingDue, MoreThanDue,
    PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why it is written off.")]})
    with asking_a_second_person(actor=actor, now=now):
        invoice = invoices_lock([invoice_id])[0]
        if not actor.can_see(invoice.profile_id) or invoice.kind != InvoiceKind.INVOICE:
            raise NotFound(_("There is no such invoice."))
        wanted = _amount(invoice, amount)
        profile = BusinessProfile.objects.get(pk=invoice.profile_id)
        together = invoice.amount_written_off + wanted
        if needs_second_person(profile, amount=together, currency=invoice.currency):
            second_person_required(action=_action(invoice, wanted, reason), actor=actor, now=now)
        gives_up = wanted == invoice.amount_due and not _is_small_difference(invoice, wanted)
        today = max(local_today(profile, now), invoice.issued_on)
        on = booking_day(profile_id=profile.pk, day=today, actor=actor)
        settlement_change(invoice=invoice, written_off=wanted, uncollectible=gives_up, actor=actor, now=now)
        row = WriteOff.objects.create(
            profile=profile,
            customer_id=invoice.customer_id,
            invoice=invoice,
            currency=invoice.currency,
            amount=wanted,
            written_off_on=on,
            reason=reason.strip()[:240],
            actor_label=actor.label[:150],
            created_at=now,
        )
        entry = write_off_entry(invoice, amount=wanted, reason=row.reason, booked_on=row.written_off_on)
        entry_post(entry=entry, actor=actor, now=now)
    return row


def small_differences_write_off(
    *, payment: Payment, invoices: Iterable[Invoice], actor: Actor, now: datetime
) -> list[WriteOff]:
    """Writes off what a payment left of the locked invoices that it settled, up to the limit of the profile.

    In the transaction of the payment, dated as it is. Invoices in another currency than the profile's have no limit to
    be below, and stay due; so do those with more left.
    """
    profile = payment.profile
    if profile.small_difference is None or payment.currency != profile.currency:
        return []
    rows, entries = [], []
    for invoice in invoices:
        left = invoice.amount_due
        if invoice.state != InvoiceState.ISSUED or not 0 < left <= profile.small_difference:
            continue
        settlement_change(invoice=invoice, written_off=left, actor=actor, now=now)
        row = WriteOff(
            profile=profile,
            customer_id=invoice.customer_id,
            invoice=invoice,
            payment=payment,
            currency=invoice.currency,
            amount=left,
            written_off_on=max(payment.received_on, invoice.issued_on),
            reason=_("Small difference of %(number)s") % {"number": payment.number},
            actor_label=actor.label[:150],
            created_at=now,
        )
        rows.append(row)
        entries.append(write_off_entry(invoice, amount=left, reason=row.reason, booked_on=row.written_off_on))
    WriteOff.objects.bulk_create(rows)
    entries_post(entries=entries, actor=actor, now=now)
    return rows


def small_differences_take_back(
    *, payment: Payment, invoices: Iterable[Invoice], on: date, actor: Actor, now: datetime
) -> list[EntryInput]:
    """What was written off with a payment is due again on its locked invoices; the caller posts the entries."""
    net = dict(payment.write_offs.values_list("invoice_id").annotate(net=Sum("amount")))
    entries = []
    for invoice in invoices:
        amount = net.get(invoice.pk, ZERO)
        if invoice.state != InvoiceState.ISSUED or amount <= 0:
            continue
        settlement_change(invoice=invoice, written_off=-amount, actor=actor, now=now)
        row = WriteOff.objects.create(
            profile_id=invoice.profile_id,
            customer_id=invoice.customer_id,
            invoice=invoice,
            payment=payment,
            currency=invoice.currency,
            amount=-amount,
            written_off_on=max(on, invoice.issued_on),
            reason=_("Small difference of %(number)s") % {"number": payment.number},
            actor_label=actor.label[:150],
            created_at=now,
        )
        entries.append(write_off_entry(invoice, amount=-amount, reason=row.reason, booked_on=row.written_off_on))
    return entries


def small_differences_of(payment: Payment) -> Decimal:
    """What was written off with a payment, less what was taken back."""
    return payment.write_offs.aggregate(sum=Sum("amount"))["sum"] or ZERO


def _amount(invoice: Invoice, amount: Decimal | None) -> Decimal:
    if invoice.state != InvoiceState.ISSUED or invoice.amount_due == 0:
        raise NothingDue(_("Nothing is due on %(number)s.") % {"number": invoice.number})
    if amount is None:
        return invoice.amount_due
    if amount <= 0 or not is_quantized(amount, invoice.currency):
        raise InvalidAmount(_("Write an amount above zero."), field="amount")
    if amount > invoice.amount_due:
        due = Money(invoice.amount_due, invoice.currency)
        raise MoreThanDue(invoice.number, due, Money(amount, invoice.currency))
    return amount


def _is_small_difference(invoice: Invoice, amount: Decimal) -> bool:
    settled = invoice.amount_paid + invoice.amount_credited
    return settled > 0 and amount <= percentage(invoice.total, SMALL_PERCENT, invoice.currency)


def _action(invoice: Invoice, amount: Decimal, reason: str) -> Action:
    return Action(
        name="invoice.write_off",
        payload={
            "invoice_id": str(invoice.pk),
            "amount": str(amount.normalize()),
            "currency": invoice.currency,
        },
        summary=f"Write off {Money(amount, invoice.currency)} of {invoice.number}",
        profile_id=invoice.profile_id,
        amount=amount,
        currency=invoice.currency,
        subject_url=invoice_page(invoice.pk),
        told={"reason": reason.strip()[:240], NUMBER: invoice.number},
    )
