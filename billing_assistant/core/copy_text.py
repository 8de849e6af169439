"""Values as COPY and arrays read them. What many rows share is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg.adapt import PyFormat, Transformer

ROWS_AT_ONCE: Final = 1_000
NOTHING: Final = "\\N"
_IN_LINES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_IN_ARRAYS: Final = str.maketrans({"\\": "\\\\", '"': '\\"'})


def blocks_of(columns: Sequence[list[Any]]) -> Iterator[str]:
    """The lines of a COPY from its columns, a thousand rows at a time."""
    lines = map("\t".join, zip(*map(_column, columns), strict=True))
    while block := list(islice(lines, ROWS_AT_ONCE)):
        yield "\n".join(block) + "\n"


def array_of(values: Sequence[Any]) -> str:
    """An array of some values, for a parameter that is cast: `%s::uuid[]`."""
    return "{" + ",".join(map(_in_array, values)) + "}"


def _column(values: list[Any]) -> list[str]:
    """The values of a column. The same object is written once: the seller of a thousand invoices, the key of one
    invoice in its three lines."""
    distinct = {id(value): value for value in values}
    if len(distinct) == 1:
        return [_in_line(values[0])] * len(values)
    written = {key: _in_line(value) for key, value in distinct.items()}
    return [written[key] for key in map(id, values)]


def _in_line(value: Any) -> str:
    if value is None:
        return NOTHING
    write = _PLAIN.get(type(value))
    if write is not None:
        return write(value)
    text = _text(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.translate(_IN_LINES)
    return text


def _in_array(value: Any) -> str:
    if value is None:
        return "NULL"
    write = _PLAIN.get(type(value))
    return write(value) if write is not None else f'"{_text(value).translate(_IN_ARRAYS)}"'


def _text(value: Any) -> str:
    """What is no plain value: text, a member of an enum by its value, all else as the driver writes it."""
    if isinstance(value, str):
        return str(value)
    return bytes(Transformer(connection.connection).get_dumper(value, PyFormat.TEXT).dump(value) or b"").decode()


def _uuid(value: UUID) -> str:
    return f"{value.int:032x}"


def _truth(value: bool) -> str:  # noqa: FBT001 -- a value of a column
    return "t" if value else "f"


_PLAIN: Final[dict[type, Callable[[Any], str]]] = {
    UUID: _uuid,
    bool: _truth,
    int: str,
    Decimal: str,
    date: str,
    datetime: str,
    time: str,
}
"""How values are written that need no quoting."""
