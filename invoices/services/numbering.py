"""Gapless numbers: taken only at issue, from a locked counter row, in the transaction of the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import TextField
from django.utils.translation import gettext as _

from billing_assistant.core.bulk import rows_update
from billing_assistant.core.errors import NotFound
from billing_assistant.core.prepared import Given, Prepared
from invoices.errors import IssueDateRefused
from invoices.locks import counter_lock
from invoices.models import NumberSeries
from invoices.services.drafted import Drafted
from invoices.states import InvoiceKind

_DEFAULT: Final = Prepared(
    lambda: NumberSeries.objects.filter(
        profile_id=Given("profile_id"), kind=Given("kind", TextField()), is_default=True
    ).order_by()
)


@dataclass(frozen=True, slots=True)
class TakenNumber:
    """A number of a series, and the date that goes with it."""

    series: NumberSeries
    year: int
    sequence: int
    number: str
    issued_on: date


def series_default(profile_id: UUID, kind: InvoiceKind) -> NumberSeries:
    """The series that a profile uses for a kind of document. Raises NotFound when the profile has none."""
    series = _DEFAULT.row(profile_id=profile_id, kind=kind.value)
    if series is None:
        raise NotFound(_("This business profile has no number series yet. An administrator adds one in Settings."))
    return series


def series_of_drafts(drafts: Sequence[Drafted]) -> dict[UUID, NumberSeries]:
    """The series of each draft, by the draft's id: the one that it names, else the default of its profile."""
    named = NumberSeries.objects.in_bulk({draft.series_id for draft in drafts if draft.series_id})
    unnamed = {draft.profile_id for draft in drafts if not draft.series_id}
    defaults = {profile_id: series_default(profile_id, InvoiceKind.INVOICE) for profile_id in unnamed}
    return {draft.pk: named[draft.series_id] if draft.series_id else defaults[draft.profile_id] for draft in drafts}


def numbers_take(*, series: NumberSeries, dates: list[date], strict: bool = False) -> list[TakenNumber]:
    """Takes one number a date, in the order of the dates, holding the counter until the transaction ends.

    Within a year a later number never has an earlier date: a date before the last one is moved up to it, or refused
    with IssueDateRefused when `strict` (the person chose the date).
    """
    taken: dict[int, TakenNumber] = {}
    for year in sorted({day.year for day in dates}):
        positions = sorted((i for i, day in enumerate(dates) if day.year == year), key=lambda i: (dates[i], i))
        taken |= dict(zip(positions, _take_year(series, year, [dates[i] for i in positions], strict), strict=True))
    return [taken[index] for index in range(len(dates))]


def _take_year(series: NumberSeries, year: int, dates: list[date], strict: bool) -> list[TakenNumber]:  # noqa: FBT001
    counter_year = year if series.restarts_yearly else 0
    counter = counter_lock(series, counter_year)
    last = counter.last_issued_on
    if last is not None and dates[0] < last:
        if strict or last.year != year:
            raise IssueDateRefused(dates[0], last)
        dates = [max(day, last) for day in dates]
    first = counter.last_number + 1
    counter.last_number += len(dates)
    counter.last_issued_on = dates[-1]
    rows_update([counter], ["last_number", "last_issued_on"])
    return [
        TakenNumber(series, counter_year, sequence, series.number(year=year, sequence=sequence), day)
        for sequence, day in enumerate(dates, start=first)
    ]
