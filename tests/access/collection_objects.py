"""A plan that a provider collects and that an address can name."""

from __future__ import annotations

from decimal import Decimal

from payments.models import PlanCollection
from tests import factories
from tests.access.objects import World, provides


@provides("collection_id")
def collection(world: World) -> object:
    return world.keep(
        "collection",
        lambda: PlanCollection.objects.create(
            profile=world.profile,
            plan=factories.plan(world.customer),
            customer=world.customer,
            provider="dodo",
            account="bus_ours",
            product_id="pdt_1",
            product_name="Hosting",
            currency="KES",
            price=Decimal(2500),
        ),
    ).pk
