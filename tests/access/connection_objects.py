"""A connection to a payment provider that an address can name."""

from __future__ import annotations

from billing_assistant.core import clock
from integrations.models import GatewayConnection
from tests.access.objects import World, provides


@provides("connection_id")
def connection(world: World) -> object:
    return world.keep(
        "connection",
        lambda: GatewayConnection.objects.create(
            profile=world.profile, vendor="stripe", environment="test", created_at=clock.now()
        ),
    ).pk


@provides("secret", scoped=False)
def hook_secret(_world: World) -> object:
    return "0" * 32


@provides("vendor", under="settings/", scoped=False)
def vendor(_world: World) -> object:
    return "stripe"
