"""Tasks of the integrations app."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core import clock
from billing_assistant.core.queue import task
from integrations.registry import clockworks
from integrations.services.webhooks import webhook_process, webhooks_sweep


@task("integrations.process_webhook")
def process_webhook(event_id: str) -> None:
    """Acts on one webhook."""
    webhook_process(event_id=UUID(event_id), now=clock.now())


@task("integrations.sweep")
def sweep() -> None:
    """Finds webhooks that nobody took, and moves what the vendors need moved once a minute."""
    webhooks_sweep(now=clock.now())
    for move in clockworks():
        move(clock.now())
