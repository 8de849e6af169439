"""Addresses of pages that other floors bring: empty where a page is not mounted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def url_to(name: str, *args: Any, **query: Any) -> str:
    """The path of a named page with a query, or an empty text where there is no such page."""
    try:
        path = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{path}?{urlencode(query)}" if query else path


def first_url(*names: str, args: tuple[Any, ...] = (), **query: Any) -> str:
    """The first of some named pages that is mounted."""
    return next((url for name in names if (url := url_to(name, *args, **query))), "")
