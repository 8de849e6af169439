"""Money, dates and counts as people read them, in the language of the page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from babel import Locale
from babel.dates import format_date, format_timedelta, get_timezone, get_timezone_name
from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext

from billing_assistant.core.currencies import exponent
from billing_assistant.core.money import quantize

NONE = "—"
MINUS = "\N{MINUS SIGN}"
_DAY = "d MMM y"
_FULL_DAY = "EEEE, d MMMM y"
_RELATIVE_DAYS = 45
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_NEARLY_AN_HOUR = timedelta(minutes=51)
_MOST_OF_A_UNIT = 1_000
"""More than there are of any unit, so that it is the unit that was asked for."""


def locale_of(language: str | None = None) -> Locale:
    """The Babel locale of a language code, else of the active language."""
    return _locale(language or get_language() or "en")


@lru_cache(maxsize=64)
def _locale(code: str) -> Locale:
    return Locale.parse(code.replace("-", "_"), sep="_")


def _with_minus(text: str) -> str:
    return text.replace("-", MINUS)


def amount_text(amount: Decimal | None, currency: str, *, signed: bool = False, language: str | None = None) -> str:
    """An amount with the currency's decimals, grouped, without the code: "52,200.00", "−1,250", "—" for none."""
    if amount is None:
        return NONE
    text = _grouped(f"{quantize(amount, currency):,.{exponent(currency)}f}", language or get_language() or "en")
    return f"+{text}" if signed and amount > 0 else text


def _grouped(figures: str, language: str) -> str:
    """What Babel makes of an amount, at a tenth of the time: a list shows a hundred of them."""
    return figures.translate(_signs(language))


@lru_cache(maxsize=64)
def _signs(language: str) -> dict[int, str]:
    symbols = locale_of(language).number_symbols["latn"]
    return {ord(","): symbols["group"], ord("."): symbols["decimal"], ord("-"): MINUS}


def money_text(amount: Decimal | None, currency: str, *, signed: bool = False, language: str | None = None) -> str:
    """An amount with its code before it: "KES 52,200.00"."""
    text = amount_text(amount, currency, signed=signed, language=language)
    return text if amount is None else f"{currency}\N{NO-BREAK SPACE}{text}"


def number_text(value: Decimal | int, language: str | None = None) -> str:
    """A count or a quantity, grouped, without trailing zeros: "1,250", "2.5"."""
    if isinstance(value, int):
        return _grouped(f"{value:,}", language or get_language() or "en")
    return _with_minus(format_decimal(value, format="#,##0.######", locale=locale_of(language)))


def local(moment: datetime, zone: str) -> datetime:
    """A moment in a time zone. Moments are aware."""
    return moment.astimezone(get_timezone(zone))


def day_text(day: date, language: str | None = None) -> str:
    """A short date: "20 Nov 2025"."""
    return _day_as(day, _DAY, language or get_language() or "en")


@lru_cache(maxsize=2_048)
def _day_as(day: date, pattern: str, language: str) -> str:
    """The rows of a list have few different days."""
    return format_date(day, pattern, locale=locale_of(language))


def weekday_text(day: date, language: str | None = None) -> str:
    """The name of the day: "Thursday"."""
    return format_date(day, "EEEE", locale=locale_of(language))


def moment_text(moment: datetime, zone: str, language: str | None = None) -> str:
    """A short date and time in a zone: "20 Nov 2025, 14:05"."""
    here = local(moment, zone)
    return f"{day_text(here.date(), language)}, {here:%H:%M}"


def full_text(value: date | datetime, zone: str, language: str | None = None) -> str:
    """Everything that is known, for a hover: "Thursday, 20 November 2025, 14:05 (East Africa Time)"."""
    words = language or get_language() or "en"
    if not isinstance(value, datetime):
        return _day_as(value, _FULL_DAY, words)
    here = local(value, zone)
    return f"{_day_as(here.date(), _FULL_DAY, words)}, {here:%H:%M} ({_zone_name(here, zone, words)})"


_ZONE_NAMES: Final[dict[tuple[str, bool, timedelta | None, str], str]] = {}
"""By zone, whether it is summer time there, the offset and the language."""


def _zone_name(here: datetime, zone: str, language: str) -> str:
    key = (zone, bool(here.dst()), here.utcoffset(), language)
    if key not in _ZONE_NAMES:
        _ZONE_NAMES[key] = get_timezone_name(here, locale=locale_of(language))
    return _ZONE_NAMES[key]


def relative_day(day: date, today: date, language: str | None = None) -> str:
    """A day as told from today: "today", "tomorrow", "in 3 days", "12 days ago"; a date when it is far off."""
    days = (day - today).days
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if days in near:
        return near[days]
    if abs(days) > _RELATIVE_DAYS:
        return day_text(day, language)
    return _away(days, "day", language or get_language() or "en")


@lru_cache(maxsize=512)
def _away(count: int, unit: Literal["minute", "hour", "day"], language: str) -> str:
    """The rows of a list are few different times away."""
    return format_timedelta(
        timedelta(**{f"{unit}s": count}),
        granularity=unit,
        threshold=_MOST_OF_A_UNIT,
        add_direction=True,
        locale=locale_of(language),
    )


def relative_moment(moment: datetime, now: datetime, zone: str, language: str | None = None) -> str:
    """A moment as told from now: "5 minutes ago", "in 2 hours"; by days when it is another day."""
    gap = moment - now
    if abs(gap) < timedelta(minutes=1):
        return gettext("just now")
    if abs(gap) < timedelta(hours=12):
        unit, length = ("hour", _HOUR) if abs(gap) >= _NEARLY_AN_HOUR else ("minute", _MINUTE)
        count = (abs(gap) + length / 2) // length
        return _away(count if gap > timedelta() else -count, unit, language or get_language() or "en")
    return relative_day(local(moment, zone).date(), local(now, zone).date(), language)
