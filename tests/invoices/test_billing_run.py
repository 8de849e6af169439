"""The billing run: each period of a plan is billed once, and what cannot be billed waits for a person."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, local
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_assistant.core import queue
from billing_assistant.core.models import Event, Notice
from billing_assistant.core.rights import Role
from customers.states import CustomerStatus
from invoices import tasks
from invoices.models import (
    BillingChunk,
    BillingRun,
    Invoice,
    InvoiceDraft,
    NumberSeries,
    Plan,
    PlanPeriod,
    SeriesCounter,
)
from invoices.number_selectors import number_gaps
from invoices.plan_states import PeriodOutcome, PlanMakes, PlanStatus, PlanTiming, PlanUnit, RunState
from invoices.services import billing_engine, billing_run
from invoices.services.billing_documents import periods_due
from invoices.services.billing_drafts import reviewed_issue
from invoices.services.billing_engine import dry_run, engine_pause, engine_resume, run_open, run_work
from invoices.services.billing_run import WORK_TASK
from invoices.services.plan_acts import plan_pause, plan_resume
from invoices.services.plan_documents import line_sets, lines_of, totals_of
from invoices.services.plan_schedule import due_at_of
from invoices.states import DiscountKind, DraftSource, DraftStatus
from tests import factories
from tests.factories import SYSTEM
from tests.invoices.plans import plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.money]
AT = datetime(2026, 2, 1, 6, tzinfo=UTC)
"""A day after the first plans of these tests are due."""


def _work(now: datetime = AT, **given: Any) -> None:
    assert run_work(now=now, seconds=60, **given) is False


def test_a_due_period_becomes_a_numbered_invoice_with_its_books_and_event() -> None:
    made = plan(None, "1000", "250.50")
    _work()
    (period,) = PlanPeriod.objects.filter(plan=made)
    invoice = period.invoice
    assert invoice is not None
    assert (period.starts_on, period.ends_on, period.outcome) == (
        date(2026, 1, 31),
        date(2026, 2, 27),
        PeriodOutcome.INVOICED,
    )
    assert invoice.total == Decimal("1450.58")
    assert [line.description for line in invoice.lines.all()] == ["Care in January 2026"] * 2
    assert invoice.issued_on == date(2026, 2, 1)
    event = Event.objects.get(name="invoice.issued", subject_id=invoice.pk)
    assert event.data["plan"] == made.number
    made.refresh_from_db()
    assert made.due_at == datetime(2026, 2, 27, 21, tzinfo=UTC)  # midnight of 28 February in Nairobi


def test_the_anchor_day_is_kept_over_short_months() -> None:
    made = plan()
    for month in range(2, 5):
        _work(datetime(2026, month, 28, 22, tzinfo=UTC) + timedelta(days=2))
    assert list(PlanPeriod.objects.filter(plan=made).order_by("index").values_list("starts_on", flat=True)) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_nothing_is_billed_before_its_local_midnight() -> None:
    plan(starts_on=date(2026, 2, 1), time_zone="America/New_York")
    _work(datetime(2026, 2, 1, 4, 59, 59, tzinfo=UTC))
    assert not Invoice.objects.exists()
    _work(datetime(2026, 2, 1, 5, tzinfo=UTC))
    assert Invoice.objects.get().issued_on == date(2026, 2, 1)


def test_a_second_run_over_the_same_day_does_nothing() -> None:
    plan()
    _work()
    _work()
    assert (Invoice.objects.count(), BillingRun.objects.count()) == (1, 1)
    assert BillingRun.objects.get().state == RunState.DONE


def test_up_to_three_missed_periods_are_caught_up_in_their_order() -> None:
    made = plan(starts_on=date(2026, 1, 1))
    _work(datetime(2026, 3, 15, tzinfo=UTC))
    periods = list(PlanPeriod.objects.filter(plan=made).order_by("index").select_related("invoice"))
    assert [period.index for period in periods] == [0, 1, 2]
    assert [period.invoice.sequence for period in periods if period.invoice] == [1, 2, 3]


def test_more_missed_periods_park_the_plan_and_tell_finance() -> None:
    finance = factories.user(Role.FINANCE)
    made = plan(starts_on=date(2026, 1, 1))
    other = plan(made.customer, starts_on=date(2026, 6, 1))
    _work(datetime(2026, 6, 2, tzinfo=UTC))
    made.refresh_from_db()
    assert made.status == PlanStatus.PARKED
    assert "More than 3 periods" in made.parked_why
    assert Notice.objects.filter(user=finance, key__startswith=f"plan-parked-{made.pk}").count() == 1
    assert [period.plan for period in PlanPeriod.objects.all()] == [other]
    assert BillingChunk.objects.get().parked == 1


def test_a_person_who_says_that_all_missed_periods_are_billed_is_obeyed_once() -> None:
    factories.user(Role.FINANCE)
    late = datetime(2026, 6, 2, tzinfo=UTC)
    made = plan(starts_on=date(2026, 1, 1))
    _work(late)
    plan_resume(plan_id=made.pk, bill_missed=True, actor=SYSTEM, now=late)
    _work(late)
    made.refresh_from_db()
    assert made.status == PlanStatus.ACTIVE
    assert list(PlanPeriod.objects.order_by("index").values_list("index", "outcome")) == [
        (index, PeriodOutcome.INVOICED) for index in range(6)
    ]
    _work(datetime(2026, 12, 2, tzinfo=UTC))
    made.refresh_from_db()
    assert made.status == PlanStatus.PARKED
    assert Notice.objects.filter(key__startswith=f"plan-parked-{made.pk}").values("key").distinct().count() == 2


def test_an_outage_longer_than_what_a_person_allowed_parks_the_plan_again() -> None:
    late = datetime(2026, 6, 2, tzinfo=UTC)
    made = plan(starts_on=date(2026, 1, 1))
    _work(late)
    plan_resume(plan_id=made.pk, bill_missed=True, actor=SYSTEM, now=late)
    _work(datetime(2026, 12, 2, tzinfo=UTC))
    made.refresh_from_db()
    assert (made.status, PlanPeriod.objects.count()) == (PlanStatus.PARKED, 0)


def test_a_plan_that_cannot_be_billed_does_not_hold_up_the_others() -> None:
    good = [plan() for _ in range(3)]
    bad = plan()
    bad.customer.status = CustomerStatus.SUSPENDED
    bad.customer.save()
    _work()
    bad.refresh_from_db()
    assert bad.status == PlanStatus.PARKED
    assert set(PlanPeriod.objects.values_list("plan_id", flat=True)) == {one.pk for one in good}
    assert all(number_gaps(series) == [] for series in NumberSeries.objects.all())


def test_a_period_that_is_tried_again_is_refused_by_the_database_and_parked() -> None:
    """A fault that has the engine bill every minute: one invoice a period, and a person after the second attempt."""
    made = plan()
    _work()
    Plan.objects.filter(pk=made.pk).update(next_index=0, due_at=AT)
    for minute in range(1, 5):
        _work(AT + timedelta(minutes=minute))
    made.refresh_from_db()
    assert Invoice.objects.count() == 1
    assert made.status == PlanStatus.PARKED
    assert "billed already" in made.parked_why


def test_a_period_that_is_tried_again_among_many_parks_its_plan_only() -> None:
    """Rows of a chunk go in by COPY: what the database refuses there divides the chunk as well."""
    made = _many(25)
    _work()
    again = [made[3], made[17]]
    Plan.objects.filter(pk__in=[one.pk for one in again]).update(next_index=0, due_at=AT)
    _many(25)
    _work(AT + timedelta(minutes=1))
    assert Invoice.objects.count() == 50
    assert set(Plan.objects.filter(status=PlanStatus.PARKED)) == set(again)
    assert all(number_gaps(series) == [] for series in NumberSeries.objects.all())


def test_a_plan_ends_after_its_last_period() -> None:
    made = plan(cycles=1)
    _work()
    made.refresh_from_db()
    assert (made.status, made.due_at) == (PlanStatus.ENDED, None)


def test_a_plan_in_arrears_is_billed_when_the_period_is_over() -> None:
    made = plan(starts_on=date(2026, 1, 1), timing=PlanTiming.ARREARS)
    _work(datetime(2026, 1, 31, 20, 59, tzinfo=UTC))
    assert not Invoice.objects.exists()
    _work(datetime(2026, 1, 31, 21, tzinfo=UTC))
    line = Invoice.objects.get().lines.get()
    assert (line.service_from, line.service_to) == (date(2026, 1, 1), date(2026, 1, 31))
    assert made.periods.get().starts_on == date(2026, 1, 1)


def test_a_short_first_period_is_billed_by_the_day() -> None:
    plan(None, "310", starts_on=date(2026, 1, 20), anchor_day=1)
    _work(datetime(2026, 1, 20, 12, tzinfo=UTC))
    invoice = Invoice.objects.get()
    assert invoice.subtotal == Decimal(120)
    assert "12 of 31 days" in invoice.lines.get().description


def test_a_plan_that_makes_drafts_makes_one_a_period() -> None:
    made = plan(makes=PlanMakes.DRAFT)
    _work()
    draft = InvoiceDraft.objects.get()
    assert (draft.generated_by, draft.status, draft.total) == (DraftSource.PLAN, DraftStatus.DRAFT, Decimal(1160))
    assert made.periods.get().outcome == PeriodOutcome.DRAFTED


def test_a_draft_is_issued_by_itself_when_its_days_of_review_are_over() -> None:
    made = plan(review_days=3)
    _work()
    assert reviewed_issue(actor=SYSTEM, now=AT + timedelta(days=2)) == 0
    assert reviewed_issue(actor=SYSTEM, now=AT + timedelta(days=3)) == 1
    assert reviewed_issue(actor=SYSTEM, now=AT + timedelta(days=4)) == 0
    period = made.periods.get()
    assert period.outcome == PeriodOutcome.INVOICED
    assert period.invoice == Invoice.objects.get()


def test_a_paused_engine_bills_nothing_and_goes_on_where_it_stood() -> None:
    made = plan()
    admin = factories.actor()
    run = run_open(now=AT)
    assert run is not None
    engine_pause(reason="The bank is closed", actor=admin, now=AT)
    _work()
    assert not Invoice.objects.exists()
    engine_resume(actor=admin, now=AT)
    _work(AT + timedelta(minutes=1))
    assert made.periods.count() == 1


def test_a_dry_run_says_to_the_cent_what_the_run_then_bills() -> None:
    admin = factories.actor()
    for price in ("100", "33.33", "0.07"):
        plan(None, price)
    plan(None, "5", makes=PlanMakes.DRAFT)
    said = dry_run(until=AT, actor=admin)
    assert not Invoice.objects.exists()
    _work()
    billed: defaultdict[str, Decimal] = defaultdict(Decimal)
    for currency, total in [
        *Invoice.objects.values_list("currency", "total"),
        *InvoiceDraft.objects.values_list("currency", "total"),
    ]:
        billed[currency] += total
    assert said.totals == dict(billed)
    assert (said.plans, said.drafts) == (4, 1)


def test_a_year_begins_at_the_local_midnight_of_the_plan() -> None:
    """The yearly series starts anew with the first invoice that the clocks of its plan date into the year."""
    customer = factories.customer(factories.seller())
    plan(customer, starts_on=date(2026, 12, 31))
    plan(customer, starts_on=date(2027, 1, 1))
    plan(customer, starts_on=date(2027, 1, 1), time_zone="Pacific/Auckland")
    _work(datetime(2026, 12, 31, 20, 59, tzinfo=UTC))
    _work(datetime(2026, 12, 31, 21, tzinfo=UTC))
    found = Invoice.objects.order_by("issued_at", "sequence").values_list("issued_on", "series_year", "sequence")
    assert sorted(found) == [
        (date(2026, 12, 31), 2026, 1),
        (date(2027, 1, 1), 2027, 1),
        (date(2027, 1, 1), 2027, 2),
    ]


def test_a_chunk_costs_as_many_statements_for_forty_plans_as_for_twenty() -> None:
    customer = factories.customer(factories.seller())
    counts = []
    for size in (20, 20, 40):  # the first opens accounts and the counter
        for _ in range(size):
            plan(customer, "10", "20", "30")
        with CaptureQueriesContext(connection) as statements:
            _work()
        counts.append(len(statements))
        Plan.objects.update(status=PlanStatus.PAUSED)
    assert counts[1] == counts[2]


def test_plans_of_one_chunk_are_billed_as_each_would_be_alone() -> None:
    """Plans that say the same are put together once; what differs in one thing only is not taken for the same."""
    first = factories.customer(factories.seller(), language="en")
    second = factories.customer(first.profile, language="sw", invoice_template="simple")
    usual: dict[str, Any] = {"starts_on": date(2026, 1, 20), "anchor_day": 1}
    ways: list[dict[str, Any]] = [
        {},
        {},
        {"prorates": False},
        {"prices_include_tax": True},
        {"discount_kind": DiscountKind.PERCENT, "discount_value": Decimal(10)},
        {"discount_kind": DiscountKind.AMOUNT, "discount_value": Decimal(10)},
        {"language": "sw"},
        {"timing": PlanTiming.ARREARS},
        {"starts_on": date(2026, 1, 21)},
        {"cycles": 1},
        {"currency": "JPY"},
    ]
    made = [plan(customer, "100", "33.33", **(usual | way)) for customer in (first, second) for way in ways]
    alone = {
        (one.pk, period.index): (lines, totals_of(one, period, lines))
        for one in Plan.objects.select_related("customer", "profile")
        for period in periods_due(one, AT)
        for lines in [lines_of(one, period, line_sets(list(one.lines.all())))]
    }
    _work()
    assert BillingChunk.objects.count() == 1
    periods = {(period.plan_id, period.index): period for period in PlanPeriod.objects.select_related("invoice")}
    assert periods.keys() == alone.keys()
    for key, (lines, totals) in alone.items():
        invoice = periods[key].invoice
        assert invoice is not None
        assert [(row.description, row.amount, row.service_to) for row in invoice.lines.all()] == [
            (line.description, total.amount, line.service_to) for line, total in zip(lines, totals.lines, strict=True)
        ]
        assert (invoice.total, invoice.tax_total, invoice.discount_total) == (
            totals.total,
            totals.tax_total,
            totals.discount_total,
        )
        assert invoice.buyer["name"] == invoice.customer.name
        assert invoice.template["design"] == invoice.customer.invoice_template
    for one in made:
        one.refresh_from_db()
        assert one.due_at == due_at_of(one)


@pytest.mark.parametrize("waits", [{"makes": PlanMakes.DRAFT}, {"review_days": 4}])
def test_drafts_cost_as_many_statements_for_forty_plans_as_for_twenty(waits: dict[str, Any]) -> None:
    customers = [factories.customer(factories.seller())]
    customers += [factories.customer(customers[0].profile) for _ in range(4)]
    counts = []
    for size in (20, 20, 40):
        made = [plan(customers[n % 5], str(10 + n), "20", **waits) for n in range(size)]
        with CaptureQueriesContext(connection) as statements:
            _work()
        counts.append(len(statements))
        assert (
            PlanPeriod.objects.filter(plan__in=made, outcome=PeriodOutcome.DRAFTED, draft__total__gt=0).count() == size
        )
        Plan.objects.update(status=PlanStatus.PAUSED)
    assert counts[1] == counts[2]


def test_plans_of_two_profiles_are_drafted_in_one_chunk_each_with_its_own_numbers() -> None:
    buyers = [factories.customer(factories.seller()) for _ in range(2)]
    made = [plan(buyers[n % 2], "10", makes=PlanMakes.DRAFT) for n in range(4)]
    _work()
    drafts = InvoiceDraft.objects.order_by("profile", "number").values_list("profile", "number")
    assert len(drafts) == len(set(drafts)) == 4
    for one in made:
        period = one.periods.get()
        assert period.draft.source_key == f"plan:{one.pk}:{period.starts_on}"
        assert (period.draft.customer_id, period.draft.versions.count()) == (one.customer_id, 1)


def test_a_draft_that_is_there_already_is_not_made_again() -> None:
    made = plan(None, "10", makes=PlanMakes.DRAFT)
    _work()
    draft = InvoiceDraft.objects.get()
    PlanPeriod.objects.all().delete()
    Plan.objects.update(next_index=0, due_at=AT, status=PlanStatus.ACTIVE)
    _work()
    assert made.periods.get().draft == InvoiceDraft.objects.get() == draft


def _many(count: int) -> list[Plan]:
    customers = [factories.customer(factories.seller())]
    customers += [factories.customer(customers[0].profile) for _ in range(4)]
    return [plan(customers[index % 5], "10") for index in range(count)]


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
    _many(60)
    assert _workers(6) == []
    _work()
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
    _many(60)
    _workers(6)
    assert Plan.objects.filter(status=PlanStatus.PARKED).exists()
    assert Invoice.objects.count() == PlanPeriod.objects.count()  # and all the same nothing was billed twice


def test_weeks_quarters_and_years_are_billed_on_their_days() -> None:
    weekly = plan(unit=PlanUnit.WEEK, every=2, starts_on=date(2026, 1, 5))
    quarterly = plan(every=3, starts_on=date(2025, 11, 30))
    yearly = plan(unit=PlanUnit.YEAR, starts_on=date(2024, 2, 29), next_index=1)
    _work(datetime(2026, 3, 1, 12, tzinfo=UTC).replace(month=2, day=1))
    _work(datetime(2026, 3, 1, 12, tzinfo=UTC))
    days = {
        one.number: list(one.periods.order_by("index").values_list("starts_on", flat=True))
        for one in (weekly, quarterly, yearly)
    }
    assert days == {
        weekly.number: [date(2026, 1, 5), date(2026, 1, 19), date(2026, 2, 2), date(2026, 2, 16)],
        quarterly.number: [date(2025, 11, 30), date(2026, 2, 28)],
        yearly.number: [date(2025, 2, 28), date(2026, 2, 28)],
    }


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
    _work(datetime(2026, 4, 1, 6, tzinfo=UTC))
    outcomes = dict(made.periods.values_list("starts_on", "outcome"))
    assert outcomes == {date(2026, 3, 1): PeriodOutcome.SKIPPED, date(2026, 4, 1): PeriodOutcome.INVOICED}
