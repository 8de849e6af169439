"""Stripe on a socket, and a connection to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing_assistant.core import clock
from billing_assistant.core.models import BusinessProfile
from integrations.models import GatewayConnection
from integrations.registry import gateway_of
from integrations.stripe.adapter import StripeGateway
from integrations.vendor_http import pooled
from tests import factories
from tests.fakes.stripe import StripeServer, running


@pytest.fixture
def stripe_service(settings) -> Iterator[StripeServer]:
    """The service; nothing of it is known to us but its address."""
    with running() as service:
        settings.VENDOR_BASE_URLS = {"stripe": service.url}
        yield service
        pooled(service.url, "stripe", "Idempotency-Key").close()
    pooled.cache_clear()


def connected(service: StripeServer, profile: BusinessProfile | None = None, **fields: object) -> GatewayConnection:
    """A connection to the service's first account that passed its test and is on."""
    account = service.books.ours
    connection = GatewayConnection(
        profile=profile or factories.profile(),
        vendor="stripe",
        environment="test",
        account=account.id,
        account_label=account.name,
        enabled=True,
        check_passed=True,
        created_at=clock.now(),
        **fields,
    )
    connection.values = {"secret_key": account.key, "webhook_secret": account.signing}
    connection.hook_secret = "0" * 32
    connection.save()
    return connection


@pytest.fixture
def stripe_gateway(stripe_service: StripeServer, db: None) -> StripeGateway:
    """The adapter, through the real SDK over the socket."""
    gateway = gateway_of(connected(stripe_service))
    assert isinstance(gateway, StripeGateway)
    return gateway
