"""The calendar of recurring plans, beside a model that walks day by day and counts money in fractions."""

from __future__ import annotations

import calendar
import random
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice, pairwise, takewhile

import pytest

from billing_assistant.core.models import BusinessProfile
from customers.models import Customer
from invoices.models import Plan, PlanLine
from invoices.plan_calendar import Period, Rhythm, bills_on, index_on, moment, part_of, period_at, periods_from
from invoices.plan_states import PlanTiming, PlanUnit
from invoices.services.compute import line_amount
from invoices.services.plan_acts import periods_missed
from invoices.services.plan_documents import line_sets, lines_of

YEARS, PLANS = 30, 400
Span = tuple[date, date, int]


def starts(rhythm: Rhythm, count: int) -> list[str]:
    return [period.starts_on.isoformat() for period in islice(periods_from(rhythm), count)]


@pytest.mark.parametrize(
    ("rhythm", "expected"),
    [
        (Rhythm(PlanUnit.MONTH, 1, date(2026, 1, 31)), ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        (Rhythm(PlanUnit.MONTH, 1, date(2027, 12, 30)), ["2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"]),
        (Rhythm(PlanUnit.MONTH, 1, date(2026, 1, 29)), ["2026-01-29", "2026-02-28", "2026-03-29", "2026-04-29"]),
        (Rhythm(PlanUnit.MONTH, 1, date(2026, 1, 28)), ["2026-01-28", "2026-02-28", "2026-03-28", "2026-04-28"]),
        (Rhythm(PlanUnit.MONTH, 3, date(2025, 11, 30)), ["2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30"]),
        (Rhythm(PlanUnit.YEAR, 1, date(2024, 2, 29)), ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"]),
        (Rhythm(PlanUnit.YEAR, 4, date(2024, 2, 29)), ["2024-02-29", "2028-02-29", "2032-02-29", "2036-02-29"]),
        (Rhythm(PlanUnit.WEEK, 2, date(2026, 3, 4)), ["2026-03-04", "2026-03-18", "2026-04-01", "2026-04-15"]),
        (Rhythm(PlanUnit.WEEK, 1, date(2026, 3, 4), 1), ["2026-03-04", "2026-03-09", "2026-03-16", "2026-03-23"]),
        (Rhythm(PlanUnit.MONTH, 1, date(2026, 1, 10), 31), ["2026-01-10", "2026-01-31", "2026-02-28", "2026-03-31"]),
    ],
)
def test_the_anchor_day_is_kept(rhythm: Rhythm, expected: list[str]) -> None:
    assert starts(rhythm, 4) == expected


def test_a_short_first_period_knows_how_long_it_would_be() -> None:
    period = period_at(Rhythm(PlanUnit.MONTH, 1, date(2026, 2, 20), 1), 0)
    assert period == Period(0, date(2026, 2, 20), date(2026, 2, 28), 28)
    assert period.is_short
    assert period.days == 9


def test_the_last_period_is_cut_by_the_end() -> None:
    rhythm = Rhythm(PlanUnit.MONTH, 1, date(2026, 1, 1), ends_on=date(2026, 2, 10))
    last = period_at(rhythm, 1)
    assert last == Period(1, date(2026, 2, 1), date(2026, 2, 10), 28)
    assert period_at(rhythm, 2) is None
    assert [one.is_short for one in periods_from(rhythm)] == [False, True]


def test_cycles_end_a_plan_as_well() -> None:
    assert len(list(periods_from(Rhythm(PlanUnit.WEEK, 1, date(2026, 1, 1), cycles=5)))) == 5


def test_a_period_is_billed_on_its_first_day_or_after_its_last() -> None:
    period = Period(0, date(2026, 1, 1), date(2026, 1, 31), 31)
    assert bills_on(period, PlanTiming.ADVANCE) == date(2026, 1, 1)
    assert bills_on(period, PlanTiming.ARREARS) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Africa/Nairobi", "2026-03-29T00:00", "2026-03-28T21:00"),
        ("Africa/Nairobi", "2026-10-25T02:30", "2026-10-24T23:30"),
        ("Europe/Berlin", "2026-03-28T00:00", "2026-03-27T23:00"),
        ("Europe/Berlin", "2026-03-30T00:00", "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30"),  # left out: 03:30 in summer time
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),  # twice: the first
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        ("America/New_York", "2026-07-01T09:00", "2026-07-01T13:00"),
    ],
)
def test_a_moment_is_when_the_clocks_there_show_it(zone: str, local: str, utc: str) -> None:
    shown = datetime.fromisoformat(local)
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert moment(shown.date(), shown.time(), zone) == expected


