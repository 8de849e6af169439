"""The stretches of time that figures are asked for, each with the one before it to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class PeriodWord(Status):
    QUARTER = "3m", _("Last 3 months"), "neutral", "calendar"
    HALF = "6m", _("Last 6 months"), "neutral", "calendar"
    YEAR = "12m", _("Last 12 months"), "neutral", "calendar"
    TO_DATE = "ytd", _("This year"), "neutral", "calendar"

    @property
    def months(self) -> int:
        """How many calendar months back, the present one among them; 0 for the year to date."""
        return 0 if self is PeriodWord.TO_DATE else int(self.value.removesuffix("m"))


@dataclass(frozen=True, slots=True)
class Period:
    """Local dates, all inclusive: whole months up to today, and as many before them."""

    since: date
    until: date
    before_since: date
    before_until: date

    @property
    def months(self) -> list[date]:
        """The first day of each month, in order."""
        count = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month
        return [_moved(self.since, step) for step in range(count + 1)]


def period_of(word: PeriodWord, today: date) -> Period:
    """A period that ends today. The year to date is laid beside the same days of last year."""
    if word is PeriodWord.TO_DATE:
        first = today.replace(month=1, day=1)
        return Period(first, today, _moved(first, -12), _a_year_before(today))
    since = _moved(today.replace(day=1), 1 - word.months)
    return Period(since, today, _moved(since, -word.months), since - timedelta(days=1))


def _moved(first: date, months: int) -> date:
    """The first day of a month so many months on."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _a_year_before(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)
