"""Saved methods that an address can name."""

from __future__ import annotations

from datetime import timedelta

from billing_assistant.core import clock
from payments.models import MethodSetup, SavedMethod
from tests.access.objects import World, provides


@provides("method_id")
def saved_method(world: World) -> object:
    return world.keep(
        "method",
        lambda: SavedMethod.objects.create(
            profile=world.profile,
            customer=world.customer,
            gateway="stripe",
            account="acct_ours",
            kind="card",
            label="Visa •••• 4242",
        ),
    ).pk


@provides("setup_id")
def method_setup(world: World) -> object:
    return world.keep(
        "setup",
        lambda: MethodSetup.objects.create(
            profile=world.profile,
            customer=world.customer,
            gateway="stripe",
            account="acct_ours",
            idempotency_key=f"setup-{world.customer.pk}",
            expires_at=clock.now() + timedelta(hours=1),
        ),
    ).pk