def test_the_moments_of_a_daily_hour_never_go_back() -> None:
    for zone in ("Africa/Nairobi", "Europe/Berlin", "America/New_York"):
        days = [date(2026, 1, 1) + timedelta(days=n) for n in range(730)]
        moments = [moment(day, time(2, 30), zone) for day in days]
        assert moments == sorted(set(moments))


# The model: one day after the other, by the words of the requirement.


def month_number(day: date) -> int:
    return day.year * 12 + day.month


def falls(rhythm: Rhythm, day: date, first: date) -> bool:
    """Whether a whole number of rhythms lies between the first anchor and a day that is an anchor day."""
    if rhythm.unit is PlanUnit.WEEK:
        return (day - first).days % (7 * rhythm.every) == 0
    wanted = rhythm.anchor_day or rhythm.starts_on.day
    size = rhythm.every * (12 if rhythm.unit is PlanUnit.YEAR else 1)
    if day.day != wanted and (day.day > wanted or day.day != calendar.monthrange(day.year, day.month)[1]):
        return False
    return (month_number(day) - month_number(first)) % size == 0


def first_anchor(rhythm: Rhythm) -> date:
    day = rhythm.starts_on
    while True:
        if rhythm.unit is PlanUnit.WEEK:
            if day.isoweekday() == (rhythm.anchor_day or rhythm.starts_on.isoweekday()):
                return day
        else:
            last = calendar.monthrange(day.year, day.month)[1]
            if day.day == min(rhythm.anchor_day or rhythm.starts_on.day, last):
                return day
        day += timedelta(days=1)


def walked(rhythm: Rhythm, until: date) -> list[Span]:
    """Periods as (first day, last day, days of a full one), walking from day to day."""
    one, anchor = timedelta(days=1), first_anchor(rhythm)
    begins = [rhythm.starts_on]
    day = rhythm.starts_on + one
    while day <= until or len(begins) < 2:
        if day >= anchor and falls(rhythm, day, anchor) and day != begins[-1]:
            begins.append(day)
        day += one
    before = begins[0]
    if anchor != before:
        before -= one
        while not falls(rhythm, before, anchor):
            before -= one
    spans: list[Span] = []
    for start, following in pairwise(begins):
        ends = following - one
        if rhythm.ends_on is not None:
            if start > rhythm.ends_on:
                break
            ends = min(ends, rhythm.ends_on)
        spans.append((start, ends, (following - (before if not spans else start)).days))
    return spans[: rhythm.cycles] if rhythm.cycles is not None else spans


def cent(amount: Fraction) -> Fraction:
    return Fraction((amount * 100 + Fraction(1, 2)).__floor__(), 100)


def walked_amount(span: Span, prices: list[tuple[date, int]]) -> Fraction:
    """What a period comes to: each stretch of one price is what its last day adds to what came before."""
    start, ends, full = span
    days = (ends - start).days + 1
    froms = [day for day, _price in prices]
    at = [max(bisect_right(froms, start + timedelta(days=n)) - 1, 0) for n in range(days)]
    total, begun = Fraction(0), 0
    for n in range(1, days + 1):
        if n == days or at[n] != at[begun]:
            price = Fraction(prices[at[begun]][1], 100)
            total += cent(price * n / full) - cent(price * begun / full)
            begun = n
    return total


def random_rhythm(rng: random.Random) -> Rhythm:
    unit = rng.choices(list(PlanUnit), [1, 4, 2])[0]
    start = date(2020, 1, 1) + timedelta(days=rng.randrange(2_000))
    every = rng.choice([1, 1, 1, 2, 3, 4, 6]) if unit is not PlanUnit.YEAR else rng.choice([1, 1, 2])
    return Rhythm(
        unit,
        every,
        start,
        anchor_day=rng.choice(
            [0, 0, rng.randint(1, 7) if unit is PlanUnit.WEEK else rng.choice([1, 15, 28, 29, 30, 31])]
        ),
        ends_on=start + timedelta(days=rng.randrange(1, 9_000)) if rng.random() < 0.2 else None,
        cycles=rng.randint(1, 200) if rng.random() < 0.2 else None,
    )


def plan_of(rhythm: Rhythm, timing: PlanTiming) -> Plan:
    profile = BusinessProfile(name="Own", language="en", time_zone="Africa/Nairobi")
    return Plan(
        profile=profile,
        customer=Customer(profile=profile, name="Client", language="en"),
        name="Plan",
        unit=rhythm.unit,
        every=rhythm.every,
        starts_on=rhythm.starts_on,
        anchor_day=rhythm.anchor_day,
        ends_on=rhythm.ends_on,
        cycles=rhythm.cycles,
        timing=timing,
        currency="KES",
        time_zone="Africa/Nairobi",
    )


