"""The demo gateway tells the merchant: signed events over HTTP, tried again until they are taken."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.models import F

from billing_assistant.core import clock, exact_json
from billing_assistant.core.errors import ProviderError
from billing_assistant.core.http import Client
from integrations import webhook_signatures
from integrations.demo_gateway import keys
from integrations.models import DemoDelivery

PATH: Final = "/hooks/demo/"
LEASE: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
MAX_ATTEMPTS: Final = 20


def delivery_send(*, delivery_id: str, now: datetime) -> bool:
    """Sends one event that is due, once; True when the merchant took it. Otherwise it is due again later."""
    taken = DemoDelivery.objects.filter(pk=delivery_id, due_at__lte=now)
    if not taken.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    delivery = DemoDelivery.objects.get(pk=delivery_id)
    try:
        _post(delivery)
    except ProviderError as error:
        again = now + min(timedelta(seconds=2**delivery.attempts), LONGEST_WAIT)
        due_at = again if delivery.attempts < MAX_ATTEMPTS else None
        DemoDelivery.objects.filter(pk=delivery_id).update(due_at=due_at, last_error=str(error)[:200])
        return False
    DemoDelivery.objects.filter(pk=delivery_id).update(due_at=None, delivered_at=now, last_error="")
    return True


def deliveries_sweep(*, now: datetime) -> int:
    """Sends what is due and was not sent when it happened; returns how many were tried."""
    due = list(DemoDelivery.objects.filter(due_at__lte=now).order_by("due_at").values_list("pk", flat=True)[:100])
    for delivery_id in due:
        delivery_send(delivery_id=delivery_id, now=now)
    return len(due)


def event_body(delivery: DemoDelivery) -> bytes:
    """The event as it is signed and sent. It names the object; whoever wants to know more asks the API."""
    return exact_json.dumps(
        {
            "id": delivery.pk,
            "type": delivery.kind,
            "account": delivery.account,
            "created": int(delivery.created_at.timestamp()),
            "data": {"object": delivery.kind.partition(".")[0], "id": delivery.object_id},
        }
    ).encode()


def _post(delivery: DemoDelivery) -> None:
    body = event_body(delivery)
    signature = webhook_signatures.sign(secret=keys.webhook_secret(), body=body, at=clock.now())
    headers = {"Content-Type": "application/json", keys.SIGNATURE_HEADER: signature}
    _client(settings.PUBLIC_BASE_URL).post(PATH, content=body, headers=headers)


@lru_cache(maxsize=4)
def _client(base_url: str) -> Client:
    return Client(base_url, vendor="demo-webhook", timeout=10.0, retries=0)
