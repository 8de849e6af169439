"""What stands in an address: for each parameter of a URL, something of a world.

A world is one customer of a business profile with one of everything. `own` is the world of whoever comes, `neighbour`
another customer of the same profile, `foreign` one of a profile that they do not work for.

An app that brings a new parameter adds its maker in `tests/access/<app>_objects.py`:

    @provides("plan_id", "plan_ref")
    def plan(world: World) -> object:
        return world.keep("plan", lambda: make_a_plan(world.customer)).pk
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from billing_assistant.core.models import BusinessProfile
from customers.models import Customer
from tests import factories

T = TypeVar("T")


@dataclass
class World:
    """One customer of a business profile. What is asked for is made once and kept."""

    customer: Customer
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def profile(self) -> BusinessProfile:
        return self.customer.profile

    def keep(self, name: str, make: Callable[[], T]) -> T:
        """The thing of that name, made on first use."""
        if name not in self.kept:
            self.kept[name] = make()
        found: T = self.kept[name]
        return found


@dataclass(frozen=True, slots=True)
class Maker:
    """How a parameter gets its value. `scoped`: whether the value names something that belongs to somebody."""

    make: Callable[[World], object]
    under: str
    scoped: bool


@dataclass(frozen=True, slots=True)
class Worlds:
    own: World
    neighbour: World
    foreign: World


POSTS: dict[str, dict[str, str]] = {}
"""What a POST to an address by name carries, where an empty form would be refused before anything is looked up."""

_makers: dict[str, list[Maker]] = {}


def provides(*parameters: str, under: str = "", scoped: bool = True) -> Callable[[Callable[[World], object]], Any]:
    """Registers a maker for parameters, in all addresses or in those that begin with `under`."""

    def register(make: Callable[[World], object]) -> Callable[[World], object]:
        for parameter in parameters:
            _makers.setdefault(parameter, []).append(Maker(make, under, scoped))
        return make

    return register


def maker_of(parameter: str, route: str) -> Maker | None:
    """The maker that fits an address best."""
    fitting = [maker for maker in _makers.get(parameter, []) if route.startswith(maker.under)]
    return max(fitting, key=lambda maker: len(maker.under), default=None)


def build_worlds() -> Worlds:
    """Two customers of one seller, one of another."""
    home, elsewhere = factories.seller(name="Own"), factories.seller(name="Foreign")
    return Worlds(
        own=World(factories.customer(home, name="Own Customer")),
        neighbour=World(factories.customer(home, name="Neighbour")),
        foreign=World(factories.customer(elsewhere, name="Foreign Customer")),
    )


def load() -> None:
    """Imports every module of makers."""
    for path in sorted(Path(__file__).parent.glob("*_objects.py")):
        import_module(f"tests.access.{path.stem}")
