"""Amounts, counts, days and texts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django import template
from django.conf import settings
from django.template import Context
from django.template.defaultfilters import stringfilter, truncatechars
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from billing_assistant.core import clock
from billing_assistant.core.money import Money
from billing_assistant.core.ui import formats
from billing_assistant.core.ui.tones import tone_of

register = template.Library()
LONG_FIGURE: Final = 11
"""Signs of an amount that fit beside its currency in a narrow box: 999,999.99 does, 1,234,567.89 does not."""


def _pair(amount: Any, currency: str) -> tuple[Decimal | None, str]:
    if isinstance(amount, Money):
        return amount.amount, amount.currency
    return (Decimal(amount) if isinstance(amount, int) else amount), currency


@register.simple_tag
def money(amount: Any, currency: str = "", *, signed: bool = False, tone: str = "", size: str = "") -> SafeString:
    """An amount with its currency code small before it, in figures of equal width. None is a dash."""
    value, code = _pair(amount, currency)
    if value is None or not code:
        return format_html('<span class="money money-none">{}</span>', formats.NONE)
    figure = formats.amount_text(value, code, signed=signed)
    before = _before_amount(code, tone, size, is_long=len(figure) > LONG_FIGURE)
    return SafeString(f"{before}{escape(figure)}</span>")


@lru_cache(maxsize=512)
def _before_amount(code: str, tone: str, size: str, *, is_long: bool) -> SafeString:
    """A list shows a hundred amounts in few currencies."""
    css = "money" + (f" text-tone-{tone_of(tone)}" if tone else "") + (f" money-{size}" if size else "")
    css += " money-long" if is_long else ""
    return format_html('<span class="{}"><span class="money-code">{}</span> ', css, code)


@register.filter(is_safe=True)
@stringfilter
def shortened(text: str, longest: int) -> str:
    """As `truncatechars`, which counts each sign; most texts of a list are short."""
    return text if len(text) <= longest else truncatechars(text, longest)


@register.filter
def known_words(text: str) -> str:
    """A text that was kept in English, in the reader's language where it is one of ours."""
    return gettext(text) if text else ""


@register.simple_tag
def money_value(amount: Any, currency: str = "", *, signed: bool = False) -> str:
    """An amount as plain text without its code: "52,200.00"."""
    value, code = _pair(amount, currency)
    return formats.amount_text(value, code, signed=signed) if code else formats.NONE


@register.simple_tag
def number(value: Any) -> str:
    """A count or a quantity, grouped: "1,250"."""
    return formats.NONE if value is None else formats.number_text(value)


def _zone(context: Context, zone: str) -> str:
    profile = context.get("profile") or context.get("current_profile")
    return zone or getattr(profile, "time_zone", "") or settings.TIME_ZONE


@register.simple_tag(takes_context=True)
def date_of(context: Context, value: Any, *, relative: bool = False, time: bool = False, zone: str = "") -> SafeString:
    """A date or moment in the profile's zone; everything that is known is in its title."""
    if not isinstance(value, date):
        return format_html('<span class="money-none">{}</span>', formats.NONE)
    if not isinstance(value, datetime) and not relative:
        return _day(value, get_language() or "en")
    place, now = _zone(context, zone), clock.now()
    if isinstance(value, datetime):
        day = formats.local(value, place).date()
        told = formats.relative_moment(value, now, place) if relative else formats.day_text(day)
        text = formats.moment_text(value, place) if time and not relative else told
    else:
        text = formats.relative_day(value, clock.local_date(now, place))
    return _when(value, formats.full_text(value, place), text)


@lru_cache(maxsize=2_048)
def _day(day: date, language: str) -> SafeString:
    """The rows of a list have few different days."""
    return _when(day, formats.full_text(day, settings.TIME_ZONE, language), formats.day_text(day, language))


def _when(value: date | datetime, title: str, text: str) -> SafeString:
    return format_html('<time class="when" datetime="{}" title="{}">{}</time>', value.isoformat(), title, text)
