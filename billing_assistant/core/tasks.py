"""Tasks of the core."""

from __future__ import annotations

from django.core.management import call_command

from billing_assistant.core import clock, queue
from billing_assistant.core.api import idempotency
from billing_assistant.core.services.relay import relay_events


@queue.task("core.relay_events")
def relay(only: str = queue.DEFAULT) -> None:
    """Delivers what is due in one queue of the outbox."""
    relay_events(queue=only)


@queue.task("core.sweep")
def sweep() -> None:
    """Wakes the relay of every queue: finds what a lost nudge or a dead worker left behind."""
    for name in queue.QUEUES:
        queue.enqueue("core.relay_events", queue=name, only=name)


@queue.task("core.prune")
def prune() -> None:
    """Forgets what has expired: answers kept under idempotency keys, and sessions."""
    idempotency.prune(now=clock.now())
    call_command("clearsessions")
