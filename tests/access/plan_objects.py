"""Recurring plans that an address can name."""

from __future__ import annotations

from tests import factories
from tests.access.objects import World, provides


@provides("plan_id", "plan_ref")
def plan(world: World) -> object:
    return world.keep("plan", lambda: factories.plan(world.customer)).pk
