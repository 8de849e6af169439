"""What stands in the addresses of saved filters."""

from __future__ import annotations

from billing_assistant.core.models import SavedFilter
from tests import factories
from tests.access.objects import World, provides


@provides("filter_id")
def saved_filter(world: World) -> object:
    """A shared one: staff of the business profile find it."""

    def make() -> SavedFilter:
        return SavedFilter.objects.create(
            profile=world.profile,
            owner=factories.user(profiles=[world.profile]),
            list_key="customers",
            name="Late",
            query={"q": "x"},
            is_shared=True,
        )

    return world.keep("saved filter", make).pk


@provides("list_key", under="filters/", scoped=False)
def list_key(_world: World) -> object:
    return "customers"
