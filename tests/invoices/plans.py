"""Plans for tests, as rows: what the services check is tested elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from customers.models import Customer
from invoices.models import Plan, PlanLine
from invoices.services.plan_schedule import due_at_of
from tests import factories
from tests.factories import NOW

START = date(2026, 1, 31)


def plan(of: Customer | None = None, *prices: str, now: datetime = NOW, **fields: Any) -> Plan:
    """A monthly plan of a customer with a line for each price, due from its first day on."""
    customer = of or factories.customer(factories.seller())
    count = Plan.objects.count() + 1
    given: dict[str, Any] = {
        "profile": customer.profile,
        "customer": customer,
        "number": f"PLAN-{count:04}",
        "name": "Website care",
        "starts_on": START,
        "time_zone": "Africa/Nairobi",
        "currency": customer.currency,
        "created_at": now,
    }
    made = Plan(**(given | fields))
    made.due_at = due_at_of(made)
    made.save(force_insert=True)
    PlanLine.objects.bulk_create(
        PlanLine(
            plan=made,
            valid_from=made.starts_on,
            position=position,
            description="Care in {month}",
            unit_price=Decimal(price),
            tax_rate=Decimal(16),
        )
        for position, price in enumerate(prices or ("1000",), start=1)
    )
    return made
