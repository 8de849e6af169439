"""Reverse a payment: the cheque bounced, the transfer was recalled, or it was recorded by mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from billing_assistant.ledger.services.posting import EntryInput, entries_post
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.lock_date import days_open, first_open_day
from invoices.services.settlement import settlement_change
from invoices.states import InvoiceState
from payments.errors import PaymentNotReceived, day_outside
from payments.locks import payment_lock
from payments.models import Allocation, Payment, WriteOff
from payments.services.allocate import net_allocations
from payments.services.exchange_result import exchange_entries
from payments.services.line_release import payment_release
from payments.services.plan import Part
from payments.services.postings import allocation_entry, reversed_entry, write_off_entry
from payments.services.settle import apply_parts
from payments.services.write_off import small_differences_take_back
from payments.states import PAYMENT_TRANSITIONS, PaymentState


def payment_reverse(
    *,
    payment_id: UUID,
    reason: str,
    actor: Actor,
    now: datetime,
    reversed_on: date | None = None,
    with_its_line: bool = False,
) -> Payment:
    """Takes a received payment out of the books from a local date on (default today); its invoices are due again.

    What it paid of an invoice that was meanwhile given up joins what was written off there; the line of a statement
    that stood for it is open again (the caller undoes the whole line `with_its_line`).
    Raises PermissionRefused, NotFound, ValidationFailed, TransitionRefused, PaymentNotReceived (partly refunded),
    PeriodLocked (a provider's money is booked on the first open day), Conflict (its line is several payments: undo the
    line).
    """
    actor.require(Right.PAYMENTS_RECORD)
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why the payment is reversed.")]})
    with transaction.atomic():
        seen = Payment.objects.filter(pk=payment_id).first()
        if seen is None or not actor.can_see(seen.profile_id):
            raise NotFound(_("There is no such payment."))
        differences = seen.write_offs.values_list("invoice_id", flat=True)
        invoices = invoices_lock({*net_allocations(seen), *differences})
        payment = payment_lock(payment_id)
        require_transition(PAYMENT_TRANSITIONS, payment.number, PaymentState(payment.status), PaymentState.REVERSED)
        if payment.amount_returned:
            text = _("%(number)s was refunded in part and cannot be reversed.")
            if payment.amount_disputed:
                text = _("%(number)s is disputed, or was: what its bank took is no money to be reversed.")
            raise PaymentNotReceived(text % {"number": payment.number})
        on = _date(payment, reversed_on, now)
        if payment.provider:
            on = first_open_day(profile_id=payment.profile_id, day=on)
        else:
            days_open(profile_id=payment.profile_id, days=[on])
        payment.reversed_on, payment.reversal_reason = on, reason.strip()[:240]
        entries = _take_back(payment, invoices, net_allocations(payment), actor, now)
        entries += small_differences_take_back(payment=payment, invoices=invoices, on=on, actor=actor, now=now)
        payment.status, payment.amount_allocated = PaymentState.REVERSED, ZERO
        payment.save(update_fields=["status", "amount_allocated", "reversed_on", "reversal_reason"])
        payment.refresh_from_db(fields=["unapplied"])
        events.record(
            name="payment.reversed",
            subject=payment,
            actor=actor,
            now=now,
            profile_id=payment.profile_id,
            customer_id=payment.customer_id,
            label=payment.number,
            data={
                "amount": str(payment.amount),
                "currency": payment.currency,
                "reason": payment.reversal_reason,
                "invoice_ids": [str(invoice.pk) for invoice in invoices],
            },
        )
        entries_post(entries=[*entries, reversed_entry(payment, on)], actor=actor, now=now)
        if not with_its_line:
            payment_release(payment=payment, actor=actor, now=now)
    return payment


def _take_back(
    payment: Payment, invoices: Sequence[Invoice], net: Mapping[UUID, Decimal], actor: Actor, now: datetime
) -> list[EntryInput]:
    on = payment.reversed_on or payment.received_on
    settled_ones = [invoice for invoice in invoices if invoice.pk in net]
    given_up = [invoice for invoice in settled_ones if invoice.state == InvoiceState.UNCOLLECTIBLE]
    parts = [Part(invoice.pk, -net[invoice.pk]) for invoice in settled_ones if invoice not in given_up]
    settled = apply_parts(source=payment, parts=parts, invoices=invoices, on=on, actor=actor, now=now)
    Allocation.objects.bulk_create(settled.rows)
    entries = settled.entries()
    for invoice in given_up:
        entries += _into_bad_debt(payment, invoice, net[invoice.pk], actor=actor, now=now)
    return entries


def _into_bad_debt(
    payment: Payment, invoice: Invoice, amount: Decimal, *, actor: Actor, now: datetime
) -> list[EntryInput]:
    on = payment.reversed_on or payment.received_on
    settlement_change(invoice=invoice, paid=-amount, written_off=amount, actor=actor, now=now)
    shared = {"profile_id": invoice.profile_id, "invoice": invoice, "currency": invoice.currency, "created_at": now}
    label = actor.label[:150]
    taken = Allocation.objects.create(payment=payment, amount=-amount, allocated_on=on, actor_label=label, **shared)
    WriteOff.objects.create(
        customer_id=invoice.customer_id,
        amount=amount,
        written_off_on=on,
        reason=f"{payment.number}: {payment.reversal_reason}"[:240],
        actor_label=label,
        **shared,
    )
    return [
        allocation_entry(invoice, amount=-amount, source=payment.number, booked_on=on),
        write_off_entry(invoice, amount=amount, reason=payment.number, booked_on=on),
        *exchange_entries([taken]),
    ]


def _date(payment: Payment, wanted: date | None, now: datetime) -> date:
    today = local_today(payment.profile, now)
    on = wanted or today
    if not payment.received_on <= on <= today:
        raise day_outside("reversed_on", payment.received_on, today)
    return on
