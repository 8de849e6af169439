"""The arithmetic of an invoice: lines, discounts, tax. Pure; the one place that does it.

Rules: a line is quantity x rate, rounded once, less its own discount. A document discount is spread over the lines by
largest remainder. Tax is computed once per (category, rate) group and rounded once. With prices that include tax the
gross never changes: the tax is what is left when the net was rounded. So `total = subtotal - discount + tax` always,
to the minor unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO, is_quantized, percentage, quantize, split
from invoices.states import UNTAXED, DiscountKind, TaxCategory

HUNDRED: Final = Decimal(100)
MAX_LINES: Final = 500
MAX_TOTAL: Final = Decimal("100000000000000")
MAX_FACTOR: Final = Decimal("9999999999999.999999")
"""The largest quantity or rate that is kept: 19 digits, 6 of them decimals."""


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line to be billed. `unit_price` None: the rate is not known yet. `tax_rate` in per cent.

    `item_id` is the item of the catalogue that it bills; None: the one whose text it has, if there is one.
    `billable` are the ids of the billable work that the line bills; None: as the line had it before.
    """

    description: str
    quantity: Decimal = Decimal(1)
    unit: str = ""
    unit_price: Decimal | None = None
    discount_percent: Decimal = ZERO
    tax_category: TaxCategory = TaxCategory.STANDARD
    tax_rate: Decimal = ZERO
    service_from: date | None = None
    service_to: date | None = None
    category: str = ""
    billable: tuple[UUID, ...] | None = None
    item_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount on the whole document: none, per cent of the lines, or an amount (in the document's price mode)."""

    kind: DiscountKind = DiscountKind.NONE
    value: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class LineTotal:
    """A computed line in the document's price mode: `amount`, then `discount`, its share of the document's discount."""

    amount: Decimal
    discount: Decimal

    @property
    def charged(self) -> Decimal:
        return self.amount - self.discount


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The tax of one category and rate. `base` is net, after discounts."""

    category: TaxCategory
    rate: Decimal
    base: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What an invoice comes to. `subtotal` is net before the document discount."""

    currency: str
    lines: tuple[LineTotal, ...]
    taxes: tuple[TaxGroup, ...]
    subtotal: Decimal
    discount_total: Decimal
    tax_total: Decimal
    total: Decimal
    is_complete: bool


def line_amount(line: LineInput, currency: str) -> Decimal:
    """Quantity x rate, rounded once, less the line's own discount; zero while the rate is not known."""
    gross = quantize(line.quantity * (line.unit_price or ZERO), currency)
    return gross - percentage(gross, line.discount_percent, currency)


def compute(
    lines: Sequence[LineInput], *, currency: str, prices_include_tax: bool = False, discount: Discount | None = None
) -> Totals:
    """Computes every figure of an invoice from its lines. Raises ValidationFailed for values that cannot be billed."""
    check_lines(lines)
    amounts = [line_amount(line, currency) for line in lines]
    if sum(amounts, ZERO) > MAX_TOTAL:
        raise ValidationFailed({"lines": [_("The total is larger than this product can bill.")]})
    reduction = _document_discount(sum(amounts, ZERO), discount or Discount(), currency)
    shares = split(reduction, amounts, currency) if amounts else []
    line_totals = tuple(LineTotal(amount, share) for amount, share in zip(amounts, shares, strict=True))
    groups = _groups(lines, line_totals)
    if prices_include_tax:
        taxes = tuple(_inclusive(key, after, currency) for key, (_, after) in groups.items())
        before = sum((_net(gross, key[1], currency) for key, (gross, _) in groups.items()), ZERO)
        subtotal, discount_total = before, before - sum((group.base for group in taxes), ZERO)
    else:
        taxes = tuple(_exclusive(key, after, currency) for key, (_, after) in groups.items())
        subtotal, discount_total = sum(amounts, ZERO), reduction
    tax_total = sum((group.tax for group in taxes), ZERO)
    total = subtotal - discount_total + tax_total
    if total > MAX_TOTAL:
        raise ValidationFailed({"lines": [_("The total is larger than this product can bill.")]})
    complete = bool(lines) and all(line.unit_price is not None for line in lines)
    return Totals(currency, line_totals, taxes, subtotal, discount_total, tax_total, total, complete)


def lines_total(lines: Sequence[LineInput], currency: str) -> Decimal:
    """What the lines come to before a document discount, in their price mode. Raises ValidationFailed."""
    check_lines(lines)
    return sum((line_amount(line, currency) for line in lines), ZERO)


def early_amount(total: Decimal, percent: Decimal, currency: str) -> Decimal:
    """What is paid of a total by who pays early enough for a discount in per cent, rounded once."""
    return total - percentage(total, percent, currency)


GroupKey = tuple[TaxCategory, Decimal]


def _groups(lines: Sequence[LineInput], totals: Sequence[LineTotal]) -> dict[GroupKey, tuple[Decimal, Decimal]]:
    """Sums before and after the document discount, by category and rate, highest rate first."""
    sums: dict[GroupKey, tuple[Decimal, Decimal]] = {}
    for line, total in zip(lines, totals, strict=True):
        rate = ZERO if line.tax_category in UNTAXED else line.tax_rate.normalize() + ZERO
        before, after = sums.get((line.tax_category, rate), (ZERO, ZERO))
        sums[line.tax_category, rate] = (before + total.amount, after + total.charged)
    return dict(sorted(sums.items(), key=lambda item: (-item[0][1], item[0][0])))


def _exclusive(key: GroupKey, base: Decimal, currency: str) -> TaxGroup:
    category, rate = key
    return TaxGroup(category, rate, base, percentage(base, rate, currency))


def _inclusive(key: GroupKey, gross: Decimal, currency: str) -> TaxGroup:
    category, rate = key
    base = _net(gross, rate, currency)
    return TaxGroup(category, rate, base, gross - base)


def _net(gross: Decimal, rate: Decimal, currency: str) -> Decimal:
    return quantize(gross * HUNDRED / (HUNDRED + rate), currency)


def _document_discount(subtotal: Decimal, discount: Discount, currency: str) -> Decimal:
    match discount.kind:
        case DiscountKind.NONE:
            return ZERO
        case DiscountKind.PERCENT:
            if not _is_percent(discount.value):
                raise ValidationFailed({"discount_value": [_("A discount is between 0 and 100 per cent.")]})
            return percentage(subtotal, discount.value, currency)
        case DiscountKind.AMOUNT:
            if not is_quantized(discount.value, currency) or discount.value < 0:
                raise ValidationFailed({"discount_value": [_("The discount is not an amount in this currency.")]})
            if discount.value > subtotal:
                raise ValidationFailed({"discount_value": [_("The discount is more than the lines come to.")]})
            return discount.value
    raise ValidationFailed({"discount_kind": [_("This kind of discount is not known.")]})


def check_lines(lines: Sequence[LineInput]) -> None:
    """Raises ValidationFailed that names each wrong field as `lines.<index>.<field>`."""
    errors: dict[str, list[str]] = {}
    if len(lines) > MAX_LINES:
        errors["lines"] = [_("An invoice has at most %(most)s lines.") % {"most": MAX_LINES}]
    for index, line in enumerate(lines):
        for field, reason in _line_faults(line):
            errors[f"lines.{index}.{field}"] = [reason]
    if errors:
        raise ValidationFailed(errors)


def _line_faults(line: LineInput) -> list[tuple[str, str]]:
    faults = []
    if not line.description.strip():
        faults.append(("description", _("Say what is billed.")))
    faults += _factor_faults(line)
    if not _is_percent(line.discount_percent):
        faults.append(("discount_percent", _("A discount is between 0 and 100 per cent.")))
    if not _is_percent(line.tax_rate):
        faults.append(("tax_rate", _("A tax rate is between 0 and 100 per cent.")))
    if line.service_from and line.service_to and line.service_to < line.service_from:
        faults.append(("service_to", _("The service ends before it begins.")))
    return faults


def _factor_faults(line: LineInput) -> list[tuple[str, str]]:
    """What is wrong with quantity and rate, each alone and both together."""
    quantity, rate = line.quantity, line.unit_price
    faults = []
    if not quantity.is_finite() or quantity <= 0:
        faults.append(("quantity", _("The quantity has to be more than zero.")))
    elif quantity > MAX_FACTOR:
        faults.append(("quantity", _("The quantity is too large.")))
    if rate is not None and (not rate.is_finite() or rate < 0):
        faults.append(("unit_price", _("The rate cannot be negative.")))
    elif rate is not None and rate > MAX_FACTOR:
        faults.append(("unit_price", _("The rate is too large.")))
    if not faults and rate is not None and quantity * rate > MAX_TOTAL:
        faults.append(("quantity", _("Quantity times rate is larger than this product can bill.")))
    return faults


def _is_percent(value: Decimal) -> bool:
    return value.is_finite() and ZERO <= value <= HUNDRED
