"""A chargeback from its opening to the decision: held apart, then gone for good, or the customer's credit again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import InvalidAmount, NotFound, ValidationFailed
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import ZERO, Money, is_quantized
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import Words, notice_to_role
from billing_assistant.core.states import require_transition
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.services.posting import Side, entries_post
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.lock_date import booking_day
from invoices.states import InvoiceState
from payments.errors import MoreThanRefundable, day_outside
from payments.locks import dispute_lock, payment_lock
from payments.models import Allocation, Dispute, DisputedPart, Payment
from payments.services.giving_back import credit_take, notes_step_in, payment_hold, refundable
from payments.services.line_release import given_back_release
from payments.services.plan import Part
from payments.services.postings import dispute_entry, dispute_fee_entry, place_of
from payments.services.record import checked_money
from payments.services.settle import apply_parts
from payments.states import DISPUTE_TRANSITIONS, DisputeState


@dataclass(frozen=True, slots=True)
class DisputeInput:
    """What the bank or the gateway says. `amount` and `fee` are in the payment's currency."""

    amount: Decimal
    reason: str
    fee: Decimal = ZERO
    evidence_until: date | None = None
    opened_on: date | None = None
    external_id: str = ""


def dispute_open(
    *, payment_id: UUID, wanted: DisputeInput, actor: Actor, now: datetime, dispute_id: UUID | None = None
) -> Dispute:
    """Takes disputed money of a payment out of the customer's credit and tells finance. Its invoices are due again.

    `dispute_id`, made by the caller, makes it happen once.
    Raises PermissionRefused, NotFound, ValidationFailed, InvalidAmount, PaymentNotReceived, MoreThanRefundable,
    PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        held = payment_hold(payment_id, actor)
        known = Dispute.objects.filter(pk=dispute_id).first() if dispute_id else None
        if known is not None:
            return known
        payment = held.payment
        dispute = _drawn(payment, wanted, dispute_id, actor=actor, now=now)
        on = dispute.opened_on
        taken = credit_take(held, amount=dispute.amount, on=on, actor=actor, now=now, disputed=True)
        dispute.save()
        DisputedPart.objects.bulk_create(
            DisputedPart(dispute=dispute, invoice=row.invoice, currency=row.currency, amount=-row.amount)
            for row in taken.rows
        )
        dispute_told(dispute, "dispute.opened", actor, now)
        hold = (Side(AccountKind.CUSTOMER_CREDIT, dispute.amount), Side(AccountKind.DISPUTED, -dispute.amount))
        fees = [dispute_fee_entry(dispute, amount=dispute.fee, booked_on=on)] if dispute.fee else []
        posted = [*taken.entries(), dispute_entry(dispute, sides=hold, booked_on=on), *fees]
        entries_post(entries=posted, actor=actor, now=now)
        notes_step_in(held, taken, on=on, actor=actor, now=now)
        money = Money(dispute.amount, dispute.currency)
        words = {"number": payment.number, "amount": money, "reason": dispute.reason}
        _notice(dispute, lambda: _("%(number)s is disputed over %(amount)s: %(reason)s") % words)
    return dispute


def dispute_review(*, dispute_id: UUID, actor: Actor, now: datetime, note: str = "") -> Dispute:
    """Evidence was handed in: the bank decides. Raises PermissionRefused, NotFound, TransitionRefused."""
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        dispute = dispute_locked(dispute_id, actor)[1]
        _move(dispute, DisputeState.UNDER_REVIEW, note)
        dispute.save(update_fields=["status", "note"])
        dispute_told(dispute, "dispute.under_review", actor, now)
    return dispute


def dispute_lose(*, dispute_id: UUID, actor: Actor, now: datetime, note: str = "") -> Dispute:
    """The bank decided against us: the money is gone for good, the invoices stay due.

    Raises PermissionRefused, NotFound, TransitionRefused, PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        payment, dispute = dispute_locked(dispute_id, actor)
        _move(dispute, DisputeState.LOST, note)
        dispute.closed_on = _today(dispute, actor, now)
        dispute.save(update_fields=["status", "note", "closed_on"])
        dispute_told(dispute, "dispute.lost", actor, now)
        gone = (Side(AccountKind.DISPUTED, dispute.amount), Side(place_of(payment), -dispute.amount))
        entries_post(entries=[dispute_entry(dispute, sides=gone, booked_on=dispute.closed_on)], actor=actor, now=now)
    return dispute


