"""What settles an invoice: the only writer of paid, credited and written-off amounts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import rows_update
from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import ZERO, Money
from billing_assistant.core.states import require_transition
from invoices.errors import InvoiceNotOpen, OverCredited, OverSettled
from invoices.models import Invoice
from invoices.services.instalments import next_due_on, parts_standing
from invoices.states import STATE_TRANSITIONS, InvoiceKind, InvoiceState

FIELDS: Final = ("amount_paid", "amount_credited", "amount_written_off", "next_due_on", "settled_at", "state")


class NegativeSettlement(DomainError):
    """More would be taken back than was settled."""

    code = "negative_settlement"


def settlement_change(
    *,
    invoice: Invoice,
    paid: Decimal = ZERO,
    credited: Decimal = ZERO,
    written_off: Decimal = ZERO,
    uncollectible: bool = False,
    actor: Actor,
    now: datetime,
) -> Invoice:
    """Moves the settled amounts of an invoice that the caller has locked (`invoices_lock`); negative takes back.

    Amounts are in the invoice's currency. `uncollectible` gives it up for good with what is written off.
    Raises InvoiceNotOpen, OverSettled, NegativeSettlement. Writes invoice.partially_paid, invoice.paid,
    invoice.reopened or invoice.written_off.
    """
    wanted = paid + credited + written_off
    moves_within = (
        invoice.state == InvoiceState.UNCOLLECTIBLE and wanted == 0
    )  # a payment bounced after it was given up
    if invoice.kind != InvoiceKind.INVOICE or (invoice.state != InvoiceState.ISSUED and not moves_within):
        raise InvoiceNotOpen(
            _("%(number)s is %(state)s: nothing can settle it.")
            % {"number": invoice.number, "state": InvoiceState(invoice.state).label}
        )
    due_before = _due(invoice)
    if wanted > due_before:
        raise OverSettled(invoice.number, Money(due_before, invoice.currency), Money(wanted, invoice.currency))
    invoice.amount_paid += paid
    invoice.amount_credited += credited
    invoice.amount_written_off += written_off
    if min(invoice.amount_paid, invoice.amount_credited, invoice.amount_written_off) < 0:
        raise NegativeSettlement(_("%(number)s has not been settled by that much.") % {"number": invoice.number})
    if uncollectible:
        require_transition(STATE_TRANSITIONS, invoice.number, InvoiceState(invoice.state), InvoiceState.UNCOLLECTIBLE)
        invoice.state = InvoiceState.UNCOLLECTIBLE
    due = _due(invoice)
    invoice.next_due_on = next_due_on(parts_standing(invoice), invoice.total - due, invoice.total) if due else None
    invoice.settled_at = None if due else (invoice.settled_at or now)
    rows_update([invoice], FIELDS)
    _record(invoice, due_before, due, actor, now)
    return invoice


def credit_note_applied(*, note: Invoice, amount: Decimal) -> Invoice:
    """Notes how much of a locked credit note was applied (negative: taken back). Raises OverCredited."""
    if note.kind != InvoiceKind.CREDIT_NOTE:
        raise InvoiceNotOpen(_("%(number)s is not a credit note.") % {"number": note.number})
    applied = note.amount_credited + amount
    if not ZERO <= applied <= note.total:
        left = Money(note.total - note.amount_credited, note.currency)
        raise OverCredited(
            _("%(number)s has %(left)s left to apply.") % {"number": note.number, "left": left}, field="amount"
        )
    note.amount_credited = applied
    note.save(update_fields=["amount_credited"])
    return note


def _due(invoice: Invoice) -> Decimal:
    return invoice.total - invoice.amount_paid - invoice.amount_credited - invoice.amount_written_off


def _record(invoice: Invoice, due_before: Decimal, due: Decimal, actor: Actor, now: datetime) -> None:
    invoice.amount_due = due  # as the database computes it
    if invoice.state == InvoiceState.UNCOLLECTIBLE:
        name = "invoice.written_off"
    elif due == 0:
        name = "invoice.paid"
    else:
        name = "invoice.partially_paid" if due < due_before else "invoice.reopened"
    events.record(
        name=name,
        subject=invoice,
        actor=actor,
        now=now,
        profile_id=invoice.profile_id,
        customer_id=invoice.customer_id,
        label=invoice.number,
        data={"due": str(due), "settled": str(due_before - due), "currency": invoice.currency},
    )
