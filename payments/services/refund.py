"""Give money back: a part of a payment, or all of it. By hand here; through a gateway in `refund_gateway`.

What the payment has unapplied goes first. For the rest its invoices are due again, and credit notes that correct them
settle them as far as they have something left.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.approval_words import NUMBER
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.services.approvals import Action
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.services.posting import entries_post
from invoices.services.lock_date import booking_day
from payments.errors import DuplicateRefund, MoreThanRefundable, day_outside
from payments.models import Payment, Refund
from payments.services.giving_back import Held, credit_take, notes_step_in, payment_hold, refundable
from payments.services.postings import place_of, refund_entry
from payments.services.record import checked_money
from payments.services.second_person import asking_a_second_person, needs_second_person, second_person_required
from payments.states import PaymentMethod, RefundState

declare("refund.before_commit")


def payment_refund(
    *,
    payment_id: UUID,
    amount: Decimal,
    reason: str,
    method: str,
    actor: Actor,
    now: datetime,
    reference: str = "",
    refunded_on: date | None = None,
    refund_id: UUID | None = None,
) -> Refund:
    """Records that money of a payment was given back by hand, on a local date (default today).

    `amount` is in the payment's currency. What is refunded of a payment together decides about the second person:
    raises ApprovalNeeded, and nothing has changed. `refund_id`, made by the caller, makes it happen once.
    Raises PermissionRefused, NotFound, ValidationFailed, InvalidAmount, PaymentNotReceived, MoreThanRefundable,
    DuplicateRefund, PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with asking_a_second_person(actor=actor, now=now):
        held = payment_hold(payment_id, actor)
        known = Refund.objects.filter(pk=refund_id).first() if refund_id else None
        if known is not None:
            return same_or_refused(known, payment_id, amount)
        payment = held.payment
        refund = refund_drawn(payment, amount=amount, reason=reason, actor=actor, now=now, refund_id=refund_id)
        refund.method, refund.reference = _method(method), reference.strip()[:120]
        refund.status, refund.refunded_on = RefundState.SUCCEEDED, _day(payment, refunded_on, actor, now)
        approved_or_asked(refund, payment, actor=actor, now=now)
        refund_write(refund, held, given_to=place_of(refund), event="refund.made", actor=actor, now=now)
        fail_point("refund.before_commit")
    return refund


def refund_drawn(
    payment: Payment, *, amount: Decimal, reason: str, actor: Actor, now: datetime, refund_id: UUID | None = None
) -> Refund:
    """A refund of a locked payment, not saved yet. Raises ValidationFailed, InvalidAmount, MoreThanRefundable."""
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why the money is given back.")]})
    money, left = checked_money(amount, payment.currency), Money(refundable(payment), payment.currency)
    if money > left:
        raise MoreThanRefundable(payment.number, left, money)
    position = payment.refunds.count() + 1
    key = refund_id or uuid7()
    return Refund(
        id=key,
        created_at=now,
        profile=payment.profile,
        customer_id=payment.customer_id,
        payment=payment,
        position=position,
        number=f"{payment.number}-R{position}",
        method=payment.method,
        currency=payment.currency,
        amount=amount,
        refunded_on=local_today(payment.profile, now),
        reason=reason.strip()[:240],
        idempotency_key=f"refund-{key}",
        actor_label=actor.label[:150],
    )


def refund_write(
    refund: Refund, held: Held, *, given_to: AccountKind, event: str, actor: Actor, now: datetime
) -> Refund:
    """Writes a refund under what is held: takes allocations back as far as needed, and posts. Dated as the refund."""
    on, amount = refund.refunded_on, refund.amount
    taken = credit_take(held, amount=amount, on=on, actor=actor, now=now)
    refund.save()
    refund_told(refund, event, actor, now)
    posted = refund_entry(refund, taken_from=AccountKind.CUSTOMER_CREDIT, given_to=given_to, booked_on=on)
    entries_post(entries=[*taken.entries(), posted], actor=actor, now=now)
    notes_step_in(held, taken, on=on, actor=actor, now=now)
    return refund


def refund_told(refund: Refund, name: str, actor: Actor, now: datetime) -> None:
    """Records an event about a refund."""
    events.record(
        name=name,
        subject=refund,
        actor=actor,
        now=now,
        profile_id=refund.profile_id,
        customer_id=refund.customer_id,
        label=refund.number,
        data={
            "payment_id": str(refund.payment_id),
            "amount": str(refund.amount),
            "currency": refund.currency,
            "reason": refund.reason,
            "failure": refund.failure,
        },
    )


def same_or_refused(known: Refund, payment_id: UUID, amount: Decimal) -> Refund:
    """The refund that is there, when it says the same as the one wanted now. Raises DuplicateRefund."""
    if (known.payment_id, known.amount) != (payment_id, amount):
        text = _("This was recorded already as %(number)s, with other figures.")
        raise DuplicateRefund(text % {"number": known.number})
    return known


def approved_or_asked(refund: Refund, payment: Payment, *, actor: Actor, now: datetime) -> None:
    """Within `asking_a_second_person`: goes on when no second person is needed, or one has agreed."""
    together = payment.amount_refunded + refund.amount
    if needs_second_person(payment.profile, amount=together, currency=refund.currency):
        second_person_required(action=_action(refund, payment), actor=actor, now=now)


def _day(payment: Payment, wanted: date | None, actor: Actor, now: datetime) -> date:
    today = local_today(payment.profile, now)
    on, first = wanted or today, payment.allocations.aggregate(last=Max("allocated_on"))["last"] or payment.received_on
    if not min(first, today) <= on <= today:
        raise day_outside("refunded_on", first, today)
    return booking_day(profile_id=payment.profile_id, day=on, actor=actor)


def _method(method: str) -> PaymentMethod:
    try:
        return PaymentMethod(method)
    except ValueError:
        known = ", ".join(each.value for each in PaymentMethod)
        raise ValidationFailed({"method": [_("Choose one of: %(known)s.") % {"known": known}]}) from None


def _action(refund: Refund, payment: Payment) -> Action:
    payload: dict[str, Any] = {
        "payment_id": str(payment.pk),
        "amount": str(refund.amount.normalize()),
        "currency": refund.currency,
        "through": refund.provider,
    }
    return Action(
        name="payment.refund",
        payload=payload,
        summary=f"Refund {Money(refund.amount, refund.currency)} of {payment.number}",
        profile_id=payment.profile_id,
        amount=refund.amount,
        currency=refund.currency,
        subject_url=payment_page(payment.pk),
        told={"reason": refund.reason, "method": str(refund.method_word.label), NUMBER: payment.number},
    )


def payment_page(payment_id: UUID) -> str:
    """The staff page of a payment; empty where there are no pages (a worker without them)."""
    try:
        return reverse("payments:detail", args=[payment_id])
    except NoReverseMatch:
        return ""
