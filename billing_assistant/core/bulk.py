"""Rows without model instances: few by one INSERT, many by COPY, several times as fast as an INSERT with parameters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeVar

from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.db.models.options import Options

from billing_assistant.core.copy_text import array_of, blocks_of
from billing_assistant.core.pipelined import is_pipelined
from billing_assistant.core.prepared import prepared_cursor

COPY_FROM: Final = 20
"""From so many rows on a COPY is worth its own round trip of preparation."""
PLAIN_TEXT: Final = frozenset({str, type(None)})
WRITTEN_AS_THEY_ARE: Final = (
    models.UUIDField,
    models.DecimalField,
    models.DateField,
    models.TimeField,
    models.BooleanField,
    models.IntegerField,
    models.ForeignKey,
)
"""Fields whose values the driver writes."""

Row = TypeVar("Row", bound=Model)


def rows_insert(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows that are given by their columns (`invoice_id`, not `invoice`), the same ones in each row; what is
    left out has its default. No model instance is made. Raises the errors of an INSERT.
    """
    if not rows:
        return
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(f"Rows of {model._meta.label} do not name the same columns.")
    write = _copy if _copies(rows) else _insert
    write(model, rows, given=rows[0].keys())


def rows_create(model: type[Row], rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The same, for who goes on with the rows: gives them when they are few; many are not read back: []."""
    if not rows or _copies(rows):
        rows_insert(model, rows)
        return []
    made = [model(**row) for row in rows]
    _few(made, rows, given=rows[0].keys())
    return made


def models_insert(rows: Sequence[Model]) -> None:
    """Inserts model instances as they are, without signals. Keys that the database counts are not read back of many."""
    if not rows:
        return
    model = type(rows[0])
    values, given = [row.__dict__ for row in rows], [field.attname for field in model._meta.concrete_fields]
    if not _copies(rows):
        _few(rows, values, given)
        return
    _copy(model, values, given)
    if not _is_counted(model._meta.pk):
        _mark_stored(rows)


def _copies(rows: Sequence[Any]) -> bool:
    return len(rows) >= COPY_FROM and not is_pipelined()


def _few(rows: Sequence[Model], values: Sequence[Mapping[str, Any]], given: Iterable[str]) -> None:
    """Inserts a few model instances by their values, and gives them the keys that the database counted."""
    model = type(rows[0])
    counted = _is_counted(model._meta.pk)
    keys = _insert(model, values, given, back=counted)
    for row, key in zip(rows, keys, strict=False):
        row.pk = key
    _mark_stored(rows)


def _mark_stored(rows: Iterable[Model]) -> None:
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _insert(
    model: type[Model], rows: Sequence[Mapping[str, Any]], given: Iterable[str], *, back: bool = False
) -> list[Any]:
    """Writes a few rows by one INSERT whose text is put together once; gives their keys when they are asked back."""
    columns = _columns(_written(model), rows, given)
    with _cursor() as cursor:
        cursor.execute(
            _statement(model, len(rows), back=back), [value for row in zip(*columns, strict=True) for value in row]
        )
        return [key for (key,) in cursor.fetchall()] if back else []


def _cursor() -> CursorWrapper:
    """In a transaction the server keeps the statement ready: the few tables of one act are written again and again."""
    return prepared_cursor() if connection.in_atomic_block else connection.cursor()


@cache
def _statement(model: type[Model], rows: int, *, back: bool) -> str:
    name = connection.ops.quote_name
    fields = _written(model)
    names = ", ".join(name(str(field.column)) for field in fields)
    values = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * rows)
    text = f"INSERT INTO {name(model._meta.db_table)} ({names}) VALUES {values}"  # noqa: S608 -- names of the model
    return f"{text} RETURNING {name(str(model._meta.pk.column))}" if back else text


def _copy(model: type[Model], rows: Sequence[Mapping[str, Any]], given: Iterable[str]) -> None:
    """Writes rows column by column made ready, so that what a column needs is decided once."""
    columns = _columns(_written(model), rows, given)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_copy_statement(model)) as copy:
        for block in blocks_of(columns):
            copy.write(block)


@cache
def _copy_statement(model: type[Model]) -> str:
    name = connection.ops.quote_name
    names = ", ".join(name(str(field.column)) for field in _written(model))
    return f"COPY {name(model._meta.db_table)} ({names}) FROM STDIN"


@cache
def _written(model: type[Model]) -> tuple[models.Field[Any, Any], ...]:
    """The columns of a table that the database does not fill by itself."""
    return tuple(field for field in model._meta.concrete_fields if not _is_counted(field) and not field.generated)


def _columns(
    fields: Sequence[models.Field[Any, Any]], rows: Sequence[Mapping[str, Any]], given: Iterable[str]
) -> list[list[Any]]:
    known = frozenset(given)
    return [_given(field, rows) if field.attname in known else _default(field, len(rows)) for field in fields]


def _given(field: models.Field[Any, Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    return _ready(field, list(map(itemgetter(field.attname), rows)))


def _default(field: models.Field[Any, Any], count: int) -> list[Any]:
    if callable(field.default):
        return _ready(field, [field.get_default() for _ in range(count)])
    return _ready(field, [field.get_default()]) * count


def _is_counted(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField | models.SmallAutoField)


def _ready(field: models.Field[Any, Any], values: list[Any]) -> list[Any]:
    """The values of a column as the driver writes them."""
    if isinstance(field, models.JSONField):
        return _json(field, values)
    if isinstance(field, models.CharField | models.TextField):
        return values if set(map(type, values)) <= PLAIN_TEXT else [_text(value) for value in values]
    if isinstance(field, WRITTEN_AS_THEY_ARE):
        return values
    return [field.get_db_prep_save(value, connection) for value in values]


def _text(value: Any) -> str | None:
    """Members of an enum are written by their value."""
    return value if value is None or type(value) is str else str(value)


def _json(field: models.JSONField[Any, Any], values: list[Any]) -> list[str | None]:
    """JSON of a column. Rows that share one value share its text."""
    encode = (field.encoder or json.JSONEncoder)().encode
    written: dict[int, str | None] = {id(None): None}
    for value in values:
        if id(value) not in written:
            written[id(value)] = encode(value)
    return [written[id(value)] for value in values]


def rows_update(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Writes some fields of many rows of one model in one statement, found by their keys."""
    if not rows:
        return
    statement, given = _update(type(rows[0]), tuple(fields))
    with _cursor() as cursor:
        cursor.execute(
            statement, [array_of(_ready(field, list(map(attrgetter(field.attname), rows)))) for field in given]
        )


@cache
def _update(model: type[Model], fields: Sequence[str]) -> tuple[str, Sequence[models.Field[Any, Any]]]:
    """The text of an update, and the columns that it is given."""
    meta = model._meta
    name = connection.ops.quote_name
    changed = [_column(meta, one) for one in fields]
    given = [_column(meta, meta.pk.name), *changed]
    table, key = name(meta.db_table), name(str(meta.pk.column))
    sets = ", ".join(f"{name(str(field.column))} = given.{name(str(field.column))}" for field in changed)
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in given)
    names = ", ".join(name(str(field.column)) for field in given)
    text = f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS given ({names}) WHERE {table}.{key} = given.{key}"  # noqa: S608 -- names of the model
    return text, given


def _column(meta: Options[Any], name: str) -> models.Field[Any, Any]:
    field = meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is no column of {meta.label}.")
    return field


def _type(field: models.Field[Any, Any]) -> str:
    """The type of a column without its length: an array of it casts what it is given."""
    kind = field.rel_db_type(connection) if isinstance(field, models.ForeignKey) else field.db_type(connection)
    return str(kind).split("(")[0]
