"""Lists by limit and skip, or by cursor where a program wants all of a long one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core import keyset
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.searching import in_order

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200
MAX_SKIP: Final = 10_000
LIST_PARAMETERS: Final = frozenset({"limit", "skip", "cursor"})


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows with what to say about them beside."""

    rows: Sequence[Any]
    about: dict[str, Any]


def listing(
    rows: QuerySet[Any],
    query: Mapping[str, str],
    *,
    ordered: Callable[[int, int], Sequence[Any]] | None = None,
    counted: Callable[[], int] | None = None,
) -> Listing:
    """The page that `?limit=&skip=` or `?limit=&cursor=` asks for. Raises ValidationFailed, naming the parameter.

    `ordered` gives so many rows after so many, (skip, limit), where a plain ordering of `rows` would be slow;
    `counted` says how many there are where counting them would be.

    By cursor rows come newest first, whatever the list's own order, and are not counted: `next_cursor` is
    empty at the end. Start with `?cursor=`.
    """
    limit = whole_number(query, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
    if "cursor" in query:
        return _by_cursor(rows, query["cursor"], limit)
    beyond = _("Use cursor to go further than 10,000 rows.")
    skip = whole_number(query, "skip", default=0, least=0, most=MAX_SKIP, beyond=beyond)
    about = {"total": counted() if counted else rows.count(), "limit": limit, "skip": skip}
    return Listing(ordered(skip, limit) if ordered else in_order(rows, limit, skip=skip), about)


def whole_number(query: Mapping[str, str], name: str, *, default: int, least: int, most: int, beyond: str = "") -> int:
    """A number out of the query. Raises ValidationFailed when it is none or out of bounds."""
    text = query.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004
        raise ValidationFailed({name: [_("Write a whole number.")]})
    number = int(text)
    if not least <= number <= most:
        between = _("Write a number from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise ValidationFailed({name: [beyond or between]})
    return number


def _by_cursor(rows: QuerySet[Model], cursor: str, limit: int) -> Listing:
    page = keyset.page_of(rows, ("-id",), {"after": cursor}, size=limit)
    if cursor and page.start <= 1:
        raise ValidationFailed({"cursor": [_("This cursor was not made here. Begin with an empty one.")]})
    return Listing(page.rows, {"limit": limit, "next_cursor": page.next_cursor})
