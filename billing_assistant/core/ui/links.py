"""Addresses of things, and links that keep the rest of the query."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.urls import get_script_prefix, get_urlconf, reverse

_ANYTHING: Final = UUID(int=0)


def address(name: str, pk: UUID) -> str:
    """The path of a page about one thing, as `reverse` gives it, but looked up once and not for each row of a list.

    Raises NoReverseMatch.
    """
    return _path_of(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()).replace(str(_ANYTHING), str(pk))


@lru_cache(maxsize=256)
def _path_of(name: str, urls: str, _prefix: str) -> str:
    return reverse(name, urls, args=[_ANYTHING])


def query_of(context: Context | Mapping[str, object]) -> QueryDict:
    """The query of the page's request; empty where a template is rendered without one."""
    request = context.get("request")
    return request.GET if isinstance(request, HttpRequest) else QueryDict()


def path_of(context: Context | Mapping[str, object]) -> str:
    """The path of the page's request; empty where a template is rendered without one."""
    request = context.get("request")
    return request.path if isinstance(request, HttpRequest) else ""


def with_query(query: QueryDict, **changes: str | None) -> str:
    """The query with some parameters set, or removed by None: "?sort=-due&page=2"."""
    changed = query.copy()
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = value
    return f"?{changed.urlencode()}"
