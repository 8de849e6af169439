"""Pages of a long list by key, not by offset: page 2,000 costs what page 1 costs, and rows that arrive do not shift it.

A cursor is a signed text with the values of the ordering at an edge of the page. A cursor that was not made here, or
was made for another ordering, leads to the first page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet

PAGE: Final = 50
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
    after = _open(query.get("after", ""), order)
    before = None if after else _open(query.get("before", ""), order)
    edge = after or before
    backward = before is not None
    direction = [_turned(name) for name in order] if backward else list(order)
    found = rows.order_by(*direction)
    if edge is not None:
        found = found.filter(_beyond(direction, edge.values))
    taken = list(found[: size + 1])
    more, taken = len(taken) > size, taken[:size]
    if not taken and edge is not None:
        return page_of(rows, order, {}, size=size)
    if backward:
        taken.reverse()
    start = _start(edge, backward=backward, length=len(taken))
    if backward and (not more or start <= 1):
        start = 1
    return Page(
        rows=taken,
        start=start if taken else 0,
        next_cursor=_cursor(order, taken[-1], start + len(taken)) if taken and (backward or more) else "",
        previous_cursor=_cursor(order, taken[0], start) if taken and (more if backward else after is not None) else "",
    )


@dataclass(frozen=True, slots=True)
class _Edge:
    values: Sequence[Any]
    position: int


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


def _cursor(order: Sequence[str], row: Model, position: int) -> str:
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
