"""Searches in tables with a million rows.

Asked for the first rows in an order that fit one condition or another, the server walks the index of the order and
looks at every row. That is right where much fits, and reads the whole table where little does. So it is asked first how
much fits, each condition by its own index and no further than a bound.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Final, TypeVar

from django.db.models import BooleanField, Func, Model, Q, QuerySet, Value
from django.db.models.functions import Upper

FEW: Final = 10_000
NAMED: Final = 200

M = TypeVar("M", bound=Model)


class _StartsWith(Func):
    """As LIKE with a text before the %, but not with the index of parts, which the planner takes for cheap."""

    function = "starts_with"
    output_field = BooleanField()


def matching_any(rows: QuerySet[M], *ways: Q) -> QuerySet[M]:
    """The rows that fit any of some conditions, each of which an index serves. Up to 200 are named one by one, so that
    what is asked of them later searches no more. One or two small queries here, one later."""
    plain = _plain(rows)
    matches = [plain.filter(way).values("pk")[: FEW + 1] for way in ways]
    found = matches[0].union(*matches[1:], all=True) if len(matches) > 1 else matches[0]
    named = [row["pk"] for row in found[: NAMED + 1]]
    if len(named) <= NAMED:
        return rows.filter(pk__in=named)
    if found.count() <= FEW:
        return rows.filter(pk__in=found)
    return rows.filter(reduce(or_, ways))


def number_like(rows: QuerySet[M], text: str) -> Q:
    """Whose number begins with a text; where none does, whose number has it within. Numbers are much alike, so that
    parts of them say little to an index of parts: a whole number, or the beginning of some, is found without it."""
    begins = Q(_StartsWith(Upper("number"), Upper(Value(text))))
    return begins if _plain(rows).filter(begins).exists() else Q(number__icontains=text)


def count_up_to(rows: QuerySet[M], most: int = FEW) -> int:
    """How many rows there are, counted no further than one more than `most`."""
    return rows.order_by()[: most + 1].count()


def _plain(rows: QuerySet[M]) -> QuerySet[M]:
    return rows.order_by().select_related(None).prefetch_related(None)
