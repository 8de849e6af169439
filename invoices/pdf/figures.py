"""Amounts, quantities and dates as the document writes them: the same figures as on screen, never rounded here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import format_decimal

from billing_assistant.core.currencies import exponent
from billing_assistant.core.money import is_quantized
from billing_assistant.core.ui.formats import amount_text, locale_of, number_text
from invoices.pdf.errors import RenderRefused

MINUS: Final = "\N{MINUS SIGN}"
_MOST_PRICE_DECIMALS: Final = 6


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures in one language and one currency."""

    language: str
    currency: str

    @property
    def locale(self) -> Locale:
        """English without a region is not American: its dates begin with the day."""
        return Locale.parse("en_GB") if self.language == "en" else locale_of(self.language)

    def amount(self, value: Decimal) -> str:
        """ "52,200.00", with the currency's decimals. Raises RenderRefused for an amount with more decimals."""
        if not value.is_finite() or not is_quantized(value, self.currency):
            raise RenderRefused(f"{value} is not an amount in {self.currency}: it would have to be rounded.")
        return amount_text(value, self.currency, language=self.language)

    def taken_off(self, value: Decimal) -> str:
        """An amount that is subtracted, with a real minus: "−1,250.00"."""
        return self.amount(-value)

    def price(self, value: Decimal) -> str:
        """A price of one unit: the currency's decimals, and more where the price has more ("0.0125")."""
        least = exponent(self.currency)
        most = max(least, _MOST_PRICE_DECIMALS)
        pattern = "#,##0." + "0" * least + "#" * (most - least)
        return format_decimal(value, format=pattern, locale=self.locale).replace("-", MINUS)

    def quantity(self, value: Decimal) -> str:
        return number_text(value, self.language)

    def day(self, value: date) -> str:
        """ "20 November 2026"."""
        return format_date(value, "long", locale=self.locale)

    def short_day(self, value: date) -> str:
        """ "20 Nov 2026"."""
        return format_date(value, "medium", locale=self.locale)

    def period(self, first: date | None, last: date | None) -> str:
        """ "1–30 Nov 2026"; a single day when only one is known or both are the same."""
        if first is None or last is None or first == last:
            one = first or last
            return self.short_day(one) if one else ""
        return str(format_interval(first, last, "yMMMd", locale=self.locale))


def unbroken(label: str) -> str:
    """A label in which a figure and its per cent sign stay on one row."""
    return label.replace(" %", "\N{NO-BREAK SPACE}%")
