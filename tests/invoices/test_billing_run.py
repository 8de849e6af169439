"""The billing run: each period of a plan is billed once, and what cannot be billed waits for a person."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing_assistant.core.models import Event, Notice
from billing_assistant.core.rights import Role
from customers.states import CustomerStatus
from invoices.models import (
    BillingChunk,
    BillingRun,
    Invoice,
    InvoiceDraft,
    NumberSeries,
    Plan,
    PlanPeriod,
)
from invoices.number_selectors import number_gaps
from invoices.plan_states import PeriodOutcome, PlanMakes, PlanStatus, PlanTiming, PlanUnit, RunState
from invoices.services.billing_drafts import reviewed_issue
from invoices.services.billing_engine import dry_run, engine_pause, engine_resume, run_open
from invoices.services.plan_acts import plan_resume
from invoices.states import DraftSource, DraftStatus
from tests import factories
from tests.factories import SYSTEM
from tests.invoices.plans import AT, bill_all, many, plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.money]


def test_a_due_period_becomes_a_numbered_invoice_with_its_books_and_event() -> None:
    made = plan(None, "1000", "250.50")
    bill_all()
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
        bill_all(datetime(2026, month, 28, 22, tzinfo=UTC) + timedelta(days=2))
    assert list(PlanPeriod.objects.filter(plan=made).order_by("index").values_list("starts_on", flat=True)) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_nothing_is_billed_before_its_local_midnight() -> None:
    plan(starts_on=date(2026, 2, 1), time_zone="America/New_York")
    bill_all(datetime(2026, 2, 1, 4, 59, 59, tzinfo=UTC))
    assert not Invoice.objects.exists()
    bill_all(datetime(2026, 2, 1, 5, tzinfo=UTC))
    assert Invoice.objects.get().issued_on == date(2026, 2, 1)


def test_a_second_run_over_the_same_day_does_nothing() -> None:
    plan()
    bill_all()
    bill_all()
    assert (Invoice.objects.count(), BillingRun.objects.count()) == (1, 1)
    assert BillingRun.objects.get().state == RunState.DONE


def test_up_to_three_missed_periods_are_caught_up_in_their_order() -> None:
    made = plan(starts_on=date(2026, 1, 1))
    bill_all(datetime(2026, 3, 15, tzinfo=UTC))
    periods = list(PlanPeriod.objects.filter(plan=made).order_by("index").select_related("invoice"))
    assert [period.index for period in periods] == [0, 1, 2]
    assert [period.invoice.sequence for period in periods if period.invoice] == [1, 2, 3]


def test_more_missed_periods_park_the_plan_and_tell_finance() -> None:
    finance = factories.user(Role.FINANCE)
    made = plan(starts_on=date(2026, 1, 1))
    other = plan(made.customer, starts_on=date(2026, 6, 1))
    bill_all(datetime(2026, 6, 2, tzinfo=UTC))
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
    bill_all(late)
    plan_resume(plan_id=made.pk, bill_missed=True, actor=SYSTEM, now=late)
    bill_all(late)
    made.refresh_from_db()
    assert made.status == PlanStatus.ACTIVE
    assert list(PlanPeriod.objects.order_by("index").values_list("index", "outcome")) == [
        (index, PeriodOutcome.INVOICED) for index in range(6)
    ]
    bill_all(datetime(2026, 12, 2, tzinfo=UTC))
    made.refresh_from_db()
    assert made.status == PlanStatus.PARKED
    assert Notice.objects.filter(key__startswith=f"plan-parked-{made.pk}").values("key").distinct().count() == 2


def test_an_outage_longer_than_what_a_person_allowed_parks_the_plan_again() -> None:
    late = datetime(2026, 6, 2, tzinfo=UTC)
    made = plan(starts_on=date(2026, 1, 1))
    bill_all(late)
    plan_resume(plan_id=made.pk, bill_missed=True, actor=SYSTEM, now=late)
    bill_all(datetime(2026, 12, 2, tzinfo=UTC))
    made.refresh_from_db()
    assert (made.status, PlanPeriod.objects.count()) == (PlanStatus.PARKED, 0)


def test_a_plan_that_cannot_be_billed_does_not_hold_up_the_others() -> None:
    good = [plan() for _ in range(3)]
    bad = plan()
    bad.customer.status = CustomerStatus.SUSPENDED
    bad.customer.save()
    bill_all()
    bad.refresh_from_db()
    assert bad.status == PlanStatus.PARKED
    assert set(PlanPeriod.objects.values_list("plan_id", flat=True)) == {one.pk for one in good}
    assert all(number_gaps(series) == [] for series in NumberSeries.objects.all())


def test_a_period_that_is_tried_again_is_refused_by_the_database_and_parked() -> None:
    """A fault that has the engine bill every minute: one invoice a period, and a person after the second attempt."""
    made = plan()
    bill_all()
    Plan.objects.filter(pk=made.pk).update(next_index=0, due_at=AT)
    for minute in range(1, 5):
        bill_all(AT + timedelta(minutes=minute))
    made.refresh_from_db()
    assert Invoice.objects.count() == 1
    assert made.status == PlanStatus.PARKED
    assert "billed already" in made.parked_why


def test_a_period_that_is_tried_again_among_many_parks_its_plan_only() -> None:
    """Rows of a chunk go in by COPY: what the database refuses there divides the chunk as well."""
    made = many(25)
    bill_all()
    again = [made[3], made[17]]
    Plan.objects.filter(pk__in=[one.pk for one in again]).update(next_index=0, due_at=AT)
    many(25)
    bill_all(AT + timedelta(minutes=1))
    assert Invoice.objects.count() == 50
    assert set(Plan.objects.filter(status=PlanStatus.PARKED)) == set(again)
    assert all(number_gaps(series) == [] for series in NumberSeries.objects.all())


def test_a_plan_ends_after_its_last_period() -> None:
    made = plan(cycles=1)
    bill_all()
    made.refresh_from_db()
    assert (made.status, made.due_at) == (PlanStatus.ENDED, None)


def test_a_plan_in_arrears_is_billed_when_the_period_is_over() -> None:
    made = plan(starts_on=date(2026, 1, 1), timing=PlanTiming.ARREARS)
    bill_all(datetime(2026, 1, 31, 20, 59, tzinfo=UTC))
    assert not Invoice.objects.exists()
    bill_all(datetime(2026, 1, 31, 21, tzinfo=UTC))
    line = Invoice.objects.get().lines.get()
    assert (line.service_from, line.service_to) == (date(2026, 1, 1), date(2026, 1, 31))
    assert made.periods.get().starts_on == date(2026, 1, 1)


def test_a_short_first_period_is_billed_by_the_day() -> None:
    plan(None, "310", starts_on=date(2026, 1, 20), anchor_day=1)
    bill_all(datetime(2026, 1, 20, 12, tzinfo=UTC))
    invoice = Invoice.objects.get()
    assert invoice.subtotal == Decimal(120)
    assert "12 of 31 days" in invoice.lines.get().description


def test_a_plan_that_makes_drafts_makes_one_a_period() -> None:
    made = plan(makes=PlanMakes.DRAFT)
    bill_all()
    draft = InvoiceDraft.objects.get()
    assert (draft.generated_by, draft.status, draft.total) == (DraftSource.PLAN, DraftStatus.DRAFT, Decimal(1160))
    assert made.periods.get().outcome == PeriodOutcome.DRAFTED


def test_a_draft_is_issued_by_itself_when_its_days_of_review_are_over() -> None:
    made = plan(review_days=3)
    bill_all()
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
    bill_all()
    assert not Invoice.objects.exists()
    engine_resume(actor=admin, now=AT)
    bill_all(AT + timedelta(minutes=1))
    assert made.periods.count() == 1


def test_a_dry_run_says_to_the_cent_what_the_run_then_bills() -> None:
    admin = factories.actor()
    for price in ("100", "33.33", "0.07"):
        plan(None, price)
    plan(None, "5", makes=PlanMakes.DRAFT)
    said = dry_run(until=AT, actor=admin)
    assert not Invoice.objects.exists()
    bill_all()
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
    bill_all(datetime(2026, 12, 31, 20, 59, tzinfo=UTC))
    bill_all(datetime(2026, 12, 31, 21, tzinfo=UTC))
    found = Invoice.objects.order_by("issued_at", "sequence").values_list("issued_on", "series_year", "sequence")
    assert sorted(found) == [
        (date(2026, 12, 31), 2026, 1),
        (date(2027, 1, 1), 2027, 1),
        (date(2027, 1, 1), 2027, 2),
    ]


def test_weeks_quarters_and_years_are_billed_on_their_days() -> None:
    weekly = plan(unit=PlanUnit.WEEK, every=2, starts_on=date(2026, 1, 5))
    quarterly = plan(every=3, starts_on=date(2025, 11, 30))
    yearly = plan(unit=PlanUnit.YEAR, starts_on=date(2024, 2, 29), next_index=1)
    bill_all(datetime(2026, 3, 1, 12, tzinfo=UTC).replace(month=2, day=1))
    bill_all(datetime(2026, 3, 1, 12, tzinfo=UTC))
    days = {
        one.number: list(one.periods.order_by("index").values_list("starts_on", flat=True))
        for one in (weekly, quarterly, yearly)
    }
    assert days == {
        weekly.number: [date(2026, 1, 5), date(2026, 1, 19), date(2026, 2, 2), date(2026, 2, 16)],
        quarterly.number: [date(2025, 11, 30), date(2026, 2, 28)],
        yearly.number: [date(2025, 2, 28), date(2026, 2, 28)],
    }
