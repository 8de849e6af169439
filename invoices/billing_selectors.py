"""What the pages and the metrics say of billing runs.

A run spans all business profiles: its sums are for who sees all of them, the rest is narrowed to what a person sees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import NotFound
from billing_assistant.core.money import quantize_places
from billing_assistant.core.rights import Right
from invoices.models import BillingChunk, BillingRun, Plan, PlanPeriod
from invoices.plan_states import PlanStatus, RunState

PARKED_SHOWN: Final = 50
SECOND: Final = timedelta(seconds=1)
TENTH: Final = timedelta(milliseconds=100)
_TOTALS: Final = """
SELECT key, SUM(value::numeric) FROM invoices_billingchunk, jsonb_each_text(totals) WHERE run_id = %s
GROUP BY key ORDER BY key
"""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """The sums of a run's chunks. `seconds` is from its beginning to its end, or to its last chunk; `rate` is
    documents a second in that time, `left` how many plans are due still."""

    plans: int = 0
    invoiced: int = 0
    drafted: int = 0
    skipped: int = 0
    parked: int = 0
    chunks: int = 0
    workers: int = 0
    seconds: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    left: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)

    @property
    def documents(self) -> int:
        return self.invoiced + self.drafted


def sees_whole(actor: Actor) -> bool:
    """Whether a person sees every business profile, and so what a run came to as a whole."""
    return actor.profile_ids is None


def runs_for(actor: Actor) -> QuerySet[BillingRun]:
    """All runs, the newest first, with their counts for who sees the whole. Raises PermissionRefused."""
    actor.require(Right.INVOICES_VIEW)
    rows = BillingRun.objects.order_by("-number")
    if not sees_whole(actor):
        return rows
    return rows.annotate(
        invoiced=Sum("chunks__invoiced", default=0),
        drafted=Sum("chunks__drafted", default=0),
        parked=Sum("chunks__parked", default=0),
    )


def run_get(actor: Actor, number: int) -> BillingRun:
    """One run. Raises PermissionRefused, NotFound."""
    actor.require(Right.INVOICES_VIEW)
    run = BillingRun.objects.filter(number=number).first()
    if run is None:
        raise NotFound(_("There is no such billing run."))
    return run


def run_figures(run: BillingRun) -> RunFigures:
    """What a run has done so far: three statements, however long it is."""
    sums: dict[str, Any] = BillingChunk.objects.filter(run=run).aggregate(
        plans=Sum("plans", default=0),
        invoiced=Sum("invoiced", default=0),
        drafted=Sum("drafted", default=0),
        skipped=Sum("skipped", default=0),
        parked=Sum("parked", default=0),
        chunks=Count("id"),
        workers=Count("worker", distinct=True),
        last=Max("created_at"),
    )
    ended = run.finished_at or sums.pop("last") or run.created_at
    sums.pop("last", None)
    seconds = Decimal(max((ended - run.created_at) // TENTH, 1)) / 10
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [run.pk])
        totals = dict(cursor.fetchall())
    rate = quantize_places((sums["invoiced"] + sums["drafted"]) / seconds, 1)
    left = due_count(clock_now()) if run.state == RunState.RUNNING else 0
    return RunFigures(**sums, seconds=seconds, rate=rate, left=left, totals=totals)


def run_periods(actor: Actor, run: BillingRun) -> QuerySet[PlanPeriod]:
    """What a run billed in the profiles that the actor sees, the newest first. What belongs to a page of periods is
    read by their ids: while a run goes on, the planner knows little of its tables and would join all of them."""
    rows = PlanPeriod.objects.filter(run=run).order_by("-id")
    rows = rows.prefetch_related("plan__customer", "invoice", "draft")
    return rows if actor.profile_ids is None else rows.filter(plan__profile_id__in=actor.profile_ids)


def run_parked(actor: Actor, run: BillingRun) -> list[Plan]:
    """Plans that were parked while a run went on and still are, the newest first, up to a page of them."""
    parked = Plan.objects.filter(status=PlanStatus.PARKED, parked_at__gte=run.created_at)
    if run.finished_at is not None:
        parked = parked.filter(parked_at__lte=run.finished_at)
    if actor.profile_ids is not None:
        parked = parked.filter(profile_id__in=actor.profile_ids)
    return list(parked.select_related("customer").order_by("-parked_at")[:PARKED_SHOWN])


def plans_due_for(actor: Actor, now: datetime) -> int:
    """How many plans are due in the profiles that the actor sees."""
    due = Plan.objects.filter(status=PlanStatus.ACTIVE, due_at__lte=now).order_by()
    return (due if actor.profile_ids is None else due.filter(profile_id__in=actor.profile_ids)).count()


def due_count(now: datetime) -> int:
    """How many plans are due."""
    return Plan.objects.filter(status=PlanStatus.ACTIVE, due_at__lte=now).order_by().count()


def lag_seconds(now: datetime) -> int:
    """For how long the plan has waited that has waited longest; 0 when none is due."""
    oldest = Plan.objects.filter(status=PlanStatus.ACTIVE, due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"]
    return 0 if oldest is None else (now - oldest) // SECOND
