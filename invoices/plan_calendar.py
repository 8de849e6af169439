"""The calendar of recurring plans: pure functions from a rhythm to periods, days and moments.

Each boundary is counted anew from the first one, never from the one before, so the anchor day is kept: 31 January, 28
February, 31 March. Dates are local dates of the plan's time zone; only `moment` makes a moment of one.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from billing_assistant.core.money import quantize
from invoices.plan_states import PlanTiming, PlanUnit

MONTHS: Final = 12
KEPT: Final = 4_096
"""So many answers are kept: plans of one book bill by few rhythms."""
LAST_YEAR: Final = 9_000
"""No plan looks further: dates end with the year 9999."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a plan bills.

    `starts_on` is the first day that is billed (after a trial). `anchor_day` is the day of the month (1 to 31) or of
    the week (1 Monday to 7 Sunday) on which the following periods begin; 0: that of the start. `ends_on` is the last
    day that is billed, `cycles` the number of periods; None: no end.
    """

    unit: PlanUnit
    every: int
    starts_on: date
    anchor_day: int = 0
    ends_on: date | None = None
    cycles: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a plan, both days inclusive. `full_days` is how long it would be if it were not cut short."""

    index: int
    starts_on: date
    ends_on: date
    full_days: int

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    @property
    def is_short(self) -> bool:
        """Whether it is only part of a period: before the first anchor, or cut by the end of the plan."""
        return self.days < self.full_days


@lru_cache(maxsize=KEPT)
def period_at(rhythm: Rhythm, index: int) -> Period | None:
    """The period of that number, counted from 0; None when the plan is over by then."""
    if rhythm.cycles is not None and index >= rhythm.cycles:
        return None
    starts_on, after = _boundary(rhythm, index), _boundary(rhythm, index + 1)
    if rhythm.ends_on is not None and starts_on > rhythm.ends_on:
        return None
    full_from = _anchor(rhythm, -1) if index == 0 and _has_stub(rhythm) else starts_on
    ends_on = after - timedelta(days=1)
    if rhythm.ends_on is not None:
        ends_on = min(ends_on, rhythm.ends_on)
    return Period(index, starts_on, ends_on, (after - full_from).days)


def periods_from(rhythm: Rhythm, index: int = 0) -> Iterator[Period]:
    """The periods from that number on, until the plan ends (or the calendar does)."""
    while (period := period_at(rhythm, index)) is not None and period.starts_on.year < LAST_YEAR:
        yield period
        index += 1


def index_on(rhythm: Rhythm, day: date) -> int:
    """The number of the first period that begins on a day or after it, whether or not the plan lasts that long."""
    low, high = 0, 1
    while _boundary(rhythm, high) < day:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if _boundary(rhythm, middle) < day:
            low = middle + 1
        else:
            high = middle
    return low


def bills_on(period: Period, timing: PlanTiming) -> date:
    """The local date on which a period is billed: its first day, or the day after its last."""
    return period.starts_on if timing is PlanTiming.ADVANCE else period.ends_on + timedelta(days=1)


@lru_cache(maxsize=KEPT)
def moment(day: date, at: time, zone: str) -> datetime:
    """The moment at which the clocks of a zone show a local time, in UTC.

    An hour that comes twice is taken the first time; one that the clocks leave out is taken when they have moved on.
    """
    return datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def part_of(amount: Decimal, days: int, of_days: int, currency: str) -> Decimal:
    """What of an amount falls on the first `days` of `of_days`, rounded once.

    What a stretch costs is the difference of two of these, so that the stretches of a period always sum to its amount.
    """
    return quantize(amount * days / of_days, currency)


def _boundary(rhythm: Rhythm, index: int) -> date:
    """The first day of a period."""
    if not _has_stub(rhythm):
        return _anchor(rhythm, index)
    return rhythm.starts_on if index == 0 else _anchor(rhythm, index - 1)


def _has_stub(rhythm: Rhythm) -> bool:
    return _anchor(rhythm, 0) != rhythm.starts_on


def _anchor(rhythm: Rhythm, steps: int) -> date:
    """The first anchor on or after the start, so many whole periods later (or earlier)."""
    start = rhythm.starts_on
    if rhythm.unit is PlanUnit.WEEK:
        offset = (rhythm.anchor_day - start.isoweekday()) % 7 if rhythm.anchor_day else 0
        return start + timedelta(days=offset, weeks=rhythm.every * steps)
    day = rhythm.anchor_day or start.day
    month = start.year * MONTHS + start.month - 1
    if _in_month(month, day) < start:
        month += 1
    size = rhythm.every * (MONTHS if rhythm.unit is PlanUnit.YEAR else 1)
    return _in_month(month + size * steps, day)


def _in_month(month: int, day: int) -> date:
    """A day of a month that is counted from the year 0, or the last one that the month has."""
    year, zero_based = divmod(month, MONTHS)
    return date(year, zero_based + 1, min(day, calendar.monthrange(year, zero_based + 1)[1]))
