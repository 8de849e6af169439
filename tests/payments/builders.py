"""Invoices and payments that these tests need."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing_assistant.core.actors import Actor
from customers.models import Customer
from invoices.models import Invoice
from payments.models import Payment
from payments.services.plan import Wish
from payments.services.record import payment_record
from tests import factories

SYSTEM = Actor.system("test")
NOW = factories.NOW
TODAY = date(2026, 3, 2)


def customer(currency: str = "KES", **profile_fields: Any) -> Customer:
    """A customer of a seller with number series."""
    return factories.customer(factories.seller(currency=currency, **profile_fields))


def invoice(of: Customer | None = None, total: str = "52200.00", *, now: datetime = NOW, **fields: Any) -> Invoice:
    """An issued invoice over exactly this total, without tax, in the customer's currency."""
    of = of or customer()
    line = factories.line(quantity="1", price=total, tax_rate=Decimal(0), tax_category="zero")
    return factories.issued_invoice(of, line, now=now, **fields)


def pay(of: Customer, amount: str, allocations: Wish = None, *, now: datetime = NOW, **fields: Any) -> Payment:
    """A bank transfer received today."""
    defaults: dict[str, Any] = {
        "currency": of.currency,
        "method": "bank_transfer",
        "received_on": TODAY,
        "reference": "FT26061ABC",
        "actor": SYSTEM,
    }
    return payment_record(
        customer_id=of.pk, amount=Decimal(amount), allocations=allocations, now=now, **(defaults | fields)
    )


def due(of: Invoice) -> Decimal:
    """What is due on an invoice now."""
    of.refresh_from_db()
    return of.amount_due
