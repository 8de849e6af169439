"""The billing run: plans of three lines, billed month by month, with one worker and with two."""

from __future__ import annotations

import multiprocessing
import time
from datetime import UTC, date, datetime
from typing import Final

from django.db import connection, transaction

from billing_assistant.core.bulk import models_insert, rows_insert
from billing_assistant.core.money import ZERO
from billing_assistant.shell.bench.raw import raw_rate
from billing_assistant.shell.bench.rows import Row, rate_row
from billing_assistant.shell.bench.setting import LINES, Setting
from customers.models import Customer
from invoices.models import Invoice, Plan, PlanLine
from invoices.services.billing_engine import run_work
from invoices.services.plan_schedule import due_at_of

PLANS: Final = 10_000
BATCH: Final = 1_000
SECONDS: Final = 600.0
RAW: Final = 500


def billing(setting: Setting) -> list[Row]:
    """The first month opens the accounts of every customer; the next is billed by one worker, the third by two."""
    build_plans(setting, PLANS)
    first = _month(1, workers=1)
    one = _month(2, workers=1)
    ids = list(Invoice.objects.filter(plan_periods__isnull=False).order_by("-id").values_list("pk", flat=True)[:RAW])
    raw = raw_rate(ids)
    two = _month(3, workers=2)
    return [
        rate_row("billing run, one worker, new accounts", PLANS, first, raw),
        rate_row("billing run, one worker", PLANS, one, raw),
        rate_row("billing run, two workers", PLANS, two, raw),
    ]


def build_plans(setting: Setting, count: int) -> None:
    """Customers with a monthly plan of three lines each, the first month due on 1 January 2027."""
    for first in range(0, count, BATCH):
        _build(setting, range(first, min(first + BATCH, count)))


def _build(setting: Setting, numbers: range) -> None:
    customers = [
        Customer(
            profile=setting.profile,
            number=f"PLANNED-{index:05}",
            name=f"Planned {index:05}",
            email=f"p{index}@example.com",
        )
        for index in numbers
    ]
    plans = [
        Plan(
            profile=setting.profile,
            customer=customer,
            number=f"PLAN-{index:05}",
            name="Website care",
            starts_on=date(2027, 1, 1),
            time_zone="Africa/Nairobi",
            currency=customer.currency,
            makes="issue",
        )
        for index, customer in zip(numbers, customers, strict=True)
    ]
    for plan in plans:
        plan.due_at = due_at_of(plan)
    lines = [
        {
            "plan_id": plan.pk,
            "valid_from": plan.starts_on,
            "position": position,
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price or ZERO,
            "tax_rate": line.tax_rate,
        }
        for plan in plans
        for position, line in enumerate(LINES, start=1)
    ]
    with transaction.atomic():
        models_insert(customers)
        models_insert(plans)
        rows_insert(PlanLine, lines)


def _month(month: int, *, workers: int) -> float:
    """Bills everything that is due on the first of a month; invoices per second."""
    now = datetime(2027, month, 1, 6, tzinfo=UTC)
    before = Invoice.objects.count()
    started = time.perf_counter()
    if workers == 1:
        run_work(now=now, seconds=SECONDS)
    else:
        _side_by_side(now, workers)
    spent = time.perf_counter() - started
    return (Invoice.objects.count() - before) / spent


def _side_by_side(now: datetime, workers: int) -> None:
    """Workers in processes of their own, each with its own connection."""
    connection.close()
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=run_work, kwargs={"now": now, "seconds": SECONDS}) for _ in range(workers)]
    for process in running:
        process.start()
    for process in running:
        process.join()
