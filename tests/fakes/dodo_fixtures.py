"""A connection to the simulator of Dodo Payments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from billing_assistant.core.models import BusinessProfile
from integrations.models import GatewayConnection
from integrations.vendor_http import pooled
from tests.fakes import dodo
from tests.fakes.dodo import DodoSimulator


@pytest.fixture
def dodo_service(settings: Any) -> Iterator[DodoSimulator]:
    """Dodo Payments on a socket of this machine."""
    simulator = DodoSimulator()
    settings.VENDOR_BASE_URLS = {"dodo": simulator.url}
    yield simulator
    pooled(simulator.url, "dodo", "").close()
    pooled.cache_clear()
    simulator.close()


def connect(profile: BusinessProfile, service: DodoSimulator, **values: str) -> GatewayConnection:
    """A connection of a business profile that is turned on; events go to its address."""
    row = GatewayConnection(
        profile=profile, vendor="dodo", environment="test", account=dodo.BUSINESS, enabled=True, check_passed=True
    )
    row.values = {
        "api_key": dodo.API_KEY,
        "product_id": dodo.PRODUCT,
        "subscription_product_id": dodo.SUBSCRIPTION,
        "webhook_secret": dodo.SIGNING,
        **values,
    }
    row.save(force_insert=True)
    service.hook_path = f"/hooks/dodo/{row.pk}/"
    return row
