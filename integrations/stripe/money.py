"""Amounts as Stripe counts them: its own exponents, which are not all ISO's (UGX and ISK have two, MGA has none)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.errors import InvalidAmount
from billing_assistant.core.money import Money, is_quantized

NO_DECIMALS: Final = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
THREE_DECIMALS: Final = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def exponent_of(currency: str) -> int:
    """How many decimals Stripe has for a currency."""
    if currency in NO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def to_units(money: Money) -> int:
    """KES 52,200.00 is 5220000; UGX 500 is 50000. Raises InvalidAmount for what Stripe cannot express."""
    units = money.amount.scaleb(exponent_of(money.currency))
    if not is_quantized(money.amount, money.currency) or units != units.to_integral_value():
        raise InvalidAmount(_("Stripe cannot take this amount: it has too many decimals."))
    return int(units)


def from_units(units: object, currency: object) -> Money:
    """The amount that Stripe means. Raises InvalidAmount."""
    if isinstance(units, bool) or not isinstance(units, int) or not isinstance(currency, str):
        raise InvalidAmount(_("A gateway counts in whole minor units."))
    code = currency.upper()
    money = Money(Decimal(units).scaleb(-exponent_of(code)), code)
    if not is_quantized(money.amount, code):
        raise InvalidAmount(_("A gateway counts in whole minor units."))
    return money
