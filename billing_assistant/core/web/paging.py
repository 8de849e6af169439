"""Pages of a list, with as many rows as the person chose; the choice is kept by their browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from billing_assistant.core.keyset import PAGE, Page, page_of
from billing_assistant.core.web.pages import staff_page
from billing_assistant.core.web.requests import safe_next

SIZES: Final = (PAGE, 50, 100)
COOKIE: Final = "page_size"
_KEPT: Final = timedelta(days=365)


def page_size(request: HttpRequest) -> int:
    """How many rows a list shows to whoever asks: what they chose, else the fewest."""
    return _known(request.COOKIES.get(COOKIE, ""))


def list_page(request: HttpRequest, rows: QuerySet[Any], order: Sequence[str]) -> Page[Any]:
    """The page of a list that a request asks for (see `core.keyset.page_of`), under which its length can be chosen."""
    return with_sizes(page_of(rows, order, request.GET, size=page_size(request)))


def with_sizes(page: Page[Any]) -> Page[Any]:
    """A page of `page_size` rows, under which another length can be chosen."""
    return replace(page, sizes=SIZES)


@staff_page(None)
@require_POST
def page_size_set(request: HttpRequest) -> HttpResponseBase:
    """POST /page-size/ with `size` and `next`: keeps how many rows lists show, and goes back."""
    response = HttpResponseRedirect(safe_next(request, "/"))
    response.set_cookie(
        COOKIE,
        str(_known(request.POST.get("size", ""))),
        max_age=_KEPT,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _known(text: str) -> int:
    return next((size for size in SIZES if str(size) == text), PAGE)
