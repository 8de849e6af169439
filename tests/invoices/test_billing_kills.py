"""SIGKILL of real workers at named points of a billing run: every period is billed once, and no number is missing."""

from __future__ import annotations

import multiprocessing
import signal
from datetime import UTC, datetime
from itertools import cycle, islice

import pytest
from django.conf import settings
from django.db import connection, connections

from billing_assistant.core.failpoints import forget_hits
from invoices.models import BillingRun, Invoice, NumberSeries, Plan, PlanPeriod
from invoices.number_selectors import number_gaps
from invoices.plan_states import PlanStatus, RunState
from invoices.services import billing_run
from invoices.services.billing_engine import run_open, run_work
from invoices.services.billing_run import chunk_bill
from tests import factories
from tests.invoices.plans import plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.money, pytest.mark.slow]
AT = datetime(2026, 2, 1, 6, tzinfo=UTC)
POINTS = ("billing.after_claim", "issue.after_number", "billing.before_commit", "billing.after_commit")
CHUNK = 20


@pytest.mark.parametrize(
    ("plans", "kills", "workers"), [(120, 8, 2), pytest.param(2_000, 40, 4, marks=pytest.mark.deep)]
)
def test_killed_workers_bill_nothing_twice_and_leave_no_gap(plans: int, kills: int, workers: int) -> None:
    _plans(plans)
    died = 0
    for point in islice(cycle(POINTS), kills // workers + 1):
        died += sum(code == -signal.SIGKILL for code in _generation(workers, f"{point}:kill@{1 + died % 3}"))
    assert died >= min(kills, 4)
    assert _generation(workers, "") == [0] * workers
    assert run_work(now=AT, seconds=60) is False
    _check(plans)


def test_negative_control_without_one_transaction_a_kill_loses_periods() -> None:
    """The same kill when the plans were moved on in a transaction of their own: the test above can fail."""
    _plans(20)
    assert _generation(1, "billing.before_commit:kill", torn=True) == [-signal.SIGKILL]
    assert run_work(now=AT, seconds=60) is False
    assert Invoice.objects.count() < 20


def _plans(count: int) -> None:
    customers = [factories.customer(factories.seller())]
    customers += [factories.customer(customers[0].profile) for _ in range(9)]
    for index in range(count):
        plan(customers[index % 10], "10", "20", "30")


def _generation(workers: int, fails: str, *, torn: bool = False) -> list[int]:
    """Runs workers side by side until each has ended or died; their exit codes, negative for a signal."""
    connections.close_all()
    context = multiprocessing.get_context("fork")
    running = [context.Process(target=_work, args=(fails, torn)) for _ in range(workers)]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    return [process.exitcode if process.exitcode is not None else 1 for process in running]


def _work(fails: str, torn: bool) -> None:
    settings.FAIL_POINTS = fails
    forget_hits()
    if torn:
        _bill_in_two_transactions()
    run_work(now=AT, seconds=60, limit=CHUNK)
    connection.close()


def _bill_in_two_transactions() -> None:
    """What the engine would be if it moved plans on in a transaction before that of their invoices."""
    run = run_open(now=AT)
    assert run is not None
    plans = list(Plan.objects.order_by("due_at", "id"))
    Plan.objects.update(next_index=1, due_at=datetime(2026, 3, 1, tzinfo=UTC))
    billing_run.plans_due_claim = lambda *, now, limit: plans
    chunk_bill(run=run, now=AT)


def _check(plans: int) -> None:
    assert Invoice.objects.count() == PlanPeriod.objects.count() == plans
    assert list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, plans + 1))
    assert all(number_gaps(series) == [] for series in NumberSeries.objects.all())
    assert not Plan.objects.filter(status=PlanStatus.PARKED).exists()
    assert set(BillingRun.objects.values_list("state", flat=True)) == {RunState.DONE}
