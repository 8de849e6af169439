"""Many rows at once: COPY straight from model instances, several times as fast as an INSERT with parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import connection, models
from django.db.models import Model
from django.db.models.options import Options
from psycopg import sql

COPY_FROM: Final = 20
"""From so many rows on a COPY is worth its own round trip of preparation."""

Convert = Callable[[Any], Any]


def rows_insert(rows: Sequence[Model]) -> None:
    """Inserts rows of one model, as they are: defaults are those that the instances have.

    Keys that the database counts are not read back when there are many rows. Raises the errors of an INSERT.
    """
    if not rows:
        return
    model = type(rows[0])
    if len(rows) < COPY_FROM:
        model._default_manager.bulk_create(rows)
        return
    fields = [field for field in model._meta.concrete_fields if not _is_counted(field) and not field.generated]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
    )
    columns = [(str(field.attname), _converter(field)) for field in fields]
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = row.__dict__
            copy.write_row([convert(values[name]) if convert else values[name] for name, convert in columns])


def _is_counted(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField | models.SmallAutoField)


def _converter(field: models.Field[Any, Any]) -> Convert | None:
    """What turns a value of a field into one that the driver writes; None where it is one already."""
    if isinstance(field, models.JSONField):
        return _Json(field)
    if isinstance(field, models.CharField | models.TextField):
        return _text
    if isinstance(
        field,
        models.UUIDField
        | models.DecimalField
        | models.DateField
        | models.TimeField
        | models.BooleanField
        | models.IntegerField
        | models.ForeignKey,
    ):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _text(value: Any) -> str | None:
    """Members of an enum are written by their value."""
    return value if value is None or type(value) is str else str(value)


class _Json:
    """JSON of a column. Rows that share one value share its text: the seller of a thousand invoices is written once."""

    def __init__(self, field: models.JSONField[Any, Any]) -> None:
        self._encoder = field.encoder
        self._last: tuple[Any, str] | None = None

    def __call__(self, value: Any) -> str | None:
        if value is None:
            return None
        if self._last is None or self._last[0] is not value:
            self._last = value, json.dumps(value, cls=self._encoder)
        return self._last[1]


def rows_update(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Writes some fields of many rows of one model in one statement, found by their keys."""
    if not rows:
        return
    meta = type(rows[0])._meta
    name = connection.ops.quote_name
    changed = [_column(meta, one) for one in fields]
    given = [_column(meta, meta.pk.name), *changed]
    table, key = name(meta.db_table), name(str(meta.pk.column))
    sets = ", ".join(f"{name(str(field.column))} = given.{name(str(field.column))}" for field in changed)
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in given)
    names = ", ".join(name(str(field.column)) for field in given)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS given ({names}) WHERE {table}.{key} = given.{key}",  # noqa: S608 -- names of the model
            [[_plain(field, getattr(row, str(field.attname))) for row in rows] for field in given],
        )


def _column(meta: Options[Any], name: str) -> models.Field[Any, Any]:
    field = meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is no column of {meta.label}.")
    return field


def _plain(field: models.Field[Any, Any], value: Any) -> Any:
    prepared = field.get_db_prep_save(value, connection)
    return _text(prepared) if isinstance(prepared, str) else prepared


def _type(field: models.Field[Any, Any]) -> str:
    """The type of a column without its length: an array of it casts what it is given."""
    kind = field.rel_db_type(connection) if isinstance(field, models.ForeignKey) else field.db_type(connection)
    return str(kind).split("(")[0]
