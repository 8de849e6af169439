"""Reads of recurring plans. Every one is scoped to the actor's business profiles first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.money import Money, quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.searching import matching_any, number_like
from customers.models import Customer
from invoices.models import Plan, PlanLine, PlanPeriod
from invoices.plan_states import PlanMakes, PlanStatus, PlanUnit

FEW_CUSTOMERS: Final = 200

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
class PlanFilters:
    """What narrows a list of plans. `due_before` is a moment: billed before it."""

    search: str = ""
    status: PlanStatus | None = None
    unit: PlanUnit | None = None
    makes: PlanMakes | None = None
    currency: str = ""
    customer_id: UUID | None = None
    due_before: datetime | None = None


def plans_for(actor: Actor) -> QuerySet[Plan]:
    """Plans that the actor may see, newest first, with customer and profile."""
    actor.require(Right.INVOICES_VIEW)
    plans = Plan.objects.select_related("customer", "profile").order_by("-id")
    return plans if actor.profile_ids is None else plans.filter(profile_id__in=actor.profile_ids)


def plan_get(actor: Actor, reference: str | UUID) -> Plan:
    """One plan by id or number. Raises NotFound, also for one of another profile."""
    wanted = reference if isinstance(reference, UUID) else as_uuid(reference)
    lookup = Q(pk=wanted) if wanted is not None else Q(number__iexact=reference)
    plan = plans_for(actor).select_related("template", "series", "created_by").filter(lookup).first()
    if plan is None:
        raise NotFound(_("There is no plan %(reference)s.") % {"reference": reference})
    return plan


def plan_ids(actor: Actor, references: Iterable[str], *, profile_id: UUID) -> tuple[UUID, ...]:
    """The ids of plans of a profile that are named by id or number. Raises NotFound that names the first unknown."""
    wanted = {text.strip(): as_uuid(text.strip()) for text in references}
    numbers = {text for text, pk in wanted.items() if pk is None}
    named = Q(pk__in=[pk for pk in wanted.values() if pk]) | Q(number__in=numbers | {text.upper() for text in numbers})
    found = dict(plans_for(actor).filter(named, profile_id=profile_id).values_list("pk", "number"))
    known = {number.upper() for number in found.values()}
    for text, pk in wanted.items():
        if pk not in found and text.upper() not in known:
            raise NotFound(_("There is no plan %(reference)s.") % {"reference": text})
    return tuple(found)


def plans_filtered(plans: QuerySet[Plan], filters: PlanFilters) -> QuerySet[Plan]:
    """The plans that fit all filters."""
    for name in ("status", "unit", "makes", "currency", "customer_id"):
        if wanted := getattr(filters, name):
            plans = plans.filter(**{name: wanted})
    if filters.due_before:
        plans = plans.filter(status=PlanStatus.ACTIVE, due_at__lt=filters.due_before)
    return _found(plans, filters.search) if filters.search else plans


def _found(plans: QuerySet[Plan], search: str) -> QuerySet[Plan]:
    """Number, name or customer has the text; few customers are named one by one, so that each side has its index."""
    named = Customer.objects.filter(name__icontains=search).values_list("pk", flat=True)[: FEW_CUSTOMERS + 1]
    customers = list(named)
    own = (number_like(plans, search), Q(name__icontains=search))
    if len(customers) > FEW_CUSTOMERS:
        return plans.filter(own[0] | own[1] | Q(customer__name__icontains=search))
    return matching_any(plans, *own, Q(customer_id__in=customers))


def plan_counts(actor: Actor, *, profile_id: UUID) -> dict[PlanStatus, int]:
    """How many plans of a profile are in each state."""
    rows = plans_for(actor).filter(profile_id=profile_id).order_by().values("status").annotate(count=Count("pk"))
    found = {row["status"]: row["count"] for row in rows}
    return {status: found.get(status.value, 0) for status in PlanStatus}


def plans_monthly(actor: Actor, *, profile_id: UUID, day: date) -> list[Money]:
    """Monthly recurring revenue of a profile on a local date, by currency: what its active plans that have begun bill
    without tax and after discounts, as an amount a month (a year has 12 months and 365 days)."""
    actor.require(Right.INVOICES_VIEW)
    actor.require_profile(profile_id)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHLY, {"profile": profile_id, "day": day})
        return [Money(quantize(Decimal(amount), currency), currency) for currency, amount in cursor.fetchall()]


def lines_of_plans(plans: Iterable[Plan]) -> dict[UUID, list[PlanLine]]:
    """All sets of lines of some plans that a selector gave, by plan, in the order of days and positions."""
    found: dict[UUID, list[PlanLine]] = {plan.pk: [] for plan in plans}
    for line in PlanLine.objects.filter(plan_id__in=found).order_by("plan_id", "valid_from", "position"):
        found[line.plan_id].append(line)
    return found


def periods_of(plan: Plan) -> QuerySet[PlanPeriod]:
    """What was billed or skipped of a plan that a selector gave, the latest first, with documents."""
    return plan.periods.select_related("invoice", "draft", "draft__invoice").order_by("-starts_on", "-id")


def plans_of_customer(actor: Actor, customer_id: UUID) -> QuerySet[Plan]:
    """The plans of a customer, those that bill next first."""
    return plans_for(actor).filter(customer_id=customer_id).order_by("-id")
