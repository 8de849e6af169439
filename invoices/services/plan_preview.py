"""What a plan bills next: dates, periods and amounts, by the code that bills. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from billing_assistant.core.errors import ValidationFailed
from invoices.models import Plan, PlanAdjustment, PlanLine
from invoices.plan_calendar import Period, bills_on, moment, periods_from
from invoices.plan_states import PlanStatus, PlanTiming
from invoices.services.compute import LineInput, Totals
from invoices.services.plan_documents import line_sets, lines_of, totals_of

MOST_AHEAD: Final = 60


@dataclass(frozen=True, slots=True)
class Ahead:
    """A period that will be billed: on which local day, at which moment, what for. `totals` None: `fault` says why."""

    period: Period
    bills_on: date
    due_at: datetime
    lines: tuple[LineInput, ...]
    totals: Totals | None
    fault: str = ""


def periods_ahead(
    plan: Plan, lines: Sequence[PlanLine], adjustments: Sequence[PlanAdjustment] = (), *, count: int
) -> list[Ahead]:
    """The next periods of a plan, stored or not, at most 60: changes that are planned already show, open adjustments
    are on the first. Of a paused plan those from the day on which it goes on; an ended plan has none."""
    if plan.status == PlanStatus.ENDED or not lines:
        return []
    sets, timing = line_sets(lines), PlanTiming(plan.timing)
    coming = (
        period
        for period in periods_from(plan.rhythm, plan.next_index)
        if plan.resumes_on is None or bills_on(period, timing) >= plan.resumes_on
    )
    found: list[Ahead] = []
    for period in islice(coming, min(count, MOST_AHEAD)):
        billed = lines_of(plan, period, sets, () if found else adjustments)
        day = bills_on(period, timing)
        totals, fault = _totals(plan, period, billed)
        found.append(Ahead(period, day, moment(day, plan.bills_at, plan.time_zone), billed, totals, fault))
    return found


def plan_preview(plan: Plan, *, count: int) -> list[Ahead]:
    """The next periods of a stored plan."""
    adjustments = list(plan.adjustments.filter(period__isnull=True))
    return periods_ahead(plan, list(plan.lines.all()), adjustments, count=count)


def _totals(plan: Plan, period: Period, lines: tuple[LineInput, ...]) -> tuple[Totals | None, str]:
    try:
        return totals_of(plan, period, lines), ""
    except ValidationFailed as error:
        return None, error.message
