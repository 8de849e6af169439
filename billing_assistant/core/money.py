"""Money as a value: an exact decimal amount in one ISO 4217 currency.

The only module that rounds. Rounding is half away from zero, to the currency's minor unit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.currencies import CURRENCIES, exponent
from billing_assistant.core.errors import AmountTooLarge, InvalidAmount, MixedCurrencies

ZERO: Final = Decimal(0)
THOUSANDS_GROUP: Final = 3
LONGEST_TYPED: Final = 40
MAX_AMOUNT: Final = Decimal("999999999999999")

_TYPED = re.compile(r"^(?P<sign>[-−]?)\s*(?P<number>\d[\d.,\s'’_]*|[.,]\d+)\s*(?P<factor>[km]?)$", re.IGNORECASE)
_FACTORS: Final = {"": 1, "k": 1_000, "m": 1_000_000}


@cache
def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01 for KES, 1 for JPY, 0.001 for KWD."""
    return Decimal(1).scaleb(-exponent(currency))


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Rounds half away from zero to the currency's minor unit. Raises InvalidAmount for what has too many digits."""
    return _rounded(amount, minor_unit(currency))


def quantize_places(value: Decimal, places: int) -> Decimal:
    """Rounds a rate or a percentage half away from zero to a number of decimal places."""
    return _rounded(value, Decimal(1).scaleb(-places))


def _rounded(value: Decimal, unit: Decimal) -> Decimal:
    if not value.is_finite():
        raise InvalidAmount(_("This is not an amount."))
    try:
        return value.quantize(unit, rounding=ROUND_HALF_UP)
    except InvalidOperation as error:
        raise AmountTooLarge(_("The amount is too large.")) from error


def is_quantized(amount: Decimal, currency: str) -> bool:
    """Whether an amount has no more decimals than its currency; what is no amount, or too large for one, has not."""
    try:
        return amount == quantize(amount, currency)
    except InvalidAmount:
        return False


def percentage(amount: Decimal, percent: Decimal, currency: str) -> Decimal:
    """`percent` per cent of an amount, rounded once."""
    return quantize(amount * percent / 100, currency)


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Splits an amount by weights, largest remainder first: the parts always sum to the amount.

    Weights are not negative; when all are zero the parts are equal. The amount must be quantised.
    Ties go to the earlier part.
    """
    if not weights:
        raise InvalidAmount(_("An amount cannot be split into no parts."))
    if any(weight < 0 for weight in weights):
        raise InvalidAmount(_("Weights of a split cannot be negative."))
    if not is_quantized(amount, currency):
        raise InvalidAmount(_("Only an amount in whole minor units can be split."))
    shares = list(weights) if any(weights) else [Decimal(1)] * len(weights)
    whole, unit = sum(shares, ZERO), minor_unit(currency)
    exact = [amount * share / whole for share in shares]
    parts = [share.quantize(unit, rounding=ROUND_DOWN) for share in exact]
    missing = int((amount - sum(parts, ZERO)) / unit)
    step = unit if missing >= 0 else -unit
    by_remainder = sorted(range(len(parts)), key=lambda i: (-abs(exact[i] - parts[i]), i))
    for index in by_remainder[: abs(missing)]:
        parts[index] += step
    return parts


def _decimal_text(number: str) -> str:
    """Reads typed separators: the last of two kinds is the decimal one, groups of three are thousands."""
    text = re.sub(r"[\s'’_]", "", number)
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        grouping = "," if point > comma else "."
        return text.replace(grouping, "").replace(",", ".")
    if comma >= 0:
        groups = text.split(",")
        if groups[0] and all(len(group) == THOUSANDS_GROUP for group in groups[1:]):
            return text.replace(",", "")
        return text.replace(",", ".")
    return text


def parse_amount(text: str) -> Decimal:
    """The amount that a person typed: "15,000", "15k", "1.2m", "1.250,50". Raises InvalidAmount."""
    match = _TYPED.match(text.strip()) if len(text) <= LONGEST_TYPED else None
    if match is None:
        raise InvalidAmount(_("“%(text)s” is not an amount. Write it like 15,000 or 15k.") % {"text": text[:40]})
    try:
        value = Decimal(_decimal_text(match["number"])) * _FACTORS[match["factor"].lower()]
    except InvalidOperation as error:
        raise InvalidAmount(
            _("“%(text)s” is not an amount. Write it like 15,000 or 15k.") % {"text": text[:40]}
        ) from error
    if value > MAX_AMOUNT:
        raise AmountTooLarge(_("The amount is too large."))
    return -value if match["sign"] else value


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount in one currency. Arithmetic between currencies raises MixedCurrencies."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise InvalidAmount(_("Money takes a Decimal."))
        if not self.amount.is_finite():
            raise InvalidAmount(_("Money takes a finite amount."))
        if self.currency not in CURRENCIES:
            raise InvalidAmount(_("%(currency)s is not an ISO currency code.") % {"currency": repr(self.currency)})

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(ZERO, currency)

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise MixedCurrencies(self.currency, other.currency)
        return other.amount

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        places = exponent(self.currency)
        sign = "−" if self.amount < 0 else ""
        return f"{self.currency} {sign}{abs(self.quantized().amount):,.{places}f}"

    def quantized(self) -> Money:
        """Rounded half away from zero to the minor unit."""
        return Money(quantize(self.amount, self.currency), self.currency)

    def split(self, weights: Sequence[Decimal]) -> list[Money]:
        """Parts by weight that sum to this amount exactly (largest remainder)."""
        return [Money(part, self.currency) for part in split(self.amount, weights, self.currency)]
