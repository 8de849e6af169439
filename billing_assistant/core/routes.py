"""Every address of the product as a flat list:

for the check that each has a rule, and for tests that walk them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import checks
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

from billing_assistant.core.access import Access, rule_for


@dataclass(frozen=True, slots=True)
class Route:
    """One URL pattern with the prefixes of all that include it."""

    route: str
    name: str
    view: Callable[..., Any]
    parameters: tuple[str, ...]
    rule: Access | None

    def __str__(self) -> str:
        return f"/{self.route} ({self.name or 'no name'})"


def walk() -> Iterator[Route]:
    """Every pattern, in the order in which they are tried."""
    yield from _walk(get_resolver().url_patterns, "", (), (), ())


def _walk(
    patterns: Sequence[URLPattern | URLResolver],
    prefix: str,
    parameters: tuple[str, ...],
    app_names: tuple[str, ...],
    namespaces: tuple[str, ...],
) -> Iterator[Route]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        names = (*parameters, *_parameters(entry))
        if isinstance(entry, URLResolver):
            apps = (*app_names, entry.app_name) if entry.app_name else app_names
            spaces = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry.url_patterns, route, names, apps, spaces)
            continue
        match = ResolverMatch(entry.callback, (), {}, entry.name, list(app_names), list(namespaces), route=route)
        yield Route(route, match.view_name if entry.name else "", entry.callback, names, rule_for(match))


def _parameters(entry: URLPattern | URLResolver) -> tuple[str, ...]:
    """The names of what a pattern takes from the path."""
    converters = getattr(entry.pattern, "converters", {})
    groups = getattr(getattr(entry.pattern, "regex", None), "groupindex", {})
    return tuple(dict.fromkeys((*converters, *groups)))


@checks.register(checks.Tags.urls)
def check_every_route_has_a_rule(**_kwargs: Any) -> list[checks.CheckMessage]:
    """An address without a rule is closed at run time; here it is told by name."""
    return [
        checks.Error(f"The address {route} has no access rule.", id="core.E020")
        for route in walk()
        if route.rule is None
    ]
