"""Coming to every address, and saying what went wrong in one list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.access import Access, Kind
from billing_assistant.core.routes import Route, walk
from tests.access import objects
from tests.access.objects import World, Worlds

OF_OTHERS: Final = frozenset({Kind.ACCOUNT, Kind.ADMIN})
"""Addresses of other people's packages: their parameters are theirs."""
LAST_SEEN: Final = frozenset({"django_session", "core_apikey"})
"""What looking may write: the session, and when a key was last used."""
NOT_ALLOWED: Final = 405
_WRITE = re.compile(r"^\s*(INSERT|UPDATE|DELETE|TRUNCATE)\b[^\"]*\"?(\w+)", re.IGNORECASE)
_KEEPS_A_PDF = re.compile(
    r'^(INSERT INTO "core_storedfile" |UPDATE "invoices_(invoice|quote)" SET "pdf_id" = \'[^\']+\'::uuid WHERE )'
)
"""Who reads a PDF for the first time has it printed, and it is kept as it was printed."""
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")

objects.load()


@dataclass(frozen=True, slots=True)
class Stop:
    """One address to come to, with its rule."""

    route: Route
    rule: Access

    @property
    def scoped(self) -> list[str]:
        """The parameters that name something which belongs to somebody."""
        return [name for name in self.route.parameters if _maker(self.route, name).scoped]

    def url(self, world: World, **elsewhere: World) -> str:
        """The address in a world; `elsewhere` takes single parameters from other worlds."""
        values = {
            name: str(_maker(self.route, name).make(elsewhere.get(name, world))) for name in self.route.parameters
        }
        return "/" + _PARAMETER.sub(lambda match: values[match[1]], self.route.route)

    def url_nowhere(self) -> str:
        """The address of something that does not exist at all."""
        return "/" + _PARAMETER.sub(lambda _match: str(uuid4()), self.route.route)


def stops(*kinds: Kind) -> list[Stop]:
    """Our own addresses of these kinds (default: all), without the second form of API addresses."""
    return [
        Stop(route, route.rule)
        for route in walk()
        if route.rule is not None
        and route.rule.kind not in OF_OTHERS
        and (not kinds or route.rule.kind in kinds)
        and not (route.rule.kind is Kind.API and route.route.endswith("/"))
    ]


def unknown_parameters() -> list[str]:
    """Parameters of our addresses that nobody makes a value for."""
    return [
        f"{name} in {route}"
        for route in walk()
        if route.rule is not None and route.rule.kind not in OF_OTHERS
        for name in route.parameters
        if objects.maker_of(name, route.route) is None
    ]


def wrong_worlds(stop: Stop, worlds: Worlds) -> Iterator[tuple[str, str]]:
    """Addresses in which something is not the visitor's: all of it, or one thing among the visitor's own."""
    if not stop.scoped:
        return
    yield "all foreign", stop.url(worlds.foreign)
    if len(stop.scoped) > 1:
        for name in stop.scoped:
            yield f"foreign {name}", stop.url(worlds.own, **{name: worlds.foreign})
        *_others, last = stop.scoped
        yield f"neighbour's {last}", stop.url(worlds.own, **{last: worlds.neighbour})


def come(client: Client, method: str, url: str, form: Mapping[str, str] | None = None) -> HttpResponseBase:
    """One request; a write carries an empty JSON object, or on a page the form."""
    if method not in {"POST", "PUT", "PATCH", "DELETE"}:
        body: dict[str, Any] = {}
    elif url.startswith("/api/"):
        body = {"data": "{}", "content_type": "application/json"}
    else:
        body = {"data": urlencode(form or {}), "content_type": "application/x-www-form-urlencoded"}
    answer: HttpResponseBase = client.generic(method, url, **body)
    return answer


@contextmanager
def written() -> Iterator[set[str]]:
    """The tables that are written to meanwhile, but for those that note who was here."""
    tables: set[str] = set()
    with CaptureQueriesContext(connection) as queries:
        yield tables
    found = (_WRITE.match(query["sql"]) for query in queries if not _KEEPS_A_PDF.match(query["sql"]))
    tables |= {match[2] for match in found if match} - LAST_SEEN


def complaints(found: Sequence[str]) -> str:
    return "\n" + "\n".join(found)


def _maker(route: Route, name: str) -> objects.Maker:
    maker = objects.maker_of(name, route.route)
    assert maker is not None, f"Nobody provides {name} for {route}: see tests/access/objects.py"
    return maker
