"""What the pages and the metrics say of billing runs. A run spans all business profiles: only who sees all sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Max, Min, QuerySet, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from invoices.models import BillingChunk, BillingRun, Plan, PlanPeriod
from invoices.plan_states import PlanStatus, RunState

PARKED_SHOWN: Final = 50
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


def require_whole(actor: Actor) -> None:
    """Raises PermissionRefused, and NotFound for people who are limited to some business profiles."""
    actor.require(Right.INVOICES_VIEW)
    if actor.profile_ids is not None:
        raise NotFound(_("Billing runs span all business profiles; you see some of them."))


def runs_for(actor: Actor) -> QuerySet[BillingRun]:
    """All runs, the newest first. Raises PermissionRefused, NotFound."""
    require_whole(actor)
    return BillingRun.objects.annotate(
        invoiced=Sum("chunks__invoiced", default=0),
        drafted=Sum("chunks__drafted", default=0),
        parked=Sum("chunks__parked", default=0),
    ).order_by("-number")


def run_get(actor: Actor, number: int) -> BillingRun:
    """One run. Raises PermissionRefused, NotFound."""
    require_whole(actor)
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
    seconds = Decimal(max(round((ended - run.created_at).total_seconds() * 10), 1)) / 10
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [run.pk])
        totals = dict(cursor.fetchall())
    rate = round((sums["invoiced"] + sums["drafted"]) / seconds, 1)
    left = due_count(clock_now()) if run.state == RunState.RUNNING else 0
    return RunFigures(**sums, seconds=seconds, rate=rate, left=left, totals=totals)


def run_periods(run: BillingRun) -> QuerySet[PlanPeriod]:
    """What a run billed, the newest first."""
    return PlanPeriod.objects.filter(run=run).select_related("plan__customer", "invoice", "draft").order_by("-id")


def run_parked(run: BillingRun) -> list[Plan]:
    """Plans that were parked while a run went on and still are, the newest first, up to a page of them."""
    parked = Plan.objects.filter(status=PlanStatus.PARKED, parked_at__gte=run.created_at)
    if run.finished_at is not None:
        parked = parked.filter(parked_at__lte=run.finished_at)
    return list(parked.select_related("customer").order_by("-parked_at")[:PARKED_SHOWN])


def due_count(now: datetime) -> int:
    """How many plans are due."""
    return Plan.objects.filter(status=PlanStatus.ACTIVE, due_at__lte=now).order_by().count()


def lag_seconds(now: datetime) -> int:
    """For how long the plan has waited that has waited longest; 0 when none is due."""
    oldest = Plan.objects.filter(status=PlanStatus.ACTIVE, due_at__lte=now).aggregate(oldest=Min("due_at"))["oldest"]
    return 0 if oldest is None else round((now - oldest).total_seconds())
