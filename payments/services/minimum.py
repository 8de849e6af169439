"""The least that a client may pay online at once: small parts cost more than they bring."""

from __future__ import annotations

from decimal import Decimal

from billing_assistant.core.money import minor_unit, percentage
from invoices.models import Invoice
from payments.selectors.paying_rules import paying_rules_of


def least_part(invoice: Invoice) -> Decimal:
    """The profile's per cent of the invoice's total, or what is due when that is less; never zero while any is due."""
    percent = paying_rules_of(invoice.profile_id).least_percent
    least = max(percentage(invoice.total, percent, invoice.currency), minor_unit(invoice.currency))
    return min(least, invoice.amount_due)
