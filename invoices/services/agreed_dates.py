"""Other due dates for an issued invoice: agreed, agreed anew, and ended. The document itself stays as it was issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from billing_assistant.core.money import ZERO
from invoices.models import AgreedInstalment, Invoice
from invoices.services.instalments import DuePart, next_due_on, parts_standing


def due_dates_agree(*, invoice: Invoice, parts: Sequence[DuePart], today: date) -> None:
    """Puts due dates in the place of those that an invoice has, from a local day on. It is locked by the caller.

    `parts` are in the order in which money fills them, and sum to the invoice's total. The same again changes nothing.
    """
    if sum((part.amount for part in parts), ZERO) != invoice.total:
        raise ValueError("Agreed due dates sum to the total of the invoice.")
    standing = invoice.agreed_instalments.filter(ended_on__isnull=True).order_by("position")
    if [(row.due_on, row.amount) for row in standing] != [(part.due_on, part.amount) for part in parts]:
        _end(invoice, today)
        AgreedInstalment.objects.bulk_create(
            AgreedInstalment(
                invoice=invoice,
                position=position,
                due_on=part.due_on,
                currency=invoice.currency,
                amount=part.amount,
                agreed_on=today,
            )
            for position, part in enumerate(parts, start=1)
        )
    _next_due(invoice)


def due_dates_end(*, invoice: Invoice, today: date) -> None:
    """The invoice, locked by the caller, is due again as it was issued. Again changes nothing."""
    _end(invoice, today)
    _next_due(invoice)


def _end(invoice: Invoice, today: date) -> None:
    standing = invoice.agreed_instalments.filter(ended_on__isnull=True)
    standing.filter(agreed_on__gte=today).delete()
    standing.update(ended_on=today)


def _next_due(invoice: Invoice) -> None:
    """Notes the next due date, where something is due at all."""
    wanted = next_due_on(parts_standing(invoice), invoice.total - invoice.amount_due, invoice.total)
    if invoice.next_due_on != wanted:
        invoice.next_due_on = wanted
        invoice.save(update_fields=["next_due_on"])
