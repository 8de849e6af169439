"""The relay: takes due deliveries out of the outbox and runs their subscribers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import RetryLater, Unavailable
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.locks import due_deliveries_lock
from billing_assistant.core.models import DeliveryStatus, EventDelivery
from billing_assistant.core.services.notices import notice_to_role

log = structlog.get_logger(__name__)
declare("relay.before_handler", "relay.before_done")

CLAIM: Final = 20
LEASE: Final = timedelta(minutes=2)
MAX_ATTEMPTS: Final = 10
LONGEST_WAIT: Final = timedelta(hours=2)


def relay_events(
    *, queue: str, limit: int = 500, seconds: float = math.inf, more: Callable[[], None] = lambda: None
) -> int:
    """Delivers what is due in a queue, in small claims, up to a limit and a time; returns how many were tried.

    Calls `more` whenever a claim was full, before it works on it: there may be enough for another worker, or for this
    one once the other queues had their turn.
    """
    tried, until = 0, time.monotonic() + seconds
    while tried < limit and (not tried or time.monotonic() < until):
        claimed = deliveries_claim(queue=queue, now=clock_now())
        if not claimed:
            break
        if len(claimed) == CLAIM:
            more()
        for delivery in claimed:
            delivery_run(delivery)
        tried += len(claimed)
    return tried


def deliveries_claim(*, queue: str, now: datetime, size: int = CLAIM) -> list[EventDelivery]:
    """Leases up to `size` due deliveries to this worker: no other sees them until the lease is over."""
    with transaction.atomic():
        claimed = due_deliveries_lock(queue=queue, now=now, size=size)
        for delivery in claimed:
            delivery.attempts += 1
            delivery.due_at = now + LEASE
        EventDelivery.objects.bulk_update(claimed, ["attempts", "due_at"])
    return claimed


def delivery_run(delivery: EventDelivery) -> None:
    """Runs one subscriber outside any claim; a refusal is tried again with backoff, then parked for a person."""
    subscriber = events.subscriber(delivery.subscriber)
    fail_point("relay.before_handler")
    if subscriber is None:
        _finish(delivery, DeliveryStatus.PARKED, "No subscriber of this name.")
        return
    try:
        subscriber.handler(delivery.event)
    except (RetryLater, Unavailable) as error:
        _again(delivery, str(error))
    except Exception as error:
        log.exception("relay.failed", subscriber=delivery.subscriber, event_id=str(delivery.event_id))
        _again(delivery, f"{type(error).__name__}: {error}")
    else:
        fail_point("relay.before_done")
        _finish(delivery, DeliveryStatus.DONE, "")


def _again(delivery: EventDelivery, error: str) -> None:
    if delivery.attempts >= MAX_ATTEMPTS:
        _finish(delivery, DeliveryStatus.PARKED, error)
        notice_to_role(
            roles=("admin",),
            key=f"delivery-{delivery.pk}",
            tone="danger",
            text=lambda: (
                _("“%(name)s” failed %(count)d times and is parked.")
                % {"name": delivery.subscriber, "count": delivery.attempts}
            ),
            url="/admin/core/eventdelivery/?status__exact=parked",
        )
        return
    wait = min(timedelta(seconds=2**delivery.attempts), LONGEST_WAIT)
    EventDelivery.objects.filter(pk=delivery.pk).update(due_at=clock_now() + wait, last_error=error[:300])


def _finish(delivery: EventDelivery, status: DeliveryStatus, error: str) -> None:
    EventDelivery.objects.filter(pk=delivery.pk).update(status=status, finished_at=clock_now(), last_error=error[:300])


def delivery_retry(*, delivery_id: int, now: datetime) -> None:
    """Puts a parked delivery back into the queue, at a person's wish."""
    EventDelivery.objects.filter(pk=delivery_id, status=DeliveryStatus.PARKED).update(
        status=DeliveryStatus.PENDING, attempts=0, due_at=now, finished_at=None
    )
