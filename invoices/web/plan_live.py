"""What stands in the form of a plan as its next periods: computed on the server by the code that bills."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from billing_assistant.core.errors import ValidationFailed
from invoices.models import Plan, PlanAdjustment, PlanLine
from invoices.services.plan_filling import plan_fill, plan_lines
from invoices.services.plan_input import PlanInput, check_plan, plan_line_faults
from invoices.services.plan_preview import Ahead, periods_ahead
from invoices.services.plans import is_billed, plan_build
from invoices.web.live import RowAmounts, row_amounts
from invoices.web.plan_values import PlanEditor, plan_typed

SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class LivePlan:
    """The next periods, what each row comes to, and why there are none."""

    currency: str
    ahead: Sequence[Ahead] = ()
    fault: str = ""
    amounts: RowAmounts = ()


def ahead_of(editor: PlanEditor, now: datetime) -> LivePlan:
    """What would be billed if the form were saved now."""
    currency = editor.customer.currency
    if not editor.form.is_bound:
        return LivePlan(currency) if editor.plan is None else _stored(editor.plan)
    editor.form.is_valid()
    data = plan_typed(editor)
    currency = data.currency or currency
    amounts = row_amounts(editor.lines.forms, currency)
    if not data.lines and (editor.plan is None or not is_billed(editor.plan)):
        return LivePlan(currency, amounts=amounts)
    try:
        plan, lines, adjustments = _imagined(editor, replace(data, name=data.name or "–"), now)
        return LivePlan(currency, periods_ahead(plan, lines, adjustments, count=SHOWN), amounts=amounts)
    except ValidationFailed as error:
        faults = [reason for reasons in error.errors.values() for reason in reasons]
        return LivePlan(currency, fault=faults[0] if faults else error.message, amounts=amounts)


def change_of(editor: PlanEditor) -> LivePlan:
    """What would be billed next if the lines in the form held from the day in it."""
    plan = editor.plan
    if plan is None or not editor.form.is_bound:
        return LivePlan(editor.customer.currency)
    editor.form.is_valid()
    values, lines = editor.form.cleaned_data, editor.line_inputs()
    amounts, day = row_amounts(editor.lines.forms, plan.currency), values.get("from_on")
    if day is None or not lines:
        return LivePlan(plan.currency, amounts=amounts)
    if faults := plan_line_faults(lines, currency=plan.currency):
        return LivePlan(plan.currency, fault=next(iter(faults.values()))[0], amounts=amounts)
    drops = bool(values.get("drops_later"))
    kept = [line for line in plan.lines.all() if line.valid_from < day or (line.valid_from > day and not drops)]
    adjustments = list(plan.adjustments.filter(period__isnull=True))
    ahead = periods_ahead(plan, [*kept, *plan_lines(plan, lines, valid_from=day)], adjustments, count=SHOWN)
    return LivePlan(plan.currency, ahead, amounts=amounts)


def _stored(plan: Plan) -> LivePlan:
    adjustments = list(plan.adjustments.filter(period__isnull=True))
    return LivePlan(plan.currency, periods_ahead(plan, list(plan.lines.all()), adjustments, count=SHOWN))


def _imagined(editor: PlanEditor, data: PlanInput, now: datetime) -> tuple[Plan, list[PlanLine], list[PlanAdjustment]]:
    """The plan as it would be. Raises ValidationFailed."""
    stored = editor.plan
    if stored is None:
        return *plan_build(customer=editor.customer, data=data, now=now), []
    billed = is_billed(stored)
    check_plan(data, currency=data.currency, profile_id=stored.profile_id, with_lines=not billed)
    plan = copy(stored)
    plan_fill(plan, data, customer=editor.customer, now=now)
    lines = list(stored.lines.all())
    if not billed:
        later = [line for line in lines if line.valid_from > max(plan.starts_on, stored.starts_on)]
        lines = [*plan_lines(plan, data.lines, valid_from=plan.starts_on), *later]
    return plan, lines, list(stored.adjustments.filter(period__isnull=True))