def dispute_win(*, dispute_id: UUID, actor: Actor, now: datetime, note: str = "") -> Dispute:
    """The bank decided for us (maybe after all): the money settles what it settled, as far as that is still due.

    Raises PermissionRefused, NotFound, TransitionRefused, PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        seen = DisputedPart.objects.filter(dispute_id=dispute_id).values_list("invoice_id", flat=True)
        invoices = invoices_lock(seen)
        payment, dispute = dispute_locked(dispute_id, actor)
        came_from = place_of(payment) if dispute.status == DisputeState.LOST else AccountKind.DISPUTED
        _move(dispute, DisputeState.WON, note)
        dispute.closed_on = on = _today(dispute, actor, now)
        dispute.save(update_fields=["status", "note", "closed_on"])
        payment.amount_disputed -= dispute.amount
        settled = apply_parts(
            source=payment, parts=_again(dispute, invoices), invoices=invoices, on=on, actor=actor, now=now
        )
        payment.amount_allocated += settled.total
        payment.save(update_fields=["amount_allocated", "amount_disputed"])
        Allocation.objects.bulk_create(settled.rows)
        dispute_told(dispute, "dispute.won", actor, now)
        back = (Side(came_from, dispute.amount), Side(AccountKind.CUSTOMER_CREDIT, -dispute.amount))
        posted = [dispute_entry(dispute, sides=back, booked_on=on), *settled.entries()]
        entries_post(entries=posted, actor=actor, now=now)
        why = _("%(number)s was won after it was linked here: its money came back.") % {"number": dispute.number}
        given_back_release(thing=dispute, why=why, on=on, actor=actor, now=now)
    return dispute


def dispute_told(dispute: Dispute, name: str, actor: Actor, now: datetime, **more: str) -> None:
    """Records an event about a dispute."""
    events.record(
        name=name,
        subject=dispute,
        actor=actor,
        now=now,
        profile_id=dispute.profile_id,
        customer_id=dispute.customer_id,
        label=dispute.number,
        data={
            "payment_id": str(dispute.payment_id),
            "amount": str(dispute.amount),
            "currency": dispute.currency,
            "reason": dispute.note or dispute.reason,
            **more,
        },
    )


def dispute_page(dispute_id: UUID) -> str:
    """The staff page of a dispute; empty where there are no pages (a worker without them)."""
    try:
        return reverse("payments:dispute", args=[dispute_id])
    except NoReverseMatch:
        return ""


def fee_checked(fee: Decimal, currency: str) -> Decimal:
    """A fee as it is booked. Raises InvalidAmount where it is negative or finer than the currency."""
    if fee < 0 or not is_quantized(fee, currency):
        raise InvalidAmount(_("Write a fee that is not negative."), field="fee")
    return fee


def dispute_locked(dispute_id: UUID, actor: Actor) -> tuple[Payment, Dispute]:
    """A dispute and its payment under their locks, in the caller's transaction. Raises NotFound."""
    seen = Dispute.objects.filter(pk=dispute_id).first()
    if seen is None or not actor.can_see(seen.profile_id):
        raise NotFound(_("There is no such dispute."))
    return payment_lock(seen.payment_id), dispute_lock(dispute_id)


def _drawn(payment: Payment, wanted: DisputeInput, dispute_id: UUID | None, *, actor: Actor, now: datetime) -> Dispute:
    if not wanted.reason.strip():
        raise ValidationFailed({"reason": [_("Say what the bank wrote.")]})
    money, left = checked_money(wanted.amount, payment.currency), Money(refundable(payment), payment.currency)
    if money > left:
        raise MoreThanRefundable(payment.number, left, money)
    fee_checked(wanted.fee, payment.currency)
    position = payment.disputes.count() + 1
    return Dispute(
        id=dispute_id or uuid7(),
        created_at=now,
        profile=payment.profile,
        customer_id=payment.customer_id,
        payment=payment,
        position=position,
        number=f"{payment.number}-D{position}",
        currency=payment.currency,
        amount=wanted.amount,
        fee=wanted.fee,
        reason=wanted.reason.strip()[:240],
        opened_on=_opened_on(payment, wanted.opened_on, actor, now),
        evidence_until=wanted.evidence_until,
        provider=payment.provider,
        account=payment.account,
        external_id=wanted.external_id,
        actor_label=actor.label[:150],
    )


def _opened_on(payment: Payment, wanted: date | None, actor: Actor, now: datetime) -> date:
    today = local_today(payment.profile, now)
    first = payment.allocations.aggregate(last=Max("allocated_on"))["last"] or payment.received_on
    on = wanted or today
    if not min(first, today) <= on <= today:
        raise day_outside("opened_on", first, today)
    return booking_day(profile_id=payment.profile_id, day=on, actor=actor)


def _move(dispute: Dispute, wanted: DisputeState, note: str) -> None:
    require_transition(DISPUTE_TRANSITIONS, dispute.number, DisputeState(dispute.status), wanted)
    dispute.status, dispute.note = wanted, note.strip()[:240] or dispute.note


def _today(dispute: Dispute, actor: Actor, now: datetime) -> date:
    today = max(local_today(dispute.profile, now), dispute.opened_on)
    return booking_day(profile_id=dispute.profile_id, day=today, actor=actor)


def _again(dispute: Dispute, invoices: Sequence[Invoice]) -> list[Part]:
    """What was taken from invoices that still stand open, as far as it is due there."""
    taken = {part.invoice_id: part.amount for part in dispute.parts.all()}
    parts = [
        Part(invoice.pk, min(taken[invoice.pk], invoice.amount_due))
        for invoice in invoices
        if invoice.state == InvoiceState.ISSUED
    ]
    return [part for part in parts if part.amount > 0]


def _notice(dispute: Dispute, text: Words) -> None:
    notice_to_role(
        roles=("admin", "finance"),
        key=f"dispute-{dispute.pk}",
        tone="danger",
        text=text,
        url=dispute_page(dispute.pk),
        profile_id=dispute.profile_id,
    )
