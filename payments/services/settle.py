"""The core of every payment: credit meets invoices, inside a transaction of the caller that holds their locks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.money import ZERO, Money
from billing_assistant.ledger.services.posting import EntryInput
from invoices.errors import InvoiceNotOpen
from invoices.locks import invoices_lock
from invoices.models import Invoice
from invoices.services.settlement import settlement_change
from invoices.states import InvoiceKind, InvoiceState
from payments.errors import OtherCurrency, OtherCustomer
from payments.models import Allocation, Payment
from payments.services.exchange_result import exchange_entries
from payments.services.plan import OpenItem, Part, Wish, plan_exact, plan_oldest_first
from payments.services.postings import allocation_entry

SPARE: Final = 100


@dataclass(slots=True)
class Settled:
    """What an application settled: rows still to be written, and what events tell of it."""

    rows: list[Allocation] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.rows), ZERO)

    def entries(self) -> list[EntryInput]:
        """The entries that the caller posts, once the source is saved and has its number: what was settled, and what

        that gained or lost on foreign invoices, which is kept with it. Asked for once.
        """
        entries = [
            allocation_entry(
                row.invoice,
                amount=row.amount,
                source=(row.payment or row.credit_note).number,  # type: ignore[union-attr]
                booked_on=row.allocated_on,
            )
            for row in self.rows
        ]
        return [*entries, *exchange_entries(self.rows)]


def invoices_for_wish(wish: Wish, *, customer_id: UUID, money: Money) -> list[Invoice]:
    """Locks the invoices that a wish is about: those named, or the oldest open ones until the amount is used up."""
    if wish is None:
        return []
    if isinstance(wish, Mapping):
        return invoices_lock(invoice_id for invoice_id, amount in wish.items() if amount)
    return invoices_lock(_oldest(customer_id, money))


def parts_for_wish(wish: Wish, *, customer_id: UUID, money: Money, invoices: Sequence[Invoice]) -> list[Part]:
    """How a wish divides the money over the locked invoices. Raises what `plan_exact` and `check_target` raise."""
    for invoice in invoices:
        check_target(invoice, customer_id=customer_id, currency=money.currency)
    items = {invoice.pk: item_of(invoice) for invoice in invoices}
    if isinstance(wish, Mapping):
        return plan_exact(money, {key: amount for key, amount in wish.items() if amount}, items)
    return plan_oldest_first(money, [item for item in items.values() if item.due > 0])


def check_target(invoice: Invoice, *, customer_id: UUID, currency: str) -> None:
    """Raises NotFound, OtherCustomer, OtherCurrency, InvoiceNotOpen when credit cannot settle this document."""
    if invoice.customer_id != customer_id:
        raise OtherCustomer(invoice.number)
    if invoice.kind != InvoiceKind.INVOICE:
        raise NotFound(_("There is no such invoice."))
    if invoice.currency != currency:
        raise OtherCurrency(invoice.number, invoice.currency, currency)
    if invoice.state != InvoiceState.ISSUED:
        words = {"number": invoice.number, "state": InvoiceState(invoice.state).label}
        raise InvoiceNotOpen(_("%(number)s is %(state)s: nothing can settle it.") % words)


def apply_parts(
    *,
    source: Payment | Invoice,
    parts: Iterable[Part],
    invoices: Sequence[Invoice],
    on: date,
    actor: Actor,
    now: datetime,
) -> Settled:
    """Settles the locked invoices by parts of a payment or a credit note (an Invoice); negative parts take back.

    Writes the allocation rows and the invoices; the source's own amounts and the journal are the caller's.
    """
    settled, by_id = Settled(), {invoice.pk: invoice for invoice in invoices}
    is_payment = isinstance(source, Payment)
    for part in parts:
        invoice = by_id[part.invoice_id]
        booked_on = max(on, invoice.issued_on)
        if is_payment:
            settlement_change(invoice=invoice, paid=part.amount, actor=actor, now=now)
        else:
            settlement_change(invoice=invoice, credited=part.amount, actor=actor, now=now)
        settled.rows.append(
            Allocation(
                profile_id=invoice.profile_id,
                payment=source if isinstance(source, Payment) else None,
                credit_note=source if isinstance(source, Invoice) else None,
                invoice=invoice,
                currency=invoice.currency,
                amount=part.amount,
                allocated_on=booked_on,
                actor_label=actor.label[:150],
                created_at=now,
            )
        )
        settled.told.append(
            {
                "invoice_id": str(invoice.pk),
                "number": invoice.number,
                "amount": str(part.amount),
                "due": str(invoice.amount_due),
            }
        )
    return settled


def item_of(invoice: Invoice) -> OpenItem:
    """A locked invoice as the plan sees it."""
    return OpenItem(invoice.pk, invoice.number, invoice.amount_due, invoice.next_due_on or invoice.due_on)


def _oldest(customer_id: UUID, money: Money) -> list[UUID]:
    """The open invoices in the order of their due dates until their sum reaches the amount.

    At least the first hundred: another payment may settle the first ones before we have the locks.
    """
    rows = (
        Invoice.objects.filter(
            customer_id=customer_id,
            kind=InvoiceKind.INVOICE,
            state=InvoiceState.ISSUED,
            currency=money.currency,
            amount_due__gt=0,
        )
        .order_by("next_due_on", "number")
        .values_list("pk", "amount_due")
    )
    chosen: list[UUID] = []
    reached = ZERO
    for invoice_id, due in rows.iterator(chunk_size=100):
        if reached >= money.amount and len(chosen) >= SPARE:
            break
        chosen.append(invoice_id)
        reached += due
    return chosen
