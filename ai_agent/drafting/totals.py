"""Amounts of a draft: lines, discount, tax, total (sections 2, 5 and 6), rounded by the currency's own rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ai_agent.drafting.history import same_item
from ai_agent.drafting.lines import Line
from ai_agent.drafting.rules import discounts, units
from ai_agent.drafting.rules.discounts import DiscountKind, DiscountReading
from ai_agent.drafting.rules.tax import TaxReading, TaxSaying
from ai_agent.drafting.types import DraftingCustomer, Flag, Note
from billing_assistant.core.money import quantize

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Taxed:
    """One line's figures before tax."""

    rate: Decimal | None
    amount: Decimal | None


@dataclass(slots=True)
class Sums:
    """The figures of the whole draft. With an unknown amount all but a said discount are None."""

    lines: list[Taxed]
    discount: Decimal | None
    subtotal: Decimal | None
    tax: Decimal | None
    total: Decimal | None
    notes: list[Note] = field(default_factory=list)
    flags: set[Flag] = field(default_factory=set)


def rate_of(customer: DraftingCustomer, reading: TaxReading) -> Decimal:
    """The tax rate of the draft: a said percentage, none, the customer's own where tax is said, else the default."""
    if reading.percent is not None:
        return reading.percent
    if reading.saying is TaxSaying.NONE:
        return ZERO
    if reading.saying in {TaxSaying.ADDED, TaxSaying.INCLUDED}:
        return customer.tax_rate
    return customer.tax_rate if customer.include_tax else ZERO


def add_up(lines: Sequence[Line], granted: Sequence[str], tax_rate: Decimal, currency: str, *, inclusive: bool) -> Sums:
    """The sums of a draft. With `inclusive` prices the total is what was said and the tax is what is left of it."""
    taxed = [_before_tax(line, tax_rate, currency, inclusive=inclusive) for line in lines]
    amounts = [line.amount for line in taxed]
    sums = Sums(taxed, ZERO, None, None, None)
    sums.discount = _discount(lines, taxed, granted, currency, sums, divisor=_divisor(tax_rate, inclusive=inclusive))
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return sums
    sums.subtotal = quantize(sum(known, ZERO), currency)
    if sums.discount is None or sums.discount > sums.subtotal:
        sums.notes += [Note("discount_too_large", {"words": words}) for words in granted]
        sums.flags.add(Flag.INVALID_AMOUNT)
        sums.discount = quantize(ZERO, currency)
    net = sums.subtotal - sums.discount
    if inclusive:
        gross = sum((line.gross(currency) or ZERO for line in lines), ZERO)
        off = quantize(sums.discount * _divisor(tax_rate, inclusive=True), currency)
        sums.total = quantize(gross - off, currency)
        sums.tax = sums.total - net
    else:
        sums.tax = quantize(net * tax_rate / 100, currency)
        sums.total = net + sums.tax
    return sums


def _divisor(tax_rate: Decimal, *, inclusive: bool) -> Decimal:
    return 1 + tax_rate / 100 if inclusive else Decimal(1)


def _before_tax(line: Line, tax_rate: Decimal, currency: str, *, inclusive: bool) -> Taxed:
    if line.rate is None or not inclusive:
        return Taxed(line.rate, line.gross(currency))
    rate = quantize(line.rate / _divisor(tax_rate, inclusive=True), currency)
    return Taxed(rate, None if line.quantity is None else quantize(line.quantity * rate, currency))


def _discount(
    lines: Sequence[Line],
    taxed: Sequence[Taxed],
    granted: Sequence[str],
    currency: str,
    sums: Sums,
    *,
    divisor: Decimal,
) -> Decimal | None:
    """The sum of the granted discounts; None while a percentage has no amount to be taken of."""
    total = quantize(ZERO, currency)
    for words in granted:
        reading = discounts.read(words)
        if reading is None:
            sums.notes.append(Note("discount_not_read", {"words": words}))
            continue
        value = _value(reading, lines, taxed, currency, divisor)
        if value is None:
            return None
        if reading.value <= 0:
            sums.flags.add(Flag.INVALID_AMOUNT)
        if value <= 0 and lines:
            sums.notes.append(Note("discount_not_read", {"words": words}))
        total += max(value, ZERO)
    return total


def _value(
    reading: DiscountReading, lines: Sequence[Line], taxed: Sequence[Taxed], currency: str, divisor: Decimal
) -> Decimal | None:
    places = [at for at, line in enumerate(lines) if reading.target and same_item(reading.target, line.description)]
    places = places or list(range(len(lines)))
    match reading.kind:
        case DiscountKind.PERCENT:
            amounts = [taxed[at].amount for at in places]
            known = [amount for amount in amounts if amount is not None]
            return quantize(sum(known, ZERO) * reading.value / 100, currency) if len(known) == len(amounts) else None
        case DiscountKind.AMOUNT:
            count = _count(lines, places) if reading.each else Decimal(1)
            return quantize(reading.value * count / divisor, currency)
        case DiscountKind.FREE:
            return _free(reading, lines, taxed, places, currency)


def _count(lines: Sequence[Line], places: Sequence[int]) -> Decimal:
    return sum((lines[at].quantity or Decimal(1) for at in places), ZERO)


def _free(
    reading: DiscountReading, lines: Sequence[Line], taxed: Sequence[Taxed], places: Sequence[int], currency: str
) -> Decimal | None:
    """So many units free: their rate, from the first line that is counted in them."""
    for at in places:
        share = units.convert(reading.value, reading.unit, lines[at].unit)
        rate = taxed[at].rate
        if share is not None:
            return None if rate is None else quantize(rate * share, currency)
    return ZERO
