"""Prices of many plans go up (or down) by per cent from a day on, each plan once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import Event
from billing_assistant.core.money import ZERO, is_quantized, quantize, quantize_places
from invoices.locks import plans_lock
from invoices.models import Plan, PlanLine
from invoices.plan_selectors import PlanFilters, lines_of_plans, plans_filtered, plans_for
from invoices.plan_states import PlanMakes, PlanStatus
from invoices.services.compute import HUNDRED
from invoices.services.plan_documents import LineSet, full_totals, line_sets, set_on
from invoices.services.plan_ground import plan_event, plan_rights
from invoices.services.plan_input import YEARS
from invoices.services.plan_schedule import period_next

CHUNK: Final = 500
PLACES: Final = 6
LOWEST, HIGHEST = Decimal(-90), Decimal(1000)
LONGEST_KEY: Final = 100
OVER: Final = gettext_lazy("over by then")
UNCHANGED: Final = gettext_lazy("no rate changes")
REFUSED: Final = gettext_lazy("the discount would be more than the lines")
DONE: Final = gettext_lazy("done already")


@dataclass(frozen=True, slots=True)
class ChosenPlans:
    """Plans of a profile that have not ended: some by id, or all that fit filters."""

    profile_id: UUID
    plan_ids: tuple[UUID, ...] | None = None
    filters: PlanFilters = field(default_factory=PlanFilters)


@dataclass(frozen=True, slots=True)
class Increase:
    """By how much, from which local day. `key` names the act: with the same key a plan is increased once."""

    percent: Decimal
    from_on: date
    key: str = ""


@dataclass(frozen=True, slots=True)
class Increased:
    """One plan: from which day its rates are others, and what a full period comes to, with tax, before and after."""

    plan: Plan
    from_on: date
    before: Decimal
    after: Decimal


@dataclass(slots=True)
class IncreaseResult:
    """The plans that change, sums of full periods before and after by currency, and how many do not, by reason."""

    plans: list[Increased] = field(default_factory=list)
    totals: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    def take(self, one: Increased) -> None:
        """Counts one more plan."""
        before, after = self.totals.get(one.plan.currency, (ZERO, ZERO))
        self.totals[one.plan.currency] = (before + one.before, after + one.after)
        self.plans.append(one)


def plans_increase_preview(*, chosen: ChosenPlans, increase: Increase, actor: Actor) -> IncreaseResult:
    """What `plans_increase` would do. Raises PermissionRefused, NotFound, ValidationFailed."""
    result = IncreaseResult()
    for ids in _chunks(_checked(chosen, increase, actor)):
        plans = list(Plan.objects.select_related("customer", "profile").filter(pk__in=ids).order_by("pk"))
        for one, _removed, _made in _changes(plans, increase, result):
            result.take(one)
    return result


def plans_increase(*, chosen: ChosenPlans, increase: Increase, actor: Actor, now: datetime) -> IncreaseResult:
    """Gives plans a new set of lines from a day on, 500 in a transaction; called again with the same key it goes on
    with those that are left. Later sets are raised too.

    Periods that are billed already stay: there the day is the first that is not. Raises PermissionRefused, NotFound,
    ValidationFailed.
    """
    found = _checked(chosen, increase, actor)
    if not 1 <= len(increase.key) <= LONGEST_KEY:
        raise ValidationFailed({"key": [_("Send a key of 1 to %(most)d characters.") % {"most": LONGEST_KEY}]})
    result = IncreaseResult()
    for ids in _chunks(found):
        with transaction.atomic():
            locked = [plan for plan in plans_lock(ids) if plan.status != PlanStatus.ENDED]
            done = _done(locked, increase.key)
            result.left_out[str(DONE)] += len(done)
            _write([plan for plan in locked if plan.pk not in done], increase, result, actor, now)
    result.left_out = +result.left_out
    return result


def rate_increased(rate: Decimal, percent: Decimal, currency: str) -> Decimal:
    """A rate plus per cent: to the minor unit where it had no more decimals than that, else to six places."""
    raised = rate * (HUNDRED + percent) / HUNDRED
    return quantize(raised, currency) if is_quantized(rate, currency) else quantize_places(raised, PLACES)


def _checked(chosen: ChosenPlans, increase: Increase, actor: Actor) -> QuerySet[Plan]:
    plan_rights(actor, PlanMakes.SEND)
    actor.require_profile(chosen.profile_id)
    percent = increase.percent
    errors: dict[str, list[str]] = {}
    if not percent.is_finite() or not LOWEST <= percent <= HIGHEST or percent == ZERO:
        errors["percent"] = [_("Write a number of per cent from −90 to 1000 that is not 0.")]
    if not YEARS[0] <= increase.from_on.year <= YEARS[1]:
        errors["from_on"] = [_("Choose a day from %(first)d to %(last)d.") % {"first": YEARS[0], "last": YEARS[1]}]
    if errors:
        raise ValidationFailed(errors)
    plans = plans_for(actor).filter(profile_id=chosen.profile_id).exclude(status=PlanStatus.ENDED)
    if chosen.plan_ids is not None:
        return plans.filter(pk__in=chosen.plan_ids)
    return plans_filtered(plans, chosen.filters)


def _chunks(plans: QuerySet[Plan]) -> Iterator[list[UUID]]:
    ids = iter(list(plans.order_by("pk").values_list("pk", flat=True)))
    while chunk := list(islice(ids, CHUNK)):
        yield chunk


def _done(plans: Sequence[Plan], key: str) -> set[UUID]:
    """The plans that an act of this key has increased already; read under their locks."""
    told = Event.objects.filter(subject_id__in=[plan.pk for plan in plans], name="plan.increased", data__key=key)
    return set(told.values_list("subject_id", flat=True))


def _write(plans: list[Plan], increase: Increase, result: IncreaseResult, actor: Actor, now: datetime) -> None:
    changes = list(_changes(plans, increase, result))
    if not changes:
        return
    PlanLine.objects.filter(pk__in=[pk for _one, removed, _made in changes for pk in removed]).delete()
    PlanLine.objects.bulk_create([line for _one, _removed, made in changes for line in made])
    changed = [one.plan.pk for one, _removed, _made in changes]
    Plan.objects.filter(pk__in=changed).update(version=F("version") + 1, updated_at=now)
    events.record_many(
        plan_event(
            "plan.increased",
            one.plan,
            actor,
            now,
            key=increase.key,
            percent=f"{increase.percent.normalize():f}",
            from_on=one.from_on.isoformat(),
            currency=one.plan.currency,
            before=str(one.before),
            after=str(one.after),
        )
        for one, _removed, _made in changes
    )
    for one, _removed, _made in changes:
        result.take(one)


def _changes(
    plans: list[Plan], increase: Increase, result: IncreaseResult
) -> Iterator[tuple[Increased, list[int], list[PlanLine]]]:
    """Of each plan that changes: what it comes to, the rows that go, and those that take their place."""
    lines = lines_of_plans(plans)
    for plan in plans:
        following = period_next(plan)
        day = max(increase.from_on, following.starts_on) if following else increase.from_on
        if following is None or not lines[plan.pk] or (plan.ends_on is not None and plan.ends_on < day):
            result.left_out[str(OVER)] += 1
            continue
        sets = line_sets(lines[plan.pk])
        now_held = set_on(sets, day)
        later = [one for one in sets if one.valid_from > day]
        made = [_raised(now_held, day, increase.percent, plan)]
        made += [_raised(one, one.valid_from, increase.percent, plan) for one in later]
        try:
            before, after = full_totals(plan, now_held.lines).total, full_totals(plan, made[0]).total
        except ValidationFailed:
            result.left_out[str(REFUSED)] += 1
            continue
        if all(old.unit_price == new.unit_price for old, new in zip(now_held.lines, made[0], strict=True)):
            result.left_out[str(UNCHANGED)] += 1
            continue
        removed = [line.pk for one in sets if one.valid_from >= day for line in one.lines]
        yield Increased(plan, day, before, after), removed, [line for one in made for line in one]


def _raised(held: LineSet, day: date, percent: Decimal, plan: Plan) -> list[PlanLine]:
    return [
        PlanLine(
            plan=plan,
            valid_from=day,
            unit_price=rate_increased(line.unit_price, percent, plan.currency),
            **{name: getattr(line, name) for name in _KEPT},
        )
        for line in held.lines
    ]


_KEPT: Final = (
    "position",
    "item_id",
    "category",
    "description",
    "quantity",
    "unit",
    "discount_percent",
    "tax_category",
    "tax_rate",
)
