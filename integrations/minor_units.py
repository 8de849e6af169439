"""Amounts as gateways count them: whole minor units, by the currency's own exponent (JPY has none)."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from billing_assistant.core.currencies import exponent
from billing_assistant.core.errors import InvalidAmount
from billing_assistant.core.money import Money, is_quantized


def to_minor(money: Money) -> int:
    """KES 52,200.00 is 5220000; JPY 500 is 500. Raises InvalidAmount for parts of a minor unit."""
    if not is_quantized(money.amount, money.currency):
        raise InvalidAmount(_("An amount with parts of a minor unit cannot be sent to a gateway."))
    return int(money.amount.scaleb(exponent(money.currency)))


def from_minor(units: int, currency: str) -> Money:
    """The amount that a gateway means."""
    if isinstance(units, bool) or not isinstance(units, int):
        raise InvalidAmount(_("A gateway counts in whole minor units."))
    return Money(Decimal(units).scaleb(-exponent(currency)), currency)