def random_prices(rng: random.Random, rhythm: Rhythm) -> list[tuple[date, int]]:
    """A price, others later, and often back again."""
    prices = [(rhythm.starts_on, rng.randrange(1, 10_000_00))]
    for _ in range(rng.randrange(6)):
        day = prices[-1][0] + timedelta(days=rng.choice([3, 10, 40, 400, 2_000]) + rng.randrange(20))
        back = rng.random() < 0.5 and len(prices) > 1
        prices.append((day, prices[-2][1] if back else rng.randrange(1, 10_000_00)))
    return prices


def row(plan: Plan, day: date, price: int) -> PlanLine:
    return PlanLine(
        plan=plan,
        valid_from=day,
        position=1,
        description="Work",
        quantity=Decimal(1),
        unit_price=Decimal(price) / 100,
        discount_percent=Decimal(0),
        tax_category="standard",
        tax_rate=Decimal(16),
    )


def plans(count: int, seed: int) -> Iterator[tuple[random.Random, Rhythm]]:
    rng = random.Random(seed)  # noqa: S311 -- the same plans each time
    for _ in range(count):
        yield rng, random_rhythm(rng)


def compare(count: int, seed: int, every_period: int) -> int:
    """Plans beside the model for 30 years; how many amounts were compared."""
    compared = 0
    for rng, rhythm in plans(count, seed):
        until = rhythm.starts_on + timedelta(days=YEARS * 366)
        spans = walked(rhythm, until)
        found = list(islice(periods_from(rhythm), len(spans)))
        assert [(one.starts_on, one.ends_on, one.full_days) for one in found] == spans, rhythm
        assert [one.index for one in found] == list(range(len(found)))
        plan, prices = plan_of(rhythm, rng.choice(list(PlanTiming))), random_prices(rng, rhythm)
        sets = line_sets([row(plan, day, price) for day, price in prices])
        changes = {day for day, _price in prices}
        for period, span in zip(found, spans, strict=True):
            touched = period.is_short or any(span[0] < day <= span[1] for day in changes)
            if touched or period.index % every_period == 0:
                billed = sum((line_amount(line, "KES") for line in lines_of(plan, period, sets)), Decimal(0))
                assert Fraction(billed) == walked_amount(span, prices), (rhythm, period)
                compared += 1
        paused = rng.choice(spans)[0] + timedelta(days=rng.randrange(5))
        plan.next_index = index_on(rhythm, paused)
        resumed = paused + timedelta(days=rng.randrange(400))
        shift = 0 if plan.timing == PlanTiming.ADVANCE else 1
        days = [(start if not shift else ends + timedelta(days=1)) for start, ends, _full in spans]
        missed = list(takewhile(lambda day, last=resumed: day < last, days[plan.next_index :]))  # type: ignore[misc]
        if resumed < until - timedelta(days=800):
            assert [bills_on(one, PlanTiming(plan.timing)) for one in periods_missed(plan, resumed)] == missed
    return compared


def test_400_plans_over_30_years_equal_a_model_that_walks_day_by_day() -> None:
    assert compare(PLANS, seed=20260302, every_period=24) > 4_000


@pytest.mark.deep
def test_every_period_of_4000_plans_equals_the_model() -> None:
    assert compare(PLANS * 10, seed=7, every_period=1) > 100_000


def test_stretches_always_sum_to_the_whole() -> None:
    rng = random.Random(4)  # noqa: S311 -- the same amounts each time
    for _ in range(2_000):
        amount, days = Decimal(rng.randrange(10_000_000)) / 100, rng.randint(1, 366)
        cuts = sorted({0, days, *(rng.randrange(days + 1) for _ in range(4))})
        parts = [part_of(amount, b, days, "KES") - part_of(amount, a, days, "KES") for a, b in pairwise(cuts)]
        assert sum(parts) == amount


def test_an_index_on_a_day_is_the_first_period_from_then_on() -> None:
    for rng, rhythm in plans(60, seed=3):
        spans = walked(rhythm, rhythm.starts_on + timedelta(days=2_000))
        if rhythm.ends_on is None and rhythm.cycles is None:
            begins = [start for start, _ends, _full in spans]
            for _ in range(5):
                day = rhythm.starts_on + timedelta(days=rng.randrange(700))
                expected = next((n for n, start in enumerate(begins) if start >= day), None)
                assert expected is None or index_on(rhythm, day) == expected
