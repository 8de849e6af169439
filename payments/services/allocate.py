"""Allocate credit that is there, and take an allocation back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from billing_assistant.ledger.services.posting import EntryInput, entries_post
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.lock_date import booking_day
from invoices.states import InvoiceState
from payments.errors import NotAllocated, PaymentNotReceived
from payments.locks import payment_lock
from payments.models import Allocation, Payment
from payments.services.plan import OLDEST_FIRST, OpenItem, Part, Wish, plan_exact
from payments.services.settle import (
    Settled,
    apply_parts,
    check_target,
    invoices_for_wish,
    item_of,
    parts_for_wish,
)
from payments.services.write_off import small_differences_take_back
from payments.states import PaymentState


def payment_allocate(*, payment_id: UUID, allocations: Wish, actor: Actor, now: datetime) -> Payment:
    """Settles invoices with what is unapplied of a payment, as named or "oldest first", dated today.

    Raises PermissionRefused, NotFound, PaymentNotReceived, PeriodLocked, and what `payment_record` raises about
    allocations.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        seen = payment_seen(payment_id, actor)
        invoices = invoices_for_wish(
            allocations, customer_id=seen.customer_id, money=Money(seen.unapplied, seen.currency)
        )
        payment = received_or_refused(payment_lock(payment_id))
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

    The small difference that was written off with it is due again too.
    Raises PermissionRefused, NotFound, PaymentNotReceived, NotAllocated, InvoiceNotOpen, PeriodLocked.
    """
    actor.require(Right.PAYMENTS_RECORD)
    if amount is not None and amount <= 0:
        raise InvalidAmount(_("An amount above zero can be taken back."), field="amount")
    with transaction.atomic():
        payment_seen(payment_id, actor)
        invoices = invoices_lock([invoice_id])
        payment = received_or_refused(payment_lock(payment_id))
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
        due_again = small_differences_take_back(payment=payment, invoices=invoices, on=on, actor=actor, now=now)
        _write(payment, settled, "payment.deallocated", actor, now, differences=due_again)
    return payment


def payment_reallocate(
    *, payment_id: UUID, allocations: Mapping[UUID, Decimal], actor: Actor, now: datetime
) -> Payment:
    """Makes a payment settle exactly this: what it settles otherwise is taken back, what is missing is added, today.

    The small difference of an invoice of which it settles less is due again. What it settled of an invoice that was
    given up since stays. Raises PermissionRefused, NotFound, PaymentNotReceived, PeriodLocked, and what
    `payment_record` raises about allocations. On refusal nothing has changed.
    """
    actor.require(Right.PAYMENTS_RECORD)
    with transaction.atomic():
        seen = payment_seen(payment_id, actor)
        wanted = {invoice_id: amount for invoice_id, amount in allocations.items() if amount}
        invoices = invoices_lock({*wanted, *net_allocations(seen)})
        payment = received_or_refused(payment_lock(payment_id))
        net = dict(net_allocations(payment))
        fixed = {invoice.pk for invoice in invoices if invoice.state == InvoiceState.UNCOLLECTIBLE} & net.keys()
        kept = sum((net.pop(invoice_id) for invoice_id in fixed), ZERO)
        movable = [invoice for invoice in invoices if invoice.pk not in fixed or invoice.pk in wanted]
        for invoice in movable:
            check_target(invoice, customer_id=payment.customer_id, currency=payment.currency)
        there = Money(payment.amount - payment.amount_returned - kept, payment.currency)
        plan_exact(there, wanted, {invoice.pk: _item(invoice, net) for invoice in movable})
        parts = _moves(net, wanted)
        if parts:
            today = local_today(payment.profile, now)
            on = booking_day(profile_id=payment.profile_id, day=today, actor=actor)
            settled = apply_parts(source=payment, parts=parts, invoices=movable, on=on, actor=actor, now=now)
            less = {part.invoice_id for part in parts if part.amount < 0}
            taken = [invoice for invoice in movable if invoice.pk in less]
            due_again = small_differences_take_back(payment=payment, invoices=taken, on=on, actor=actor, now=now)
            _write(payment, settled, "payment.reallocated", actor, now, differences=due_again)
    return payment


def _item(invoice: Invoice, net: Mapping[UUID, Decimal]) -> OpenItem:
    """What could be settled of an invoice if this payment settled nothing of it."""
    item = item_of(invoice)
    return replace(item, due=item.due + net.get(invoice.pk, ZERO))


def _moves(net: Mapping[UUID, Decimal], wanted: Mapping[UUID, Decimal]) -> list[Part]:
    """From what is to what should be, in the order of the invoices: first what is taken back."""
    changes = [
        Part(invoice_id, wanted.get(invoice_id, ZERO) - net.get(invoice_id, ZERO))
        for invoice_id in sorted({*net, *wanted}, key=str)
    ]
    return sorted((part for part in changes if part.amount), key=lambda part: part.amount > 0)


def net_allocations(payment: Payment) -> Mapping[UUID, Decimal]:
    """What a payment settles now, by invoice: allocations less what was taken back."""
    rows = Allocation.objects.filter(payment=payment).values("invoice_id").annotate(net=Sum("amount"))
    return {row["invoice_id"]: row["net"] for row in rows if row["net"]}


def payment_seen(payment_id: UUID, actor: Actor) -> Payment:
    """A payment within the actor's profiles, not locked. Raises NotFound."""
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None or not actor.can_see(payment.profile_id):
        raise NotFound(_("There is no such payment."))
    return payment


def received_or_refused(payment: Payment) -> Payment:
    """The payment, when its money is there. Raises PaymentNotReceived."""
    if payment.status != PaymentState.COMPLETED:
        raise PaymentNotReceived(
            _("%(number)s is %(state)s: it cannot settle anything.")
            % {"number": payment.number, "state": PaymentState(payment.status).label}
        )
    return payment


def _write(
    payment: Payment,
    settled: Settled,
    event: str,
    actor: Actor,
    now: datetime,
    *,
    differences: Sequence[EntryInput] = (),
) -> None:
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
    entries_post(entries=[*settled.entries(), *differences], actor=actor, now=now)
