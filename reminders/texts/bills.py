"""What the letter of an invoice tells, as plain values: of an issued one, or of one that a draft would become."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO
from invoices.models import Invoice, InvoiceDraft
from invoices.services.instalments import DuePart, due_parts
from invoices.services.snapshots import seller_snapshot
from invoices.services.template_choice import language_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Amounts are in `currency`; `due_on` is when the next of the `parts` is due."""

    number: str
    language: str
    currency: str
    total: Decimal
    amount_due: Decimal
    issued_on: date
    due_on: date
    reference: str
    customer_name: str
    seller: Mapping[str, Any]
    parts: tuple[DuePart, ...]

    @property
    def next_part(self) -> Decimal:
        """What is due next: payments fill the instalments in order."""
        reached = ZERO
        for part in self.parts:
            reached += part.amount
            if self.total - self.amount_due < reached:
                return reached - self.total + self.amount_due
        return self.amount_due


def bill_of(invoice: Invoice) -> Bill:
    """An issued invoice as it stands now: what is due today, not what was due at issue."""
    return Bill(
        number=invoice.number,
        language=invoice.language,
        currency=invoice.currency,
        total=invoice.total,
        amount_due=invoice.amount_due,
        issued_on=invoice.issued_on,
        due_on=invoice.next_due_on or invoice.due_on,
        reference=invoice.reference,
        customer_name=invoice.customer.name,
        seller=invoice.seller,
        parts=tuple(DuePart(part.due_on, part.amount) for part in invoice.instalments.all()),
    )


def bill_of_draft(draft: InvoiceDraft, *, today: date, number: str) -> Bill:
    """The invoice that a draft would become today, under a text that stands for its number."""
    parts = _parts(draft, today)
    return Bill(
        number=number,
        language=language_of(draft),
        currency=draft.currency,
        total=draft.total,
        amount_due=draft.total,
        issued_on=today,
        due_on=parts[0].due_on,
        reference=draft.reference,
        customer_name=draft.customer.name,
        seller=seller_snapshot(draft.profile),
        parts=parts,
    )


def _parts(draft: InvoiceDraft, today: date) -> tuple[DuePart, ...]:
    """The instalments; a draft that cannot be issued yet is shown with the whole due on its date."""
    try:
        return due_parts(draft, draft.total, today)
    except ValidationFailed:
        return (DuePart(draft.due_on or today, draft.total),)
