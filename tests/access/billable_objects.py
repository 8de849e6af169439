"""Billable work that an address can name."""

from __future__ import annotations

from tests import factories
from tests.access.objects import POSTS, World, provides

POSTS |= {"invoices:billable_act": {"act": "dismiss"}}


@provides("billable_id")
def billable(world: World) -> object:
    return world.keep("billable work", lambda: factories.billable(world.customer)).pk
