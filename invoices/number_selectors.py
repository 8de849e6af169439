"""The gap report: what each number series gave out in each year, in one query over any number of documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection

from billing_assistant.core.actors import Actor
from billing_assistant.core.rights import Right
from invoices.models import NumberSeries
from invoices.states import InvoiceKind

SHOWN_GAPS: Final = 50

_NUMBERS: Final = """
WITH series AS (
    SELECT series.id, series.code, series.kind, series.in_gap_report, counter.year, counter.last_number
    FROM invoices_numberseries series
    JOIN invoices_seriescounter counter ON counter.series_id = series.id AND counter.last_number > 0
    WHERE series.profile_id = %(profile)s AND (%(series)s::uuid IS NULL OR series.id = %(series)s)
), numbered AS (
    SELECT document.series_id, document.series_year, document.sequence, document.issued_on,
        document.state = 'void' AS is_void, LAG(document.sequence, 1, 0::bigint) OVER ordered AS before,
        LAG(document.issued_on) OVER ordered AS date_before
    FROM invoices_invoice document
    WHERE document.series_id IN (SELECT id FROM series)
    WINDOW ordered AS (PARTITION BY document.series_id, document.series_year ORDER BY document.sequence)
), counted AS (
    SELECT series_id, series_year, MIN(sequence) AS first, MAX(sequence) AS last, COUNT(*) AS documents,
        MIN(issued_on) AS first_on, MAX(issued_on) AS last_on, COUNT(*) FILTER (WHERE is_void) AS voids,
        COUNT(*) FILTER (WHERE issued_on < date_before) AS out_of_order,
        SUM(sequence - before - 1) AS missing,
        (ARRAY_AGG(ARRAY[before + 1, sequence - 1] ORDER BY sequence) FILTER (WHERE sequence > before + 1))
            [1:%(gaps)s] AS gaps
    FROM numbered GROUP BY series_id, series_year
)
SELECT series.id, series.code, series.kind, series.in_gap_report, series.year, counted.first, counted.last,
    series.last_number, COALESCE(counted.documents, 0), counted.first_on, counted.last_on,
    COALESCE(counted.voids, 0), COALESCE(counted.out_of_order, 0),
    (COALESCE(counted.missing, 0) + series.last_number - COALESCE(counted.last, 0))::bigint,
    COALESCE(counted.gaps, ARRAY[]::bigint[])
FROM series
LEFT JOIN counted ON counted.series_id = series.id AND counted.series_year = series.year
ORDER BY series.in_gap_report DESC, series.kind DESC, series.code, series.year DESC
"""


@dataclass(frozen=True, slots=True)
class SeriesYear:
    """A series in a year (0: it never starts again). `gaps` are the first and last missing number of the first fifty
    gaps, `missing` counts all; `out_of_order` documents are dated before the number before them."""

    series_id: UUID
    code: str
    kind: InvoiceKind
    in_gap_report: bool
    year: int
    first: int | None
    last: int | None
    given_out: int
    documents: int
    first_on: date | None
    last_on: date | None
    voids: int
    out_of_order: int
    missing: int
    gaps: Sequence[tuple[int, int]]

    @property
    def holds(self) -> bool:
        return not self.missing and not self.out_of_order


def numbers_report(actor: Actor, *, profile_id: UUID) -> list[SeriesYear]:
    """Every series and year of a profile that gave out a number; series of imports come last.

    Raises PermissionRefused, NotFound.
    """
    actor.require(Right.REPORTS_VIEW)
    actor.require_profile(profile_id)
    return _read(profile_id, None)


def number_gaps(series: NumberSeries) -> list[tuple[int, int]]:
    """(year, how many numbers are missing) of a series where some are: empty, or something is wrong."""
    return [(row.year, row.missing) for row in _read(series.profile_id, series.pk) if row.missing]


def _read(profile_id: UUID, series_id: UUID | None) -> list[SeriesYear]:
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, {"profile": profile_id, "series": series_id, "gaps": SHOWN_GAPS})
        rows = cursor.fetchall()
    return [_series_year(row) for row in rows]


def _series_year(row: tuple[Any, ...]) -> SeriesYear:
    """A row of the query; the columns stand in the order of the fields."""
    series_id, code, kind, *figures, gaps = row
    values: list[Any] = [series_id, code, InvoiceKind(kind), *figures, tuple((first, last) for first, last in gaps)]
    return SeriesYear(*values)
