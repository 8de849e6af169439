"""Pages of a long list by key, not by offset: page 2,000 costs what page 1 costs, and rows that arrive do not shift it.

A cursor is a signed text with the values of the ordering at an edge of the page. A cursor that was not made here, or
was made for another ordering, leads to the first page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet

from billing_assistant.core.searching import in_order

PAGE: Final = 25
_SALT: Final = "core.keyset"
_KINDS: Final[Mapping[str, Callable[[str], Any]]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "decimal": Decimal,
    "uuid": UUID,
}

T = TypeVar("T", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows, its place ("51–100 of many") and the cursors of its neighbours."""

    rows: Sequence[T]
    start: int
    next_cursor: str = ""
    previous_cursor: str = ""
    count: int | None = None
    size: int = PAGE
    sizes: Sequence[int] = ()
    """The lengths that a person may choose from, where they may."""

    @property
    def end(self) -> int:
        return self.start + len(self.rows) - 1 if self.rows else 0

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(rows: QuerySet[T], order: Sequence[str], query: Mapping[str, str], *, size: int = PAGE) -> Page[T]:
    """The page that ?after= or ?before= of a query asks for, else the first.

    `order` names fields or annotations as in order_by(); its last is unique and none of them is ever NULL (use
    Coalesce). One query, whatever the page.
    """
    return page_of_parts([(rows, order)], query, size=size)


def page_of_parts(
    parts: Sequence[tuple[QuerySet[Any], Sequence[str]]], query: Mapping[str, str], *, size: int = PAGE
) -> Page[Any]:
    """A page of several lists, one after the other, as if they were one. At most one query a list.

    Each has an order as in `page_of`; no two have the same, for by it a cursor knows its list.
    """
    after = _place(parts, query.get("after", ""))
    before = None if after else _place(parts, query.get("before", ""))
    place, backward = after or before, before is not None
    taken = _taken(parts, place, backward=backward, limit=size + 1)
    more, taken = len(taken) > size, taken[:size]
    if not taken and place is not None:
        return page_of_parts(parts, {}, size=size)
    if backward:
        taken.reverse()
    start = _start(place, backward=backward, length=len(taken))
    if backward and (not more or start <= 1):
        start = 1
    onward, back = backward or more, more if backward else after is not None
    return Page(
        rows=[row for row, _ in taken],
        start=start if taken else 0,
        next_cursor=_cursor(*taken[-1], start + len(taken)) if taken and onward else "",
        previous_cursor=_cursor(*taken[0], start) if taken and back else "",
        size=size,
    )


@dataclass(frozen=True, slots=True)
class _Edge:
    values: Sequence[Any]
    position: int
    part: int = 0


def _place(parts: Sequence[tuple[QuerySet[Any], Sequence[str]]], text: str) -> _Edge | None:
    """Where a cursor stands: in the list whose order it was made for."""
    for number, (_, order) in enumerate(parts):
        if edge := _open(text, order):
            return replace(edge, part=number)
    return None


def _taken(
    parts: Sequence[tuple[QuerySet[Any], Sequence[str]]], place: _Edge | None, *, backward: bool, limit: int
) -> list[tuple[Any, Sequence[str]]]:
    """Up to `limit` rows beyond a place, each with the order of its list; backward the nearest first."""
    walk = list(enumerate(parts))
    if place is not None:
        walk = walk[place.part :: -1] if backward else walk[place.part :]
    found: list[tuple[Any, Sequence[str]]] = []
    for number, (rows, order) in walk:
        direction = [_turned(name) for name in order] if backward else list(order)
        near = _beyond(direction, place.values) if place is not None and number == place.part else Q()
        found += [(row, order) for row in in_order(rows.filter(near).order_by(*direction), limit - len(found))]
        if len(found) == limit:
            break
    return found


def _start(edge: _Edge | None, *, backward: bool, length: int) -> int:
    if edge is None:
        return 1
    return edge.position - length if backward else edge.position


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows after the values in an ordering. The first part alone lets an index find the place."""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.removeprefix("-")
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    first, value = order[0].removeprefix("-"), values[0]
    return Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": value}) & condition


def _cursor(row: Model, order: Sequence[str], position: int) -> str:
    values = [_packed(_value(row, name.removeprefix("-"))) for name in order]
    return signing.dumps([list(order), values, position], salt=_SALT, compress=False)


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for part in path.split("__"):
        value = getattr(value, part)
    return value


def _packed(value: Any) -> Any:
    match value:
        case datetime() | date():
            return [type(value).__name__, value.isoformat()]
        case Decimal():
            return ["decimal", str(value)]
        case UUID():
            return ["uuid", str(value)]
    return value


def _unpacked(value: Any) -> Any:
    return _KINDS[value[0]](value[1]) if isinstance(value, list) else value


def _open(text: str, order: Sequence[str]) -> _Edge | None:
    if not text:
        return None
    try:
        made_for, values, position = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    if made_for != list(order):
        return None
    return _Edge([_unpacked(value) for value in values], int(position))
