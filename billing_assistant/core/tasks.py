"""Tasks of the core."""

from __future__ import annotations

from billing_assistant.core import queue
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
