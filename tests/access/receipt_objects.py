"""A receipt that waits for a person and that an address can name."""

from __future__ import annotations

from decimal import Decimal

from billing_assistant.core import clock
from payments.models import UnmatchedReceipt
from tests.access.objects import World, provides


@provides("receipt_id")
def receipt(world: World) -> object:
    return world.keep(
        "receipt",
        lambda: UnmatchedReceipt.objects.create(
            profile=world.profile,
            provider="mpesa",
            account="174379",
            external_id=f"UCN{world.profile.pk.hex[-7:]}{world.customer.pk.hex[-7:]}",
            method="mpesa",
            currency="KES",
            amount=Decimal(1500),
            paid_at=clock.now(),
        ),
    ).pk
