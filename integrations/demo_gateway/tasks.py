"""The demo gateway's clockwork: it settles slow payments and tells the merchant."""

from __future__ import annotations

from datetime import datetime

from billing_assistant.core import clock
from billing_assistant.core.queue import task
from integrations.demo_gateway.delivery import deliveries_sweep, delivery_send
from integrations.demo_gateway.provider import payments_settle


@task("integrations.demo_deliver")
def demo_deliver(delivery_id: str) -> None:
    """Sends one event of the demo gateway to us."""
    delivery_send(delivery_id=delivery_id, now=clock.now())


def tick(now: datetime) -> None:
    """Once a minute: banks that take their time answer, and events that were not taken are sent again."""
    payments_settle(now=now)
    deliveries_sweep(now=now)
