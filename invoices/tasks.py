"""Tasks of the invoices app."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings

from billing_assistant.core import clock, queue
from invoices.services.batch_files_make import batch_files_forget
from invoices.services.batch_steps import batch_advance
from invoices.services.batches import LEFT, batch_sweep
from invoices.services.batches import TASK as BATCH_TASK
from invoices.services.billing_drafts import reviewed_issue
from invoices.services.billing_engine import run_open, run_wake, run_work
from invoices.services.billing_run import ENGINE, WORK_TASK
from invoices.services.plan_acts import plans_resume_due

SECONDS: Final = 45.0
"""How long one task bills before it hands over to a fresh one: less than the beat's minute."""


@queue.task("invoices.bill_plans")
def bill_plans() -> None:
    """Every minute: plans go on whose pause is over, what was looked through is issued, and workers are woken when
    plans are due."""
    now = clock.now()
    plans_resume_due(now=now)
    reviewed_issue(actor=ENGINE, now=now)
    run = run_open(now=now)
    if run is not None:
        run_wake(run, now=now)


@queue.task(WORK_TASK)
def bill_chunks() -> None:
    """Bills chunk after chunk, beside any number of others."""
    if run_work(now=clock.now(), seconds=SECONDS, limit=settings.BILLING_CHUNK):
        queue.enqueue(WORK_TASK)


@queue.task(BATCH_TASK)
def advance_batch(batch_id: str) -> None:
    """Works on a batch for two minutes; hands over to a fresh task when there is more."""
    if batch_advance(batch_id=UUID(batch_id)):
        queue.enqueue(BATCH_TASK, batch_id=batch_id)


@queue.task("invoices.sweep_batches")
def sweep_batches() -> None:
    """Every minute: batches whose worker died go on."""
    batch_sweep(before=clock.now() - LEFT)


@queue.task("invoices.forget_batch_files")
def forget_batch_files() -> None:
    """Every hour: files of batches whose time is up."""
    batch_files_forget(now=clock.now())
