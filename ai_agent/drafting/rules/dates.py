"""Calendar dates as people type them (section 7 of the drafting rules)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

_MONTHS: Final = (
    "january jan januari",
    "february feb februari",
    "march mar machi",
    "april apr aprili",
    "may mei",
    "june jun juni",
    "july jul julai",
    "august aug agosti",
    "september sept sep septemba",
    "october oct oktoba",
    "november nov novemba",
    "december dec desemba",
)
MONTHS: Final[dict[str, int]] = {name: at for at, names in enumerate(_MONTHS, start=1) for name in names.split()}
_WEEKDAYS: Final = (
    "monday mon jumatatu",
    "tuesday tue tues jumanne",
    "wednesday wed weds jumatano",
    "thursday thu thur thurs alhamisi",
    "friday fri ijumaa",
    "saturday sat jumamosi",
    "sunday sun jumapili",
)
WEEKDAYS: Final[dict[str, int]] = {name: at for at, names in enumerate(_WEEKDAYS) for name in names.split()}

MONTH: Final = r"(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DECEMBER: Final = 12
WEEKDAY: Final = r"(?:" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + r")\b"
_ORDINAL: Final = r"(?:st|nd|rd|th)"
_YEAR: Final = r"(?:,?\s+(?:of\s+)?(?P<{0}>20\d\d)\b)?"

_ISO: Final = r"(?P<iso>20\d\d-\d{1,2}-\d{1,2})\b"
_NUMERIC: Final = r"\b(?P<n1>\d{1,2})(?P<sep>[/.-])(?P<n2>\d{1,2})(?P=sep)(?P<n3>20\d\d|\d\d)\b"
_DAY_MONTH: Final = (
    rf"\b(?P<d1>\d{{1,2}}){_ORDINAL}?\s*(?:of\s+|ya\s+|-)?(?P<m1>{MONTH})" + r"(?:,?[\s-]+(?P<y1>20\d\d)\b)?"
)
_MONTH_DAY: Final = rf"\b(?P<m2>{MONTH})\s*(?P<d2>\d{{1,2}}){_ORDINAL}?\b(?![,.]?\d)" + _YEAR.format("y2")
FULL: Final = rf"(?:{_ISO}|{_NUMERIC}|{_DAY_MONTH}|{_MONTH_DAY})"
FULL_DATE: Final = re.compile(FULL, re.IGNORECASE)
SHORT_NUMERIC: Final = r"\d{1,2}/\d{1,2}(?![\d/])"
_SHORT: Final = re.compile(r"\b(?P<n1>\d{1,2})/(?P<n2>\d{1,2})(?![\d/])")

# Without named groups, to be put into larger patterns more than once.
ANY: Final = re.sub(r"\(\?P=sep\)", "[/.-]", re.sub(r"\?P<\w+>", "?:", FULL))


def last_of_month(year: int, month: int) -> date:
    """The last day of a month; a month beyond December goes into the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def make(year: int, month: int, day: int) -> date | None:
    """A date, or None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def coming(month: int, day: int, today: date) -> date | None:
    """The first such day of the year on or after today (29 February may be years away)."""
    for year in range(today.year, today.year + 9):
        candidate = make(year, month, day)
        if candidate is not None and candidate >= today:
            return candidate
    return None


def coming_day(day: int, today: date) -> date | None:
    """The first such day of a month on or after today: "the 20th"."""
    for ahead in range(13):
        month = today.month + ahead
        candidate = make(today.year + (month - 1) // 12, (month - 1) % 12 + 1, day)
        if candidate is not None and candidate >= today:
            return candidate
    return None


def next_weekday(weekday: int, today: date) -> date:
    """The first such day strictly after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def weekday_of_next_week(weekday: int, today: date) -> date:
    """That day of the following week, Monday to Sunday."""
    return today + timedelta(days=7 - today.weekday() + weekday)


def month_number(name: str) -> int:
    return MONTHS[name.lower().rstrip(".")]


def _numeric(first: int, second: int, *, month_first: bool) -> tuple[int, int]:
    """(month, day), in the other order where only that makes a date."""
    month, day = (first, second) if month_first else (second, first)
    return (day, month) if month > _DECEMBER >= day else (month, day)


def parse(text: str, today: date, *, month_first: bool) -> date | None:
    """The first full date in a text. Slashed dates are day first unless `month_first`; no year is the coming one."""
    match = FULL_DATE.search(text)
    if match is None:
        return _parse_short(text, today, month_first=month_first)
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return make(year, month, day)
    if match["n1"]:
        month, day = _numeric(int(match["n1"]), int(match["n2"]), month_first=month_first and match["sep"] == "/")
        return make(int(match["n3"]) % 100 + 2000, month, day)
    month = month_number(match["m1"] or match["m2"])
    day, said_year = int(match["d1"] or match["d2"]), match["y1"] or match["y2"]
    return make(int(said_year), month, day) if said_year else coming(month, day, today)


def _parse_short(text: str, today: date, *, month_first: bool) -> date | None:
    match = _SHORT.search(text)
    if match is None:
        return None
    month, day = _numeric(int(match["n1"]), int(match["n2"]), month_first=month_first)
    return coming(month, day, today)
