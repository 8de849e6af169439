"""Many workers, clocks that jump and the beat of the minute: each period is billed once, without a gap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, local
from typing import Any

import pytest
from django.db import connection

from billing_assistant.core import queue
from invoices import tasks
from invoices.models import (
    BillingChunk,
    BillingRun,
    Invoice,
    NumberSeries,
    Plan,
    PlanPeriod,
    SeriesCounter,
)
from invoices.number_selectors import number_gaps
from invoices.plan_states import PeriodOutcome, PlanStatus, PlanUnit
from invoices.services import billing_engine, billing_run
from invoices.services.billing_engine import run_work
from invoices.services.billing_run import WORK_TASK
from invoices.services.plan_acts import plan_pause
from tests.factories import SYSTEM
from tests.invoices.plans import AT, bill_all, many, plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.money]


def _workers(count: int) -> list[BaseException]:
    def work() -> None:
        try:
            run_work(now=AT, seconds=60, limit=5)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        jobs = [pool.submit(work) for _ in range(count)]
    return [error for error in (job.exception() for job in jobs) if error is not None]


def test_many_workers_bill_each_period_once_without_a_gap() -> None:
    many(60)
    assert _workers(6) == []
    bill_all()
    assert PlanPeriod.objects.count() == Invoice.objects.count() == 60
    assert list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 61))
    assert all(number_gaps(series) == [] for series in NumberSeries.objects.all())
    assert SeriesCounter.objects.get().last_number == 60
    assert not Plan.objects.filter(status=PlanStatus.PARKED).exists()


def test_negative_control_without_the_claim_workers_run_into_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plans are read without a lock, first by all: the database refuses the doubles, and plans are parked."""
    everybody, here = Barrier(6), local()

    def unlocked(*, now: datetime, limit: int) -> list[Plan]:
        due = Plan.objects.filter(status=PlanStatus.ACTIVE, due_at__lte=now).order_by("due_at", "id")
        found = list(due[:limit])
        if not hasattr(here, "looked"):
            here.looked = True
            everybody.wait(30)
        return found

    monkeypatch.setattr(billing_run, "plans_due_claim", unlocked)
    many(60)
    _workers(6)
    assert Plan.objects.filter(status=PlanStatus.PARKED).exists()
    assert Invoice.objects.count() == PlanPeriod.objects.count()  # and all the same nothing was billed twice


def test_a_clock_that_jumps_and_fires_on_two_hosts_bills_each_period_once() -> None:
    """Fired every second on two hosts whose clocks are stepped by an hour to and fro: one invoice a period."""
    made = [plan(None, "10", starts_on=date(2026, 2, 1), unit=PlanUnit.WEEK) for _ in range(4)]
    begin = datetime(2026, 1, 31, 20, 59, 50, tzinfo=UTC)
    steps = [timedelta(), timedelta(hours=1), timedelta(), timedelta(hours=-1)]

    def host(offset: timedelta) -> None:
        try:
            for second in range(24):
                run_work(now=begin + timedelta(seconds=second) + steps[second // 6] + offset, seconds=60)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(host, timedelta()), pool.submit(host, timedelta(hours=1))]:
            job.result()
    assert Invoice.objects.count() == len(made)
    assert set(PlanPeriod.objects.values_list("starts_on", flat=True)) == {date(2026, 2, 1)}
    assert not Plan.objects.exclude(status=PlanStatus.ACTIVE).exists()


def test_the_minute_beat_wakes_as_many_workers_as_there_are_chunks_and_not_again_while_they_work(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.BILLING_WORKERS = 8
    asked: list[str] = []
    monkeypatch.setattr(queue, "enqueue", lambda name, **_given: asked.append(name))
    monkeypatch.setattr(tasks.clock, "now", lambda: AT)
    monkeypatch.setattr(billing_engine, "CHUNK", 2)
    for _ in range(5):
        plan()
    tasks.bill_plans()
    assert asked.count(WORK_TASK) == 3
    run = BillingRun.objects.get()
    billing_run.chunk_bill(run=run, now=AT, limit=2)
    BillingChunk.objects.update(created_at=AT)
    monkeypatch.setattr(tasks.clock, "now", lambda: AT + timedelta(seconds=20))
    tasks.bill_plans()
    assert asked.count(WORK_TASK) == 3
    monkeypatch.setattr(tasks.clock, "now", lambda: AT + timedelta(minutes=1))
    tasks.bill_plans()  # nobody has billed anything for a minute: the workers are gone
    assert asked.count(WORK_TASK) == 5


def test_no_more_workers_are_woken_than_the_machine_spares(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.BILLING_WORKERS = 2
    asked: list[str] = []
    monkeypatch.setattr(queue, "enqueue", lambda name, **_given: asked.append(name))
    monkeypatch.setattr(billing_engine, "CHUNK", 1)
    for _ in range(3):
        plan()
    monkeypatch.setattr(tasks.clock, "now", lambda: AT)
    tasks.bill_plans()
    assert asked.count(WORK_TASK) == 2


def test_a_paused_plan_goes_on_by_the_minute_beat_and_is_billed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = plan(starts_on=date(2026, 3, 1))
    plan_pause(plan_id=made.pk, resumes_on=date(2026, 3, 20), actor=SYSTEM, now=AT)
    monkeypatch.setattr(queue, "enqueue", lambda _name, **_given: None)
    monkeypatch.setattr(tasks.clock, "now", lambda: datetime(2026, 4, 1, 6, tzinfo=UTC))
    tasks.bill_plans()
    bill_all(datetime(2026, 4, 1, 6, tzinfo=UTC))
    outcomes = dict(made.periods.values_list("starts_on", "outcome"))
    assert outcomes == {date(2026, 3, 1): PeriodOutcome.SKIPPED, date(2026, 4, 1): PeriodOutcome.INVOICED}
