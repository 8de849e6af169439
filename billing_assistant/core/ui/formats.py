"""Money, dates and counts as people read them, in the language of the page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone
from babel.numbers import format_decimal
from django.utils.translation import get_language, gettext

from billing_assistant.core.currencies import exponent
from billing_assistant.core.money import quantize

NONE = "—"
MINUS = "\N{MINUS SIGN}"
_DAY = "d MMM y"
_RELATIVE_DAYS = 45


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
    return format_datetime(local(moment, zone), f"{_DAY}, HH:mm", tzinfo=get_timezone(zone), locale=locale_of(language))


def full_text(value: date | datetime, zone: str, language: str | None = None) -> str:
    """Everything that is known, for a hover: "Thursday, 20 November 2025, 14:05 (East Africa Time)"."""
    locale = locale_of(language)
    if isinstance(value, datetime):
        return format_datetime(
            local(value, zone), "EEEE, d MMMM y, HH:mm (zzzz)", tzinfo=get_timezone(zone), locale=locale
        )
    return _day_as(value, "EEEE, d MMMM y", language or get_language() or "en")


def relative_day(day: date, today: date, language: str | None = None) -> str:
    """A day as told from today: "today", "tomorrow", "in 3 days", "12 days ago"; a date when it is far off."""
    days = (day - today).days
    near = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if days in near:
        return near[days]
    if abs(days) > _RELATIVE_DAYS:
        return day_text(day, language)
    return format_timedelta(
        timedelta(days=days),
        granularity="day",
        threshold=_RELATIVE_DAYS,
        add_direction=True,
        locale=locale_of(language),
    )


def relative_moment(moment: datetime, now: datetime, zone: str, language: str | None = None) -> str:
    """A moment as told from now: "5 minutes ago", "in 2 hours"; by days when it is another day."""
    gap = moment - now
    if abs(gap) < timedelta(minutes=1):
        return gettext("just now")
    if abs(gap) < timedelta(hours=12):
        return format_timedelta(gap, add_direction=True, locale=locale_of(language))
    return relative_day(local(moment, zone).date(), local(now, zone).date(), language)
