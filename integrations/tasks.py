"""Tasks of the integrations app."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from billing_assistant.core import clock
from billing_assistant.core.queue import task
from integrations.demo_gateway.delivery import deliveries_sweep, delivery_send
from integrations.demo_gateway.provider import payments_settle
from integrations.services.webhooks import webhook_process, webhooks_sweep


@task("integrations.process_webhook")
def process_webhook(event_id: str) -> None:
    """Acts on one webhook."""
    webhook_process(event_id=UUID(event_id), now=clock.now())


@task("integrations.sweep")
def sweep() -> None:
    """Finds webhooks that nobody took; moves the demo gateway's clockwork while it is on."""
    webhooks_sweep(now=clock.now())
    if settings.DEMO:
        payments_settle(now=clock.now())
        deliveries_sweep(now=clock.now())


@task("integrations.demo_deliver")
def demo_deliver(delivery_id: str) -> None:
    """Sends one event of the demo gateway to us."""
    delivery_send(delivery_id=delivery_id, now=clock.now())
