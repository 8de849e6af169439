"""The figures above the list of plans: how many there are in each state, what they bill a month, what is due soon."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.db.models import Count

from billing_assistant.core.actors import Actor
from billing_assistant.core.money import Money, quantize
from billing_assistant.core.rights import Right
from invoices.plan_selectors import PlanFilters, plans_filtered, plans_for
from invoices.plan_states import PlanStatus

KEPT_FROM: Final = 2_000
KEPT_SECONDS: Final = 60

# What a full period of each active plan comes to without tax, by the lines that hold on a day, as an amount a month.
_MONTHLY: Final = """
SELECT currency, SUM(net * CASE WHEN gross = 0 THEN 1 ELSE 1 - LEAST(off, gross) / gross END / months)
FROM (
    SELECT plan.id, plan.currency,
        SUM(line.amount) AS gross,
        SUM(line.amount * 100 / (100 + CASE WHEN plan.prices_include_tax THEN line.tax_rate ELSE 0 END)) AS net,
        CASE plan.discount_kind WHEN 'percent' THEN SUM(line.amount) * plan.discount_value / 100
            WHEN 'amount' THEN plan.discount_value ELSE 0 END AS off,
        plan.every * CASE plan.unit WHEN 'week' THEN 84.0 / 365 WHEN 'year' THEN 12 ELSE 1 END AS months
    FROM invoices_plan plan
    CROSS JOIN LATERAL (
        SELECT valid_from FROM invoices_planline WHERE plan_id = plan.id
        ORDER BY valid_from > %(day)s, abs(valid_from - %(day)s) LIMIT 1
    ) held
    CROSS JOIN LATERAL (
        SELECT tax_rate, ROUND(gross, places) - ROUND(ROUND(gross, places) * discount_percent / 100, places) AS amount
        FROM (
            SELECT tax_rate, discount_percent, quantity * unit_price AS gross,
                currency_exponent(plan.currency) AS places
            FROM invoices_planline WHERE plan_id = plan.id AND valid_from = held.valid_from
        ) AS priced
    ) line
    WHERE plan.profile_id = %(profile)s AND plan.status = 'active' AND plan.due_at IS NOT NULL
        AND plan.starts_on + plan.trial_days <= %(day)s
    GROUP BY plan.id
) AS plans GROUP BY currency ORDER BY currency
"""


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """How many plans a profile has in each state, their monthly recurring revenue by currency, and how many bill soon.
    `kept` figures may be KEPT_SECONDS old."""

    counts: dict[PlanStatus, int]
    monthly: tuple[Money, ...]
    due: int
    kept: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def plan_figures(actor: Actor, *, profile_id: UUID, day: date, due_before: datetime) -> PlanFigures:
    """The figures of a profile on its local `day`; `due` counts active plans that bill before a moment.

    They are read at each call, but those of a profile with KEPT_FROM plans and more are kept for KEPT_SECONDS.
    Raises PermissionRefused, NotFound.
    """
    actor.require(Right.INVOICES_VIEW)
    actor.require_profile(profile_id)
    key = f"plans.figures:{profile_id}:{day}"
    kept: PlanFigures | None = cache.get(key)
    if kept is not None:
        return kept
    mine = plans_for(actor).filter(profile_id=profile_id)
    figures = PlanFigures(
        counts=plan_counts(actor, profile_id=profile_id),
        monthly=tuple(plans_monthly(actor, profile_id=profile_id, day=day)),
        due=plans_filtered(mine, PlanFilters(due_before=due_before)).order_by().count(),
    )
    if figures.total >= KEPT_FROM:
        cache.set(key, replace(figures, kept=True), KEPT_SECONDS)
    return figures


def plan_counts(actor: Actor, *, profile_id: UUID) -> dict[PlanStatus, int]:
    """How many plans of a profile are in each state."""
    rows = plans_for(actor).filter(profile_id=profile_id)
    sums = rows.order_by().values("status").annotate(count=Count("pk"))
    found = {row["status"]: row["count"] for row in sums}
    return {status: found.get(status.value, 0) for status in PlanStatus}


def plans_monthly(actor: Actor, *, profile_id: UUID, day: date) -> list[Money]:
    """Monthly recurring revenue of a profile on a local date, by currency: what its active plans that have begun bill
    without tax and after discounts, as an amount a month (a year has 12 months and 365 days)."""
    actor.require(Right.INVOICES_VIEW)
    actor.require_profile(profile_id)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHLY, {"profile": profile_id, "day": day})
        return [Money(quantize(Decimal(amount), currency), currency) for currency, amount in cursor.fetchall()]
