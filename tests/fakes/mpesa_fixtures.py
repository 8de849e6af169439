"""A connection to the simulator of M-Pesa, and how its callbacks reach us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from billing_assistant.core.models import BusinessProfile
from integrations.models import GatewayConnection
from integrations.mpesa import client
from tests.fakes import mpesa
from tests.fakes.mpesa import MpesaSimulator
from tests.fakes.vendor_server import Delivery
from tests.support.signing_in import sender

HOOK_SECRET = "5ce1f4a7c0d94b0f9a7be3d1286c4e55"


@pytest.fixture
def safaricom(settings: Any) -> Iterator[MpesaSimulator]:
    """Safaricom on a socket of this machine."""
    simulator = MpesaSimulator()
    settings.VENDOR_BASE_URLS = {"mpesa": simulator.url}
    yield simulator
    client.pooled(simulator.url).close()
    client.pooled.cache_clear()
    simulator.close()


def connect(profile: BusinessProfile, **values: str) -> GatewayConnection:
    """A connection of a business profile that is turned on; `values` replace or add fields."""
    account = values.get("till") or mpesa.SHORT_CODE
    row = GatewayConnection(
        profile=profile, vendor="mpesa", environment="test", account=account, enabled=True, check_passed=True
    )
    row.values = {
        "consumer_key": mpesa.KEY,
        "consumer_secret": mpesa.SECRET,
        "short_code": mpesa.SHORT_CODE,
        "passkey": mpesa.PASSKEY,
        "initiator": mpesa.INITIATOR,
        "initiator_password": mpesa.INITIATOR_PASSWORD,
        "certificate": mpesa.certificate(),
        **values,
    }
    row.hook_secret = HOOK_SECRET
    row.save(force_insert=True)
    return row


@pytest.fixture
def tell() -> Callable[[Delivery], int]:
    """Posts what Safaricom sends to our address; gives the status of the answer."""

    def post(delivery: Delivery) -> int:
        answer = sender().post(delivery.path, data=delivery.body, content_type="application/json")
        return int(answer.status_code)

    return post
