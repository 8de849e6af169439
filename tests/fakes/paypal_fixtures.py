"""A connection to the simulator of PayPal, and how its events reach us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from billing_assistant.core.models import BusinessProfile
from integrations.models import GatewayConnection
from integrations.vendor_http import pooled
from tests.fakes import paypal
from tests.fakes.paypal import PayPalSimulator
from tests.fakes.vendor_server import Delivery
from tests.support.signing_in import sender


@pytest.fixture
def paypal_service(settings: Any) -> Iterator[PayPalSimulator]:
    """PayPal on a socket of this machine."""
    simulator = PayPalSimulator()
    settings.VENDOR_BASE_URLS = {"paypal": simulator.url}
    yield simulator
    pooled(simulator.url, "paypal", "PayPal-Request-Id").close()
    pooled.cache_clear()
    simulator.close()


def connect(profile: BusinessProfile, service: PayPalSimulator, **values: str) -> GatewayConnection:
    """A connection of a business profile that is turned on; events go to its address."""
    row = GatewayConnection(
        profile=profile, vendor="paypal", environment="test", account=paypal.MERCHANT, enabled=True, check_passed=True
    )
    row.values = {
        "client_id": paypal.CLIENT_ID,
        "secret": paypal.SECRET,
        "merchant_id": paypal.MERCHANT,
        "webhook_id": paypal.WEBHOOK_ID,
        **values,
    }
    row.save(force_insert=True)
    service.hook_path = f"/hooks/paypal/{row.pk}/"
    return row


def post(delivery: Delivery) -> int:
    """Posts an event to our address; gives the status of the answer."""
    answer = sender().post(
        delivery.path, data=delivery.body, content_type="application/json", headers=dict(delivery.headers)
    )
    return int(answer.status_code)
