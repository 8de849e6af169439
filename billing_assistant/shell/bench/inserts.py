"""INSERT … SELECT into the table of a model: what is not named gets the default that the model gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model


def insert(model: type[Model], values: Mapping[str, str], source: str, params: Mapping[str, Any]) -> None:
    """Inserts a row for each row of `source` (what follows FROM). `values` are SQL expressions by column."""
    columns, expressions, given = [], [], dict(params)
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if column in values:
            expressions.append(values[column])
        elif field.generated or (field.primary_key and not field.has_default()):
            continue
        else:
            name = f"default_{column}"
            given[name] = field.get_db_prep_save(field.get_default(), connection)
            expressions.append(f"%({name})s::{field.db_type(connection)}")
        columns.append(f'"{column}"')
    unknown = set(values) - {field.column for field in model._meta.concrete_fields}
    if unknown:
        raise ValueError(f"{model.__name__} has no column {', '.join(sorted(unknown))}.")
    table, names, what = model._meta.db_table, ", ".join(columns), ", ".join(expressions)
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {what} FROM {source}', given)  # noqa: S608 -- constants


@contextmanager
def indexes_built_afterwards(models: Sequence[type[Model]]) -> Iterator[None]:
    """Takes the plain indexes of tables away, and makes them anew when the block has filled the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY(%s) "
            "AND indexname NOT IN (SELECT conname FROM pg_constraint) AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
            [[model._meta.db_table for model in models]],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")
