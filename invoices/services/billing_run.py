"""The billing run: due plans are claimed in chunks, and each chunk is billed in one transaction.

A chunk locks its plans (others skip them), writes its invoices with a block of numbers taken last, one row a period
that the database has only once, and moves the plans on. A worker that dies leaves nothing behind, and what it held is
due for the next one. A plan that cannot be billed is parked and a person is told: nothing is guessed.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import rows_insert, rows_update
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import DomainError
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.memory import collected_afterwards
from invoices.errors import IssueDateRefused
from invoices.locks import plans_due_claim
from invoices.models import BillingChunk, BillingEngine, BillingRun, Invoice, InvoiceDraft, Plan, PlanPeriod
from invoices.plan_states import PeriodOutcome, PlanStatus
from invoices.services.billing_documents import (
    ChunkRead,
    DuePeriod,
    chunk_read,
    issuable_of,
    next_due_at,
    periods_put_together,
    totals_by_currency,
)
from invoices.services.billing_drafts import periods_drafted
from invoices.services.issuing import documents_issue
from invoices.services.numbering import series_of_drafts
from invoices.services.plan_acts import plan_park

WORK_TASK: Final = "invoices.bill_chunks"
CHUNK: Final = 500
LATER: Final = timedelta(hours=1)
ENGINE: Final = Actor.system("Billing run")
REFUSED: Final = (DomainError, IntegrityError, DataError, ArithmeticError, LookupError, TypeError, ValueError)
log = structlog.get_logger(__name__)

declare("billing.after_claim", "billing.before_commit", "billing.after_commit")


@dataclass(slots=True)
class _Done:
    """What came of some plans."""

    invoiced: list[DuePeriod] = field(default_factory=list)
    drafted: list[DuePeriod] = field(default_factory=list)
    parked: int = 0
    put_off: int = 0


def chunk_bill(*, run: BillingRun, now: datetime, limit: int = CHUNK) -> BillingChunk | None:
    """Bills up to `limit` due plans in one transaction. None: nothing is due that nobody else has, or all is paused."""
    started = time.perf_counter()
    with collected_afterwards(), transaction.atomic():
        if BillingEngine.objects.filter(paused_at__isnull=False).exists():
            return None
        plans = plans_due_claim(now=now, limit=limit)
        if not plans:
            return None
        fail_point("billing.after_claim")
        lag = now - min(plan.due_at or now for plan in plans)
        done = _bill_together(plans, run, now)
        chunk = BillingChunk(
            run=run,
            worker=f"{socket.gethostname()}:{os.getpid()}"[:60],
            plans=len(plans),
            invoiced=len(done.invoiced),
            drafted=len(done.drafted),
            parked=done.parked,
            skipped=done.put_off,
            totals=totals_by_currency([*done.invoiced, *done.drafted]),
            milliseconds=int((time.perf_counter() - started) * 1000),
            created_at=clock_now(),
        )
        chunk.save(force_insert=True)
        fail_point("billing.before_commit")
    fail_point("billing.after_commit")
    log.info(
        "billing_run.chunk",
        run=run.number,
        plans=chunk.plans,
        invoiced=chunk.invoiced,
        drafted=chunk.drafted,
        parked=chunk.parked,
        milliseconds=chunk.milliseconds,
        lag_seconds=lag // timedelta(seconds=1),
    )
    return chunk


def _bill_together(plans: Sequence[Plan], run: BillingRun, now: datetime) -> _Done:
    """All plans at once; when one of them is refused, each by itself, so that only that one is parked."""
    before = [(plan, plan.next_index, plan.due_at, plan.status) for plan in plans]
    try:
        with transaction.atomic():
            return _bill(plans, run, now)
    except REFUSED as error:
        log.info("billing_run.chunk_divided", run=run.number, plans=len(plans), error=type(error).__name__)
    done = _Done()
    for plan, index, due_at, status in before:
        plan.next_index, plan.due_at, plan.status = index, due_at, status
        _bill_alone(plan, run, now, done)
    return done


def _bill_alone(plan: Plan, run: BillingRun, now: datetime, done: _Done) -> None:
    index, status = plan.next_index, plan.status
    try:
        with transaction.atomic():
            one = _bill([plan], run, now)
    except IssueDateRefused:
        plan.next_index, plan.status, plan.due_at = index, status, now + LATER
        plan.save(update_fields=["due_at"])
        done.put_off += 1
    except REFUSED as error:
        plan.next_index, plan.status = index, status
        plan_park(plan=plan, why=_reason(error), actor=ENGINE, now=now)
        done.parked += 1
    else:
        done.invoiced += one.invoiced
        done.drafted += one.drafted


def _reason(error: Exception) -> str:
    if isinstance(error, DomainError):
        return str(error.message)
    if isinstance(error, IntegrityError) and "plan_period_once" in str(error):
        return _("This period was billed already. The engine tried it again, which should never happen.")
    log.exception("billing_run.unexpected", exc_info=error)
    return _("Something unexpected happened (%(error)s). The log has the details.") % {"error": type(error).__name__}


def _bill(plans: Sequence[Plan], run: BillingRun, now: datetime) -> _Done:
    """Writes everything that some locked plans owe, and moves them on. Raises what issuing raises."""
    read = chunk_read(plans)
    due = [one for plan in plans for one in periods_put_together(plan, read, now)]
    done = _Done(
        invoiced=[one for one in due if not one.waits],
        drafted=[one for one in due if one.waits],
    )
    _move_on(plans, due, read, now)
    _issue(done.invoiced, read, run, now)
    drafts = periods_drafted(done.drafted, actor=ENGINE, now=now)
    _write_periods(
        [(one, _period(one, run, now, draft=draft)) for one, draft in zip(done.drafted, drafts, strict=True)]
    )
    return done


def _issue(due: Sequence[DuePeriod], read: ChunkRead, run: BillingRun, now: datetime) -> None:
    """Issues documents, in each series as one block, and writes their periods before a number is taken."""
    series = series_of_drafts([one.document for one in due])
    groups: dict[tuple[UUID, UUID], list[DuePeriod]] = {}
    for one in due:
        groups.setdefault((one.plan.profile_id, series[one.document.pk].pk), []).append(one)
    for key in sorted(groups):
        group = groups[key]
        documents_issue(
            [issuable_of(one, read, now) for one in group],
            series=series[group[0].document.pk],
            actor=ENGINE,
            now=now,
            beside=partial(_write_invoiced, group, run, now),
        )


def _write_invoiced(group: Sequence[DuePeriod], run: BillingRun, now: datetime, invoices: Sequence[Invoice]) -> None:
    periods = [(one, _period(one, run, now, invoice=invoice)) for one, invoice in zip(group, invoices, strict=True)]
    _write_periods(periods)


def _period(
    one: DuePeriod, run: BillingRun, now: datetime, *, invoice: Invoice | None = None, draft: InvoiceDraft | None = None
) -> dict[str, Any]:
    reviewed = draft is not None and one.plan.review_days > 0
    return {
        "plan_id": one.plan.pk,
        "index": one.period.index,
        "starts_on": one.period.starts_on,
        "ends_on": one.period.ends_on,
        "outcome": PeriodOutcome.INVOICED if invoice else PeriodOutcome.DRAFTED,
        "invoice_id": invoice.pk if invoice else None,
        "draft_id": draft.pk if draft else None,
        "review_until": now + timedelta(days=one.plan.review_days) if reviewed else None,
        "run_id": run.pk,
        "created_at": now,
    }


def _write_periods(periods: Sequence[tuple[DuePeriod, dict[str, Any]]]) -> None:
    """The rows that make each period happen once. Where something was adjusted, the adjustment names its period."""
    rows_insert(PlanPeriod, [row for one, row in periods if not one.adjustments])
    for one, row in periods:
        if one.adjustments:
            period = PlanPeriod.objects.create(**row)
            for adjustment in one.adjustments:
                adjustment.period = period
            rows_update(one.adjustments, ["period"])


def _move_on(plans: Sequence[Plan], due: Sequence[DuePeriod], read: ChunkRead, now: datetime) -> None:
    """Each plan waits for its next period; one that has none left is over."""
    for one in due:
        one.plan.next_index = max(one.plan.next_index, one.period.index + 1)
    for plan in plans:
        plan.due_at = next_due_at(plan, read)
        if plan.due_at is None:
            plan.status = PlanStatus.ENDED
        plan.updated_at = now
    rows_update(plans, ["next_index", "due_at", "status", "updated_at"])
