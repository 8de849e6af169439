"""Tasks of the core."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.management import call_command

from billing_assistant.core import clock, queue
from billing_assistant.core.api import idempotency
from billing_assistant.core.services.import_steps import import_advance
from billing_assistant.core.services.imports import TASK as IMPORT_TASK
from billing_assistant.core.services.imports import import_sweep
from billing_assistant.core.services.relay import relay_events

IMPORT_IS_LEFT: Final = timedelta(seconds=90)
"""An import that nobody has touched for so long has lost its worker: a batch takes a few seconds."""


TURN: Final = 5.0
"""So long one queue has a worker, in seconds: many PDFs do not hold up what a provider told us meanwhile."""


@queue.task("core.relay_events", nudged=True)
def relay(only: str = queue.DEFAULT) -> None:
    """Delivers what is due in one queue of the outbox; where there is much, further workers are asked to help."""
    relay_events(queue=only, seconds=TURN, more=lambda: queue.nudge("core.relay_events", queue=only, only=only))


@queue.task("core.sweep")
def sweep() -> None:
    """Wakes the relay of every queue, and imports: finds what a lost nudge or a dead worker left behind."""
    for name in queue.QUEUES:
        queue.enqueue("core.relay_events", queue=name, only=name)
    import_sweep(before=clock.now() - IMPORT_IS_LEFT)


@queue.task(IMPORT_TASK)
def advance_import(run_id: str) -> None:
    """Works on an import for two minutes; hands over to a fresh task when there is more."""
    if import_advance(run_id=UUID(run_id)):
        queue.enqueue(IMPORT_TASK, run_id=run_id)


@queue.task("core.prune")
def prune() -> None:
    """Forgets what has expired: answers kept under idempotency keys, and sessions."""
    idempotency.prune(now=clock.now())
    call_command("clearsessions")
