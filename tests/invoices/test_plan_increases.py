"""Prices of many plans go up at once, each plan once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from invoices.models import Plan, PlanLine
from invoices.plan_selectors import PlanFilters
from invoices.plan_states import PlanUnit
from invoices.services import plan_increases
from invoices.services.plan_acts import plan_end, plan_pause
from invoices.services.plan_changes import plan_change_lines
from invoices.services.plan_increases import (
    ChosenPlans,
    Increase,
    IncreaseResult,
    plans_increase,
    plans_increase_preview,
    rate_increased,
)
from invoices.services.plan_preview import plan_preview
from tests import factories
from tests.factories import NOW, SYSTEM

MAY = date(2026, 5, 1)


@pytest.fixture
def profile(db: None) -> BusinessProfile:
    return factories.seller()


def plan_of(profile: BusinessProfile, *prices: str, **fields: Any) -> Plan:
    lines = [factories.line(f"Part {i}", "1", price) for i, price in enumerate(prices or ["30000"])]
    return factories.plan(factories.customer(profile), *lines, **fields)


def raise_prices(profile: BusinessProfile, percent: str = "10", day: date = MAY, **chosen: Any) -> IncreaseResult:
    return plans_increase(
        chosen=ChosenPlans(profile.pk, **chosen),
        increase=Increase(Decimal(percent), day, key="spring"),
        actor=SYSTEM,
        now=NOW,
    )


def rates(plan: Plan) -> list[tuple[date, Decimal]]:
    return list(plan.lines.values_list("valid_from", "unit_price"))


@pytest.mark.parametrize(
    ("rate", "percent", "currency", "raised"),
    [
        ("100", "7.5", "KES", "107.50"),
        ("99.99", "3", "KES", "102.99"),
        ("0.123456", "10", "KES", "0.135802"),
        ("995", "0.5", "JPY", "1000"),
        ("12.5", "1", "JPY", "12.625"),
        ("200", "-10", "USD", "180"),
    ],
)
def test_a_rate_keeps_the_decimals_that_it_had(rate: str, percent: str, currency: str, raised: str) -> None:
    assert rate_increased(Decimal(rate), Decimal(percent), currency) == Decimal(raised)


def test_every_plan_has_higher_rates_from_the_day_on(profile: BusinessProfile) -> None:
    plan = plan_of(profile, "30000", "99.99")
    other = plan_of(profile, "1000", currency="USD")
    result = raise_prices(profile)
    assert rates(plan)[2:] == [(MAY, 33_000), (MAY, Decimal("109.99"))]
    assert rates(other)[1:] == [(MAY, 1_100)]
    assert result.totals["USD"] == (1_160, 1_276)
    totals = [ahead.totals.subtotal for ahead in plan_preview(other, count=3) if ahead.totals]
    assert totals == [1_000, 1_000, 1_100]
    told = Event.objects.get(name="plan.increased", subject_id=other.pk).data
    assert (told["percent"], told["from_on"], told["before"], told["after"]) == (
        "10",
        "2026-05-01",
        "1160.00",
        "1276.00",
    )


def test_the_preview_says_the_same_and_stores_nothing(profile: BusinessProfile) -> None:
    plan_of(profile)
    increase, chosen = Increase(Decimal(10), MAY), ChosenPlans(profile.pk)
    shown = plans_increase_preview(chosen=chosen, increase=increase, actor=SYSTEM)
    assert PlanLine.objects.count() == 1
    assert shown.totals == raise_prices(profile).totals


def test_the_same_act_twice_raises_once(profile: BusinessProfile) -> None:
    plan = plan_of(profile)
    raise_prices(profile)
    again = raise_prices(profile)
    assert (len(again.plans), dict(again.left_out)) == (0, {"done already": 1})
    assert rates(plan)[1:] == [(MAY, 33_000)]


def test_what_is_billed_stays_and_what_is_planned_later_goes_up_too(profile: BusinessProfile) -> None:
    plan = plan_of(profile)
    factories.plan_billed(plan)
    plan_change_lines(
        plan_id=plan.pk, from_on=date(2026, 7, 1), lines=(factories.line("Later", "1", "50000"),), actor=SYSTEM, now=NOW
    )
    raise_prices(profile, day=date(2026, 3, 15))
    assert rates(plan) == [(date(2026, 3, 1), 30_000), (date(2026, 4, 1), 33_000), (date(2026, 7, 1), 55_000)]


def test_lines_that_were_planned_for_the_day_are_raised_in_place(profile: BusinessProfile) -> None:
    plan = plan_of(profile)
    plan_change_lines(plan_id=plan.pk, from_on=MAY, lines=(factories.line("May", "1", "40000"),), actor=SYSTEM, now=NOW)
    raise_prices(profile)
    assert rates(plan)[1:] == [(MAY, 44_000)]


def test_plans_without_effect_are_counted_by_reason(profile: BusinessProfile) -> None:
    plan_of(profile, "0")
    plan_of(profile, cycles=1)
    ended = plan_of(profile)
    plan_end(plan_id=ended.pk, on=None, actor=SYSTEM, now=NOW)
    plan_of(profile, ends_on=date(2026, 4, 30))
    paused = plan_of(profile)
    plan_pause(plan_id=paused.pk, resumes_on=None, actor=SYSTEM, now=NOW)
    factories.plan_billed(Plan.objects.get(cycles=1))
    result = raise_prices(profile)
    assert [one.plan.pk for one in result.plans] == [paused.pk]
    assert dict(result.left_out) == {"no rate changes": 1, "over by then": 1}


def test_some_plans_by_id_or_by_filters(profile: BusinessProfile) -> None:
    monthly, weekly = plan_of(profile), plan_of(profile, unit=PlanUnit.WEEK)
    stranger = plan_of(factories.seller())
    shown = raise_prices(profile, plan_ids=(monthly.pk, stranger.pk))
    assert [one.plan.pk for one in shown.plans] == [monthly.pk]
    shown = raise_prices(profile, filters=PlanFilters(unit=PlanUnit.WEEK))
    assert [one.plan.pk for one in shown.plans] == [weekly.pk]
    assert len(rates(stranger)) == 1


@pytest.mark.parametrize("percent", ["0", "-91", "1001", "NaN"])
def test_a_percentage_out_of_bounds_is_refused(profile: BusinessProfile, percent: str) -> None:
    with pytest.raises(ValidationFailed, match="per cent"):
        raise_prices(profile, percent)


def test_who_may_not_bill_and_who_is_of_another_profile_are_refused(profile: BusinessProfile) -> None:
    chosen, increase = ChosenPlans(profile.pk), Increase(Decimal(5), MAY, key="k")
    with pytest.raises(PermissionRefused):
        plans_increase(chosen=chosen, increase=increase, actor=factories.actor(Role.CSM), now=NOW)
    with pytest.raises(NotFound):
        plans_increase(
            chosen=chosen,
            increase=increase,
            actor=factories.actor(Role.ADMIN, profiles=[factories.profile()]),
            now=NOW,
        )


def test_the_statements_do_not_grow_with_the_plans(profile: BusinessProfile) -> None:
    counts = []
    for number in (2, 12):
        ids = tuple(plan_of(profile).pk for _ in range(number))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            raise_prices(profile, plan_ids=ids)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def at_once(profile_id: UUID, threads: int = 4) -> None:
    barrier = Barrier(threads)

    def run(_index: int) -> None:
        barrier.wait()
        try:
            plans_increase(
                chosen=ChosenPlans(profile_id),
                increase=Increase(Decimal(10), MAY, key="double click"),
                actor=SYSTEM,
                now=NOW,
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(threads)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_many_clicks_at_once_raise_once(monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    """The second case takes the guard away: then every click counts, so the first proves something."""
    profile = factories.seller()
    plans = [plan_of(profile) for _ in range(3)]
    if not guarded:
        monkeypatch.setattr(plan_increases, "_done", lambda _plans, _key: set())
    at_once(profile.pk)
    raised = {rates(plan)[-1][1] for plan in plans}
    assert raised == ({Decimal(33_000)} if guarded else {Decimal(30_000) * Decimal("1.1") ** 4})
