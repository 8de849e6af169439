"""Links that keep the rest of the query."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, QueryDict
from django.template import Context


def query_of(context: Context | Mapping[str, object]) -> QueryDict:
    """The query of the page's request; empty where a template is rendered without one."""
    request = context.get("request")
    return request.GET if isinstance(request, HttpRequest) else QueryDict()


def with_query(query: QueryDict, **changes: str | None) -> str:
    """The query with some parameters set, or removed by None: "?sort=-due&page=2"."""
    changed = query.copy()
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = value
    return f"?{changed.urlencode()}"
