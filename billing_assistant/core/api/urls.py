"""Addresses of the API:

without a trailing slash in documents and links, with one they answer all the same.
"""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path, register_converter
from django.urls.converters import get_converters


class RefConverter:
    """A UUID or a human number: anything printable without a slash."""

    regex = r"[^/\x00-\x1f\x7f]{1,80}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


if "ref" not in get_converters():
    register_converter(RefConverter, "ref")


def endpoint(route: str, view: type[Any], *, name: str) -> list[URLPattern]:
    """Both forms of an address; `name` belongs to the one without the slash."""
    served = view.as_view()
    return [path(route, served, name=name), path(f"{route}/", served)]
