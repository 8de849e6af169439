"""A plan from what was proposed: fields and lines. Nothing is stored, so that a preview shows what would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from billing_assistant.core.money import ZERO
from customers.models import Customer
from invoices.models import Plan, PlanLine
from invoices.plan_states import PlanMakes, PlanTiming, PlanUnit
from invoices.services.compute import LineInput
from invoices.services.line_items import items_of
from invoices.services.plan_input import PlanInput
from invoices.states import UNTAXED, DiscountKind, TaxCategory

NOT_COLUMNS: Final = frozenset({"lines", "currency", "time_zone"})
STRIPPED: Final = ("name", "reference", "project", "notes", "terms", "source_ref")


def plan_fill(plan: Plan, data: PlanInput, *, customer: Customer, now: datetime) -> None:
    """Sets what a person can edit of a plan, as checked by `check_plan`."""
    for one in fields(PlanInput):
        if one.name not in NOT_COLUMNS:
            setattr(plan, one.name, getattr(data, one.name))
    for name in STRIPPED:
        setattr(plan, name, getattr(data, name).strip())
    plan.currency = data.currency or customer.currency
    plan.time_zone = data.time_zone or customer.profile.time_zone
    plan.updated_at = now


def plan_lines(plan: Plan, lines: Sequence[LineInput], *, valid_from: date) -> list[PlanLine]:
    """Lines as rows of the set that holds from a day on, not stored."""
    items = items_of(plan.profile_id, lines)
    return [
        PlanLine(
            plan=plan,
            valid_from=valid_from,
            position=position,
            item_id=item_id,
            category=line.category.strip(),
            description=line.description.strip(),
            quantity=line.quantity,
            unit=line.unit.strip(),
            unit_price=line.unit_price or ZERO,
            discount_percent=line.discount_percent,
            tax_category=line.tax_category,
            tax_rate=ZERO if line.tax_category in UNTAXED else line.tax_rate,
        )
        for position, (line, item_id) in enumerate(zip(lines, items, strict=True), start=1)
    ]


def plan_input_of(plan: Plan) -> PlanInput:
    """What a stored plan says, without its lines: what a partial change begins from."""
    values: dict[str, Any] = {one.name: getattr(plan, one.name) for one in fields(PlanInput) if one.name != "lines"}
    words = {
        "unit": PlanUnit(plan.unit),
        "timing": PlanTiming(plan.timing),
        "makes": PlanMakes(plan.makes),
        "discount_kind": DiscountKind(plan.discount_kind),
    }
    return PlanInput(**(values | words))


def line_input_of(line: PlanLine) -> LineInput:
    """A stored line of a plan as input."""
    item_id: UUID | None = line.item_id
    return LineInput(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_category=TaxCategory(line.tax_category),
        tax_rate=line.tax_rate,
        category=line.category,
        item_id=item_id,
    )
