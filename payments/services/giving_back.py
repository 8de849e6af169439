"""Money of a payment goes: its unapplied credit first, then what it settled, which is due again.

Shared by refunds and disputes. Credit notes that correct an invoice step in where the money was, as far as they go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F

from billing_assistant.core.actors import Actor
from billing_assistant.core.money import ZERO, Money
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.errors import MoreThanRefundable
from payments.locks import payment_lock
from payments.models import Allocation, Payment
from payments.services.allocate import net_allocations, payment_seen, received_or_refused
from payments.services.credits import note_settle
from payments.services.plan import Part
from payments.services.settle import Settled, apply_parts
from payments.states import PaymentState


@dataclass(frozen=True, slots=True)
class Held:
    """The locked payment, and the locked invoices and credit notes that are touched when its money goes."""

    payment: Payment
    invoices: Sequence[Invoice]
    notes: Sequence[Invoice]


def refundable(payment: Payment) -> Decimal:
    """How much of a payment can still be given back: the money that came, without the tax that was withheld."""
    if payment.status != PaymentState.COMPLETED:
        return ZERO
    return max(payment.amount_received - payment.amount_returned, ZERO)


def payment_hold(payment_id: UUID, actor: Actor) -> Held:
    """Locks a received payment with the invoices it settles and the credit notes that may take its place.

    Inside the caller's transaction. Raises NotFound, PaymentNotReceived.
    """
    seen = payment_seen(payment_id, actor)
    settled = set(net_allocations(seen))
    open_notes = Invoice.objects.filter(
        kind=InvoiceKind.CREDIT_NOTE, corrects_id__in=settled, total__gt=F("amount_credited")
    )
    locked = invoices_lock({*settled, *open_notes.values_list("pk", flat=True)})
    invoices = [each for each in locked if each.kind == InvoiceKind.INVOICE]
    notes = [each for each in locked if each.kind == InvoiceKind.CREDIT_NOTE]
    return Held(received_or_refused(payment_lock(payment_id)), invoices, notes)


def credit_take(
    held: Held, *, amount: Decimal, on: date, actor: Actor, now: datetime, disputed: bool = False
) -> Settled:
    """Takes an amount out of a held payment and saves it; gives the allocations that were taken back, already written.

    It counts as refunded, or as disputed.
    Where there is not enough unapplied credit, invoices are due again: first those for which a credit note is ready,
    then those that are due last. Raises MoreThanRefundable.
    """
    payment = held.payment
    short = max(amount - payment.unapplied, ZERO)
    net = net_allocations(payment) if short else {}
    ready = {note.corrects_id for note in held.notes}
    open_ones = [invoice for invoice in held.invoices if invoice.state == InvoiceState.ISSUED and net.get(invoice.pk)]
    open_ones.sort(key=lambda one: (one.pk in ready, one.due_on, one.number), reverse=True)
    parts, left = [], short
    for invoice in open_ones:
        part = min(left, net[invoice.pk])
        if part > 0:
            parts.append(Part(invoice.pk, -part))
            left -= part
    if left > 0:
        there = Money(amount - left, payment.currency)
        raise MoreThanRefundable(payment.number, there, Money(amount, payment.currency))
    settled = apply_parts(source=payment, parts=parts, invoices=open_ones, on=on, actor=actor, now=now)
    Allocation.objects.bulk_create(settled.rows)
    payment.amount_allocated += settled.total
    if disputed:
        payment.amount_disputed += amount
    else:
        payment.amount_refunded += amount
    payment.save(update_fields=["amount_allocated", "amount_refunded", "amount_disputed"])
    payment.refresh_from_db(fields=["unapplied"])
    return settled


def notes_step_in(held: Held, taken: Settled, *, on: date, actor: Actor, now: datetime) -> None:
    """Credit notes with something left settle the invoices that they correct, where money was taken. After posting.

    Other invoices of the payment, and their credit notes, stay as they are.
    """
    touched = {row.invoice_id for row in taken.rows}
    by_id = {invoice.pk: invoice for invoice in held.invoices if invoice.pk in touched}
    for note in held.notes:
        invoice = by_id.get(note.corrects_id) if note.corrects_id else None
        if invoice is None or invoice.state != InvoiceState.ISSUED:
            continue
        amount = min(note.total - note.amount_credited, invoice.amount_due)
        if amount > 0:
            note_settle(note, [Part(invoice.pk, amount)], [invoice], on=on, actor=actor, now=now)
