"""When a plan is billed next, from its rhythm and the periods that it has behind it. Pure: nothing is stored."""

from __future__ import annotations

from datetime import datetime

from invoices.models import Plan
from invoices.plan_calendar import Period, bills_on, moment, period_at
from invoices.plan_states import PlanTiming


def period_next(plan: Plan) -> Period | None:
    """The period that a plan bills next; None when it is over."""
    return period_at(plan.rhythm, plan.next_index)


def due_at_of(plan: Plan) -> datetime | None:
    """The moment from which the next period of a plan is billed, in UTC; None when nothing is left to bill."""
    period = period_next(plan)
    if period is None:
        return None
    return moment(bills_on(period, PlanTiming(plan.timing)), plan.bills_at, plan.time_zone)
