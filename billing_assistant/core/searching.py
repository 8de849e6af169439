"""Searches in tables with a million rows.

Asked for the first rows in an order that fit one condition or another, the server walks the index of the order and
looks at every row. That is right where much fits, and reads the whole table where little does. So it is asked first how
much fits, each condition by its own index and no further than a bound.

Where much fits it may still lie together at the end of the walk: the numbers of an old year in a list with the newest
first. `in_order` therefore walks a bound of rows and, when the page is not full then, sorts the keys of all that fits.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, Final, TypeGuard, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat, Upper
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND

FEW: Final = 10_000
NAMED: Final = 200
LAST: Final = chr(0x10FFFF)
"""Sorts behind every character that a number can have."""
NEAR: Final = 40
"""How many rows are walked for each that is wanted, before all that fit are sorted."""
_NEAR_OR_FAR: Final = """
    WITH near (key, fits) AS MATERIALIZED ({near}),
        hits AS MATERIALIZED (SELECT key FROM near WHERE fits LIMIT %s OFFSET %s)
    SELECT false, key FROM hits
    UNION ALL SELECT true, key FROM ({far}) AS far (key) WHERE (SELECT count(*) FROM hits) < %s
"""
"""The second part is not even begun when the first rows hold what is wanted."""

M = TypeVar("M", bound=Model)


class _AtLeast(Func):
    """Not before a text, byte by byte: what an index of beginnings answers whole, while of LIKE it leaves each row to
    be looked at again, and the planner may take the index of parts for cheaper."""

    template = "(%(expressions)s)"
    arg_joiner = " ~>=~ "
    output_field = BooleanField()


class _Before(_AtLeast):
    """Before a text, byte by byte."""

    arg_joiner = " ~<~ "


class _Sought(ExpressionWrapper[Q]):
    """A condition of which it is known that much fits, so that `in_order` can tell it from what else narrows rows."""

    def __init__(self, way: Q) -> None:
        super().__init__(way, output_field=BooleanField())
        self.way = way


def matching_any(rows: QuerySet[M], *ways: Q) -> QuerySet[M]:
    """The rows that fit any of some conditions, each of which an index serves. Up to 200 are named one by one, so that
    what is asked of them later searches no more. Few small queries here, one later; pages are read with `in_order`."""
    plain = _plain(rows)
    matches = [plain.filter(way).values("pk")[: FEW + 1] for way in ways]
    found = matches[0].union(*matches[1:], all=True) if len(matches) > 1 else matches[0]
    named = [row["pk"] for row in found[: NAMED + 1]]
    if len(named) <= NAMED:
        return rows.filter(pk__in=named)
    useful = [way for way in ways if plain.filter(way).exists()] if len(ways) > 1 else ways
    if len(useful) > 1 and found.count() <= FEW:
        return rows.filter(pk__in=found)
    return rows.filter(_Sought(reduce(or_, useful)))


def in_order(rows: QuerySet[M], limit: int, *, skip: int = 0) -> list[M]:
    """So many ordered rows after so many. What is skipped is walked by its keys alone, not read and joined; what was
    sought is found also where it lies far from the beginning of the order. One query, with these two."""
    sought = _sought(rows)
    if sought is None and not skip:
        return list(rows[:limit])
    keys = _plain(rows, ordered=True).values_list("pk", flat=True)
    if sought is None:
        return list(rows.filter(pk__in=list(keys[skip : skip + limit])))
    return list(rows.filter(pk__in=_sought_keys(keys, sought, limit, skip)))


def _sought_keys(keys: QuerySet[Any, Any], sought: _Sought, limit: int, skip: int) -> list[Any]:
    """A part of the keys: of the first rows, if they hold it, else of all that fit, sorted."""
    first, *rest = keys.query.order_by
    near = _all_but_sought(keys).values_list("pk", _Sought(sought.way))[: NEAR * limit + 2 * skip]
    far = keys.order_by(_without_index(str(first)), *rest)[skip : skip + limit]
    try:
        (near_sql, near_values), (far_sql, far_values) = near.query.sql_with_params(), far.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        sql = _NEAR_OR_FAR.format(near=near_sql, far=far_sql)
        cursor.execute(sql, [*near_values, limit, skip, *far_values, limit])
        found = cursor.fetchall()
    is_far = any(far for far, _ in found)
    return [key for far, key in found if far == is_far]


def number_like(rows: QuerySet[M], text: str) -> Q:
    """Whose number begins with a text; where none does, whose number has it within. Numbers are much alike, so that
    parts of them say little to an index of parts: a whole number, or the beginning of some, is found without it."""
    first, beyond = Upper(Value(text)), Concat(Upper(Value(text)), Value(LAST), output_field=TextField())
    begins = Q(_AtLeast(Upper("number"), first)) & Q(_Before(Upper("number"), beyond))
    return begins if _plain(rows).filter(begins).exists() else Q(number__icontains=text)


def count_up_to(rows: QuerySet[M], most: int = FEW) -> int:
    """How many rows there are, counted no further than one more than `most`."""
    return rows.order_by()[: most + 1].count()


def _plain(rows: QuerySet[M], *, ordered: bool = False) -> QuerySet[M]:
    plain = rows.select_related(None).prefetch_related(None)
    return plain if ordered else plain.order_by()


def _sought(rows: QuerySet[Any]) -> _Sought | None:
    """The condition of which much fits; None when the rows were not sought so."""
    where = rows.query.where
    if where.connector != AND or where.negated:
        return None
    return next((part.lhs for part in where.children if _is_sought(part)), None)


def _is_sought(part: Any) -> TypeGuard[Exact[Any]]:
    return isinstance(part, Exact) and isinstance(part.lhs, _Sought)


def _all_but_sought(rows: QuerySet[M]) -> QuerySet[M]:
    wider = rows.all()
    wider.query.where.children = [part for part in wider.query.where.children if not _is_sought(part)]
    return wider


def _without_index(name: str) -> Any:
    """The same order in words that no index has, so that the server sorts what fits instead of walking all there is."""
    field = name.removeprefix("-")
    same = Coalesce(F(field), F(field))
    return same.desc() if name.startswith("-") else same.asc()
