"""Plans for tests, as rows: what the services check is tested elsewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from customers.models import Customer
from invoices.models import Plan, PlanLine
from invoices.services.billing_engine import run_work
from invoices.services.plan_schedule import due_at_of
from tests import factories
from tests.factories import NOW

START = date(2026, 1, 31)
AT = datetime(2026, 2, 1, 6, tzinfo=UTC)
"""A day after the first plans are due."""


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


def many(count: int) -> list[Plan]:
    """So many plans of five customers of one seller."""
    customers = [factories.customer(factories.seller())]
    customers += [factories.customer(customers[0].profile) for _ in range(4)]
    return [plan(customers[index % 5], "10") for index in range(count)]


def bill_all(now: datetime = AT, **given: Any) -> None:
    """All that is due is billed."""
    assert run_work(now=now, seconds=60, **given) is False
