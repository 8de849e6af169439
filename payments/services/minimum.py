"""The least that a client may pay online at once: small parts cost more than they bring."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from billing_assistant.core.money import minor_unit, percentage
from invoices.models import Invoice

MINIMUM_PERCENT: Final = Decimal(5)


def least_part(invoice: Invoice) -> Decimal:
    """5 % of the invoice's total, or what is due when that is less; never zero while something is due."""
    least = max(percentage(invoice.total, MINIMUM_PERCENT, invoice.currency), minor_unit(invoice.currency))
    return min(least, invoice.amount_due)
