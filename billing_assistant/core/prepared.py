"""Queries whose SQL is put together once: the few that every payment and every issue sends.

A queryset writes its SQL anew whenever it is read, and for a wide table that takes several times as long as its answer.
What differs from one reading to the next stands in it as `Given("name")`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from billing_assistant.core.instances import row_stored

Row = TypeVar("Row", bound=models.Model)


class PreparedCursor(ServerBindingCursor):
    """Tells Django's log of queries which statement it sent, when the server has it already as well."""

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        self._query = super()._convert_query(query, params)  # type: ignore[misc] # of the driver
        return self._query


def prepared_cursor() -> CursorWrapper:
    """A cursor whose statements the server keeps ready, plan and all, when they come again on the connection.

    It sends values apart from the text, so that the server has to know their types: `%s::uuid[]`, not `%s`.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = PreparedCursor(connection.connection)  # type: ignore[call-arg] # the driver's
    made: CursorWrapper = connection._prepare_cursor(cursor)  # type: ignore[attr-defined] # logged and wrapped as any
    return made


class Given(models.Expression):
    """A value that is named in a prepared query and given when it is read, of the kind that the driver writes."""

    def __init__(self, name: str, output_field: models.Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field or models.UUIDField())
        self.name: Final = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class _Among(models.Lookup[Any]):
    """The value is in a list that comes as one parameter, so that the text is the same for every length."""

    lookup_name = "among"

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = compiler.compile(self.rhs)
        return f"{left} = ANY({right})", (*left_params, *right_params)


def one_of(field: str, name: str) -> _Among:
    """A condition: the key is among those given, a list."""
    return _Among(models.F(field), Given(name, ArrayField(models.UUIDField())))


class Prepared(Generic[Row]):
    """A query of rows of one model, with what `select_related` brings along; for a module's level.

    `write` makes the queryset when it is read for the first time.
    """

    def __init__(self, write: Callable[[], models.QuerySet[Row]]) -> None:
        self._write: Final = write

    def rows(self, **given: Any) -> list[Row]:
        """The rows for the values that are given by name, read now. A query that locks has to be in a transaction."""
        return self._text.read(given)

    def row(self, **given: Any) -> Row | None:
        """The row of a query that finds one at most, or None."""
        return next(iter(self.rows(**given)), None)

    @cached_property
    def _text(self) -> _Text[Row]:
        return _Text(self._write())


class _Text(Generic[Row]):
    """What Django works out of a queryset before it sends it."""

    def __init__(self, queryset: models.QuerySet[Row]) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        self._model, self._locks = queryset.model, queryset.query.select_for_update
        self._sql, self._params = compiler.as_sql()
        chosen = [column for column, _, _ in compiler.select]
        start, *_, last = compiler.klass_info["select_fields"]
        self._own: Final = slice(start, last + 1)
        self._names: Final = [column.target.attname for column in chosen[self._own]]
        self._related = get_related_populators(compiler.klass_info, compiler.select, connection.alias)  # type: ignore[call-arg] # stubs of a later Django
        self._converters = list(compiler.get_converters(chosen).items())

    def read(self, given: dict[str, Any]) -> list[Row]:
        if self._locks and not connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked inside a transaction.")
        params = [given[each.name] if isinstance(each, Given) else each for each in self._params]
        with prepared_cursor() as cursor:
            cursor.execute(self._sql, params)
            return [self._made(columns) for columns in cursor.fetchall()]

    def _made(self, columns: Sequence[Any]) -> Row:
        if self._converters:
            columns = list(columns)
            for place, (converters, column) in self._converters:
                for convert in converters:
                    columns[place] = convert(columns[place], column, connection)
        made = row_stored(self._model, zip(self._names, columns[self._own], strict=True))
        for each in self._related:
            each.populate(columns, made)
        return made
