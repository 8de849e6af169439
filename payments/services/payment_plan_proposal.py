"""Equal instalments at equal distances, as the beginning of an agreement. Pure: no database."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.money import ZERO, Money, minor_unit, split
from billing_assistant.core.states import Status
from invoices.services.instalments import DuePart

MONTHS: Final = 12


class Every(Status):
    """How far instalments lie apart."""

    WEEK = "week", _("Every week"), "neutral", "calendar"
    FORTNIGHT = "fortnight", _("Every two weeks"), "neutral", "calendar"
    MONTH = "month", _("Every month"), "neutral", "calendar"


DAYS: Final = {Every.WEEK: 7, Every.FORTNIGHT: 14}


def proposal(owed: Money, *, parts: int, first: date, every: Every) -> list[DuePart]:
    """An amount in equal parts, to the minor unit, from a day on; fewer where a part would be nothing."""
    most = int(owed.amount / minor_unit(owed.currency))
    shares = split(owed.amount, [ZERO] * max(1, min(parts, most)), owed.currency)
    return [DuePart(_day(first, every, place), share) for place, share in enumerate(shares)]


def _day(first: date, every: Every, steps: int) -> date:
    """So many steps after the first day; months are counted from it, so a 31st survives February."""
    if every is not Every.MONTH:
        return first + timedelta(days=DAYS[every] * steps)
    year, month = divmod(first.year * MONTHS + first.month - 1 + steps, MONTHS)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
