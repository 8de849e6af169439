"""Reads of recurring plans. Every one is scoped to the actor's business profiles first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from billing_assistant.core.searching import matching_any, number_like
from customers.models import Customer
from invoices.models import Plan, PlanLine, PlanPeriod
from invoices.plan_states import PlanMakes, PlanStatus, PlanUnit

FEW_CUSTOMERS: Final = 200


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
