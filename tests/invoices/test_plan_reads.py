"""What a plan bills next, and the lists and sums of plans."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import Money, quantize
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import Plan, PlanAdjustment
from invoices.plan_figure_selectors import PlanFigures, plan_counts, plan_figures, plans_monthly
from invoices.plan_selectors import (
    PlanFilters,
    periods_of,
    plan_get,
    plans_filtered,
    plans_for,
    plans_of_customer,
)
from invoices.plan_states import PlanStatus, PlanTiming, PlanUnit
from invoices.services.plan_acts import plan_end, plan_pause
from invoices.services.plan_documents import full_totals
from invoices.services.plan_input import PlanInput
from invoices.services.plan_preview import periods_ahead, plan_preview
from invoices.services.plans import plan_build
from invoices.states import DiscountKind
from tests import factories
from tests.factories import NOW, SYSTEM

TODAY = NOW.date()


@pytest.fixture
def profile(db: None) -> BusinessProfile:
    return factories.seller()


def plan_of(profile: BusinessProfile, *prices: str, **fields: Any) -> Plan:
    lines = [factories.line(f"Part {i}", "1", price) for i, price in enumerate(prices or ["30000"])]
    return factories.plan(factories.customer(profile), *lines, **fields)


def nets(plan: Plan, count: int) -> list[Decimal]:
    return [one.totals.subtotal for one in plan_preview(plan, count=count) if one.totals]


def test_what_is_shown_of_a_plan_that_is_not_stored_is_what_it_would_bill(profile: BusinessProfile) -> None:
    customer = factories.customer(profile)
    data = PlanInput(
        name="Care",
        starts_on=date(2026, 3, 10),
        lines=(factories.line("Care {month}", "1", "31000"),),
        anchor_day=1,
        trial_days=7,
        ends_on=date(2026, 5, 15),
    )
    plan, lines = plan_build(customer=customer, data=data, now=NOW)
    ahead = periods_ahead(plan, lines, count=12)
    assert [(one.bills_on, one.period.ends_on) for one in ahead] == [
        (date(2026, 3, 17), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 4, 30)),
        (date(2026, 5, 1), date(2026, 5, 15)),
    ]
    assert [one.totals.subtotal for one in ahead if one.totals] == [15_000, 31_000, 15_000]
    assert [one.lines[0].description for one in ahead] == [
        "Care March 2026 (15 of 31 days)",
        "Care April 2026",
        "Care May 2026 (15 of 31 days)",
    ]
    assert ahead[0].due_at == datetime(2026, 3, 16, 21, 0, tzinfo=UTC)
    assert not Plan.objects.exists()


def test_what_earlier_changes_left_is_on_the_first_alone(profile: BusinessProfile) -> None:
    plan = plan_of(profile)
    PlanAdjustment.objects.create(
        plan=plan,
        description="Change",
        amount=Decimal(500),
        tax_category="standard",
        tax_rate=Decimal(16),
        service_from=TODAY,
        service_to=TODAY,
    )
    assert nets(plan, 2) == [30_500, 30_000]


def test_a_paused_plan_shows_what_comes_when_it_goes_on_and_an_ended_one_nothing(profile: BusinessProfile) -> None:
    plan = plan_of(profile, timing=PlanTiming.ARREARS)
    plan = plan_pause(plan_id=plan.pk, resumes_on=date(2026, 6, 1), actor=SYSTEM, now=NOW)
    assert [one.bills_on for one in plan_preview(plan, count=2)] == [date(2026, 6, 1), date(2026, 7, 1)]
    assert plan_preview(plan_end(plan_id=plan.pk, on=None, actor=SYSTEM, now=NOW), count=2) == []


def test_a_discount_that_is_more_than_a_short_period_is_said(profile: BusinessProfile) -> None:
    plan = plan_of(profile, "100", discount_kind=DiscountKind.AMOUNT, discount_value=Decimal(100))
    plan.discount_value = Decimal(200)
    (ahead,) = plan_preview(plan, count=1)
    assert ahead.totals is None
    assert "discount" in ahead.fault


def test_plans_are_found_by_number_name_and_customer(profile: BusinessProfile) -> None:
    first = factories.plan(factories.customer(profile, name="Sasini Tea"), name="Hosting")
    second = factories.plan(factories.customer(profile, name="Kilimo Ltd"), name="SEO")
    plans = plans_for(SYSTEM).filter(profile=profile)
    for search, found in (("host", first), ("kilimo", second), (second.number, second)):
        assert [plan.pk for plan in plans_filtered(plans, PlanFilters(search=search))] == [found.pk]


def test_plans_are_narrowed_by_state_unit_customer_and_due(profile: BusinessProfile) -> None:
    monthly = plan_of(profile, starts_on=date(2026, 4, 1))
    weekly = plan_of(profile, unit=PlanUnit.WEEK)
    paused = plan_pause(plan_id=plan_of(profile).pk, resumes_on=None, actor=SYSTEM, now=NOW)
    plans = plans_for(SYSTEM).filter(profile=profile)
    for filters, found in (
        (PlanFilters(status=PlanStatus.PAUSED), [paused]),
        (PlanFilters(unit=PlanUnit.WEEK), [weekly]),
        (PlanFilters(customer_id=monthly.customer_id), [monthly]),
        (PlanFilters(due_before=datetime(2026, 3, 9, tzinfo=UTC)), [weekly]),
    ):
        assert list(plans_filtered(plans, filters)) == found
    counts = plan_counts(SYSTEM, profile_id=profile.pk)
    assert counts == {
        PlanStatus.ACTIVE: 2,
        PlanStatus.PAUSED: 1,
        PlanStatus.PARKED: 0,
        PlanStatus.ENDED: 0,
    }


def test_a_plan_is_named_by_number_or_id_within_the_actors_profiles(profile: BusinessProfile) -> None:
    plan = plan_of(profile)
    assert plan_get(SYSTEM, plan.number.lower()) == plan_get(SYSTEM, str(plan.pk)) == plan
    stranger = factories.actor(Role.ADMIN, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        plan_get(stranger, plan.pk)
    assert not plans_of_customer(stranger, plan.customer_id)
    assert list(plans_of_customer(SYSTEM, plan.customer_id)) == [plan]


def test_periods_are_read_with_their_documents(profile: BusinessProfile) -> None:
    plan = plan_of(profile)
    billed = factories.plan_billed(plan)
    assert [one.invoice for one in periods_of(plan)] == [billed.invoice]


def test_a_months_revenue_is_that_of_the_active_plans_that_have_begun(profile: BusinessProfile) -> None:
    plan_of(profile, "30000", "1000")
    plan_of(profile, "12000", every=3)
    plan_of(profile, "12000", unit=PlanUnit.YEAR, discount_kind=DiscountKind.PERCENT, discount_value=Decimal(25))
    plan_of(profile, "1160", prices_include_tax=True, discount_kind=DiscountKind.AMOUNT, discount_value=Decimal(116))
    plan_of(profile, "84", unit=PlanUnit.WEEK, currency="USD")
    plan_of(profile, starts_on=date(2026, 4, 1))
    plan_of(profile, trial_days=30)
    plan_pause(plan_id=plan_of(profile).pk, resumes_on=None, actor=SYSTEM, now=NOW)
    plan_of(factories.seller())
    found = plans_monthly(SYSTEM, profile_id=profile.pk, day=TODAY)
    assert found == [Money(Decimal(31_000 + 4_000 + 750 + 900), "KES"), Money(Decimal(365), "USD")]


def test_a_months_revenue_equals_what_the_product_computes(profile: BusinessProfile) -> None:
    for number, price in enumerate(("0.333333", "1999.995", "12.5", "0")):
        line = factories.line("X", "7.25", price, discount_percent=Decimal("12.5"))
        factories.plan(factories.customer(profile), line, name=f"Plan {number}", currency="JPY")
    lines = [full_totals(plan, list(plan.lines.all())).subtotal for plan in Plan.objects.all()]
    assert plans_monthly(SYSTEM, profile_id=profile.pk, day=TODAY) == [Money(quantize(sum(lines), "JPY"), "JPY")]


def test_a_customer_without_plans_has_none(profile: BusinessProfile) -> None:
    assert not plans_of_customer(
        SYSTEM, Customer.objects.create(profile=profile, name="X", number="C", currency="KES").pk
    )


def test_figures_of_many_plans_are_kept_and_say_so(profile: BusinessProfile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.plan_figure_selectors.KEPT_FROM", 2)

    def figures() -> PlanFigures:
        return plan_figures(SYSTEM, profile_id=profile.pk, day=TODAY, due_before=NOW + timedelta(days=7))

    plan_of(profile, "100")
    assert (figures().total, figures().kept) == (1, False), "few plans are counted anew"
    plan_of(profile, "100")
    first = figures()
    plan_of(profile, "100")
    assert (first.total, first.kept, first.due) == (2, False, 2)
    assert (figures().total, figures().kept) == (2, True)
    assert figures().monthly == first.monthly == (Money(Decimal(200), "KES"),)


def test_figures_of_another_profile_are_not_told(profile: BusinessProfile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("invoices.plan_figure_selectors.KEPT_FROM", 1)
    plan_of(profile)
    plan_figures(SYSTEM, profile_id=profile.pk, day=TODAY, due_before=NOW)
    stranger = factories.actor(Role.ADMIN, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        plan_figures(stranger, profile_id=profile.pk, day=TODAY, due_before=NOW)
