"""The engine around the billing run: beginning and ending a run, the switch that stops all of it, and the dry run."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core import queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import DomainError, NotFound, ValidationFailed
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from invoices.models import BillingChunk, BillingEngine, BillingRun, Plan
from invoices.models.billing_runs import THE_ONE
from invoices.plan_states import PlanStatus, RunCause, RunState
from invoices.services.billing_documents import chunk_read, periods_put_together
from invoices.services.billing_run import CHUNK, ENGINE, WORK_TASK, chunk_bill

DRY_MOST: Final = 50_000
MOST_TOLD: Final = 100
IDLE: Final = timedelta(seconds=30)
log = structlog.get_logger(__name__)


def plans_due(now: datetime) -> QuerySet[Plan]:
    """The plans whose moment has come."""
    return Plan.objects.filter(status=PlanStatus.ACTIVE, due_at__lte=now)


def engine_state() -> BillingEngine:
    """The switch, as it stands; unsaved while nobody has ever touched it."""
    return BillingEngine.objects.filter(pk=THE_ONE).first() or BillingEngine(pk=THE_ONE)


def engine_pause(*, reason: str, actor: Actor, now: datetime) -> BillingEngine:
    """Stops all billing of plans when the chunks that are under way have ended. Raises PermissionRefused,
    NotFound for who sees only some profiles, ValidationFailed without a reason. Pausing again changes nothing."""
    _require_switch(actor)
    if not reason.strip():
        raise ValidationFailed({"reason": [_("Say why the engine is paused.")]})
    with transaction.atomic():
        advisory_lock("billing-engine")
        engine = engine_state()
        if engine.paused_at is None:
            engine.paused_at, engine.paused_by_label, engine.reason = now, actor.label[:150], reason.strip()[:240]
            engine.save()
            log.info("billing_engine.paused", by=actor.label)
    return engine


def engine_resume(*, actor: Actor, now: datetime) -> BillingEngine:
    """Lets the engine go on: what became due meanwhile comes with the next run. Raises PermissionRefused, NotFound."""
    _require_switch(actor)
    with transaction.atomic():
        advisory_lock("billing-engine")
        engine = engine_state()
        if engine.paused_at is not None:
            engine.paused_at, engine.paused_by_label, engine.reason = None, "", ""
            engine.save()
            log.info("billing_engine.resumed", by=actor.label, at=now.isoformat())
    return engine


def _require_switch(actor: Actor) -> None:
    actor.require(Right.SETTINGS_EDIT)
    if actor.profile_ids is not None:
        raise NotFound(_("The engine bills for all business profiles; who sees some of them cannot switch it."))


def run_open(*, now: datetime, actor: Actor = ENGINE) -> BillingRun | None:
    """The run that is under way, or a new one when something is due; None when nothing is, or all is paused.

    However many ask at once, there is one. Raises PermissionRefused when a person may not issue.
    """
    actor.require(Right.INVOICES_ISSUE)
    with transaction.atomic():
        advisory_lock("billing-run")
        running = BillingRun.objects.filter(state=RunState.RUNNING).first()
        if running is not None:
            return running
        due = plans_due(now)
        oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
        if oldest is None or engine_state().paused_at is not None:
            return None
        last = BillingRun.objects.aggregate(last=Max("number"))["last"] or 0
        return BillingRun.objects.create(
            number=last + 1,
            cause=RunCause.CLOCK if actor is ENGINE else RunCause.PERSON,
            started_by_label=actor.label[:150],
            plans_due=due.count(),
            oldest_due_at=oldest,
            created_at=now,
        )


def run_finish(*, now: datetime) -> BillingRun | None:
    """Ends the run that is under way when no plan is due any more."""
    with transaction.atomic():
        advisory_lock("billing-run")
        running = BillingRun.objects.filter(state=RunState.RUNNING).first()
        if running is None or plans_due(now).exists():
            return None
        running.state, running.finished_at = RunState.DONE, clock_now()
        running.save(update_fields=["state", "finished_at"])
    first = running.chunks.aggregate(first=Min("created_at"))["first"] or running.finished_at
    log.info("billing_run.done", run=running.number, seconds=(running.finished_at - first).total_seconds())
    return running


def run_work(*, now: datetime, seconds: float, limit: int = CHUNK) -> bool:
    """Bills chunk after chunk for at most so many seconds; says whether more may be due.

    `now` is the moment up to which plans are billed. Any number of workers do this at once.
    """
    run = run_open(now=now)
    if run is None:
        return False
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if chunk_bill(run=run, now=now, limit=limit) is None:
            run_finish(now=now)
            return False
    return True


def run_is_idle(run: BillingRun, *, now: datetime, after: timedelta = IDLE) -> bool:
    """Whether nobody has billed a chunk of a run for a while: its workers have ended, or died."""
    return not BillingChunk.objects.filter(run=run, created_at__gt=now - after).exists()


def run_wake(run: BillingRun, *, now: datetime) -> None:
    """Wakes as many workers as what is due is worth, up to BILLING_WORKERS, for a run that has none, or none any more.

    `now` is the moment that the run was asked for: one that begins then is new.
    """
    if run.created_at != now and not run_is_idle(run, now=now):
        return
    due = plans_due(now).order_by()[: CHUNK * settings.BILLING_WORKERS].count()
    for _worker in range(max(-(-due // CHUNK), 1)):
        queue.enqueue(WORK_TASK)


@dataclass(slots=True)
class DryRun:
    """What a run would do. `totals` and `invoices` are by currency; of those who need a person the first are named."""

    plans: int = 0
    invoices: dict[str, int] = field(default_factory=dict)
    totals: dict[str, Decimal] = field(default_factory=dict)
    drafts: int = 0
    need_person: int = 0
    told: list[tuple[Plan, str]] = field(default_factory=list)
    is_whole: bool = True


def dry_run(*, until: datetime, actor: Actor, profile_id: UUID | None = None, most: int = DRY_MOST) -> DryRun:
    """What would be billed of all that is due by a moment, by the code that bills it; nothing is written.

    Only plans that the actor may see; of more than `most` plans the first. Raises PermissionRefused.
    """
    actor.require(Right.INVOICES_ISSUE)
    due = plans_due(until)
    if actor.profile_ids is not None:
        due = due.filter(profile_id__in=actor.profile_ids)
    if profile_id is not None:
        due = due.filter(profile_id=profile_id)
    found = DryRun()
    for chunk in _chunks(due, most):
        read = chunk_read(chunk)
        for plan in chunk:
            found.plans += 1
            try:
                documents = periods_put_together(plan, read, until)
            except DomainError as error:
                found.need_person += 1
                if len(found.told) < MOST_TOLD:
                    found.told.append((plan, str(error.message)))
                continue
            for one in documents:
                found.drafts += one.waits
                found.invoices[plan.currency] = found.invoices.get(plan.currency, 0) + 1
                found.totals[plan.currency] = found.totals.get(plan.currency, ZERO) + one.totals.total
    found.is_whole = found.plans < most
    return found


def _chunks(due: QuerySet[Plan], most: int) -> Iterator[Sequence[Plan]]:
    """Plans in chunks, by their key, so that memory stays flat."""
    last: UUID | None = None
    left = most
    while left > 0:
        rows = due if last is None else due.filter(pk__gt=last)
        chunk = list(rows.order_by("pk")[: min(CHUNK, left)])
        if not chunk:
            return
        yield chunk
        last, left = chunk[-1].pk, left - len(chunk)
