"""Tallies: rows of changes whose sum is a count that nobody has to count.

A model of tallies names the columns that say what is counted (`sort_of`) and those that are added up (`summed`).
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import Model


def tallies_fold(model: type[Model]) -> int:
    """Makes one row of all rows of a sort; returns how many there are then. Readers see the same sums all the while."""
    tallies: Any = model
    keys, sums = ", ".join(tallies.sort_of), ", ".join(tallies.summed)
    added = ", ".join(f"SUM({name})" for name in tallies.summed)
    some = " OR ".join(f"SUM({name}) <> 0" for name in tallies.summed)
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"WITH old AS (DELETE FROM {table} RETURNING *) INSERT INTO {table} ({keys}, {sums}) "  # noqa: S608 -- names of columns
            f"SELECT {keys}, {added} FROM old GROUP BY {keys} HAVING {some}"
        )
        return cursor.rowcount
