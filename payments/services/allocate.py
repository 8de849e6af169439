"""Allocate credit that is there, and take an allocation back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import InvalidAmount, NotFound
from billing_assistant.core.money import ZERO, Money
from billing_assistant.core.rights import Right
from billing_assistant.ledger.services.posting import entries_post
from invoices.locks import invoices_lock
from invoices.services.lock_date import booking_day
from payments.errors import NotAllocated, PaymentNotReceived
from payments.locks import payment_lock
from payments.models import Allocation, Payment
from payments.services.plan import OLDEST_FIRST, Part, Wish
from payments.services.settle import Settled, apply_parts, invoices_for_wish, parts_for_wish
from payments.states import PaymentState


def payment_allocate(*, payment_id: UUID, allocations: Wish, actor: Actor, now: datetime) -> Payment:
    """Settles invoices with what is unapplied of a payment, as named or "oldest first", dated today.

    Raises PermissionRefused, NotFound, PaymentNotReceived, PeriodLocked, and what `payment_record` raises about
    allocations.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        seen = _seen(payment_id, actor)
        invoices = invoices_for_wish(
            allocations, customer_id=seen.customer_id, money=Money(seen.unapplied, seen.currency)
        )
        payment = _received(payment_lock(payment_id))
        money = Money(payment.unapplied, payment.currency)
        if allocations == OLDEST_FIRST and not money:
            raise NotAllocated(_("%(number)s has nothing left to allocate.") % {"number": payment.number})
        parts = parts_for_wish(allocations, customer_id=payment.customer_id, money=money, invoices=invoices)
        if parts:
            today = local_today(payment.profile, now)
            on = booking_day(profile_id=payment.profile_id, day=today, actor=actor)
            settled = apply_parts(source=payment, parts=parts, invoices=invoices, on=on, actor=actor, now=now)
            _write(payment, settled, "payment.allocated", actor, now)
    return payment


def payment_deallocate(
    *, payment_id: UUID, invoice_id: UUID, actor: Actor, now: datetime, amount: Decimal | None = None
) -> Payment:
    """Takes what a payment settled of an invoice back (all, or an amount): it becomes unapplied credit again.

    Raises PermissionRefused, NotFound, PaymentNotReceived, NotAllocated, InvoiceNotOpen, PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    if amount is not None and amount <= 0:
        raise InvalidAmount(_("An amount above zero can be taken back."), field="amount")
    with transaction.atomic():
        _seen(payment_id, actor)
        invoices = invoices_lock([invoice_id])
        payment = _received(payment_lock(payment_id))
        there = net_allocations(payment).get(invoice_id, ZERO)
        back = there if amount is None else amount
        if not 0 < back <= there:
            words = {
                "number": payment.number,
                "amount": Money(there, payment.currency),
                "invoice": invoices[0].number,
            }
            raise NotAllocated(_("%(number)s has %(amount)s on %(invoice)s.") % words)
        today = local_today(payment.profile, now)
        on = booking_day(profile_id=payment.profile_id, day=today, actor=actor)
        parts = [Part(invoice_id, -back)]
        settled = apply_parts(source=payment, parts=parts, invoices=invoices, on=on, actor=actor, now=now)
        _write(payment, settled, "payment.deallocated", actor, now)
    return payment


def net_allocations(payment: Payment) -> Mapping[UUID, Decimal]:
    """What a payment settles now, by invoice: allocations less what was taken back."""
    rows = Allocation.objects.filter(payment=payment).values("invoice_id").annotate(net=Sum("amount"))
    return {row["invoice_id"]: row["net"] for row in rows if row["net"]}


def _seen(payment_id: UUID, actor: Actor) -> Payment:
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None or not actor.can_see(payment.profile_id):
        raise NotFound(_("There is no such payment."))
    return payment


def _received(payment: Payment) -> Payment:
    if payment.status != PaymentState.COMPLETED:
        raise PaymentNotReceived(
            _("%(number)s is %(state)s: it cannot settle anything.")
            % {"number": payment.number, "state": PaymentState(payment.status).label}
        )
    return payment


def _write(payment: Payment, settled: Settled, event: str, actor: Actor, now: datetime) -> None:
    payment.amount_allocated += settled.total
    payment.save(update_fields=["amount_allocated"])
    payment.refresh_from_db(fields=["unapplied"])
    Allocation.objects.bulk_create(settled.rows)
    events.record(
        name=event,
        subject=payment,
        actor=actor,
        now=now,
        profile_id=payment.profile_id,
        customer_id=payment.customer_id,
        label=payment.number,
        data={"currency": payment.currency, "unapplied": str(payment.unapplied), "allocations": settled.told},
    )
    entries_post(entries=settled.entries(), actor=actor, now=now)
