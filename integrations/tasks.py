"""Tasks of the integrations app."""

from __future__ import annotations

from billing_assistant.core import clock
from billing_assistant.core.queue import nudge, task
from integrations.registry import clockworks
from integrations.services.webhooks import PROCESS_TASK, webhooks_sweep


@task(PROCESS_TASK, nudged=True)
def process_webhooks() -> None:
    """Acts on the webhooks that are due; where there are several, further workers are asked to help."""
    webhooks_sweep(now=clock.now(), more=lambda: nudge(PROCESS_TASK))


@task("integrations.sweep")
def sweep() -> None:
    """Finds webhooks that nobody took, and moves what the vendors need moved once a minute."""
    webhooks_sweep(now=clock.now())
    for move in clockworks():
        move(clock.now())
