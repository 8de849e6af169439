"""The arithmetic of an invoice: exact figures, and properties in currencies with 0, 2 and 3 decimals."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_assistant.core.errors import InvalidAmount, ValidationFailed
from billing_assistant.core.money import ZERO, is_quantized, quantize
from invoices.services.compute import Discount, LineInput, Totals, compute
from invoices.states import DiscountKind, TaxCategory

CURRENCIES = ("KES", "USD", "JPY", "KWD")


def _line(price: str, quantity: str = "1", rate: str = "16", **fields: object) -> LineInput:
    return LineInput("Work", Decimal(quantity), "", Decimal(price), tax_rate=Decimal(rate), **fields)  # type: ignore[arg-type]


def _figures(totals: Totals) -> tuple[str, str, str, str]:
    return tuple(f"{amount:f}" for amount in (totals.subtotal, totals.discount_total, totals.tax_total, totals.total))  # type: ignore[return-value]


def test_three_months_of_hosting() -> None:
    totals = compute([_line("15000", "3")], currency="KES")
    assert _figures(totals) == ("45000.00", "0", "7200.00", "52200.00")


def test_a_gross_price_never_changes() -> None:
    """758.00 with tax inside stays 758.00."""
    totals = compute([_line("758.00", rate="15")], currency="USD", prices_include_tax=True)
    assert totals.total == Decimal("758.00")
    assert totals.subtotal + totals.tax_total == totals.total
    assert totals.tax_total == Decimal("98.87")


def test_tax_is_rounded_once_per_rate() -> None:
    lines = [_line("0.10", rate="5") for _ in range(3)]
    assert compute(lines, currency="USD").tax_total == Decimal("0.02")  # 0.30 x 5 % = 0.015, not 3 x 0.01


def test_several_rates_and_an_exempt_line() -> None:
    lines = [_line("100"), _line("50", rate="8"), _line("30", rate="16", tax_category=TaxCategory.EXEMPT)]
    totals = compute(lines, currency="KES")
    assert [(group.category, group.rate, group.base, group.tax) for group in totals.taxes] == [
        (TaxCategory.STANDARD, Decimal(16), Decimal("100.00"), Decimal("16.00")),
        (TaxCategory.STANDARD, Decimal(8), Decimal("50.00"), Decimal("4.00")),
        (TaxCategory.EXEMPT, Decimal(0), Decimal("30.00"), Decimal("0.00")),
    ]
    assert totals.total == Decimal("200.00")


def test_a_document_discount_is_spread_over_the_lines() -> None:
    lines = [_line("10"), _line("10"), _line("10")]
    totals = compute(lines, currency="KES", discount=Discount(DiscountKind.AMOUNT, Decimal("10.00")))
    assert [line.discount for line in totals.lines] == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert _figures(totals) == ("30.00", "10.00", "3.20", "23.20")


def test_a_line_without_a_rate_is_counted_as_nothing_and_incomplete() -> None:
    totals = compute([_line("10"), LineInput("Unknown")], currency="KES")
    assert not totals.is_complete
    assert totals.subtotal == Decimal("10.00")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"quantity": Decimal(0)}, "lines.0.quantity"),
        ({"quantity": Decimal("-1")}, "lines.0.quantity"),
        ({"quantity": Decimal("NaN")}, "lines.0.quantity"),
        ({"unit_price": Decimal("-0.01")}, "lines.0.unit_price"),
        ({"unit_price": Decimal("Infinity")}, "lines.0.unit_price"),
        ({"discount_percent": Decimal("100.01")}, "lines.0.discount_percent"),
        ({"tax_rate": Decimal("-1")}, "lines.0.tax_rate"),
        ({"description": "  "}, "lines.0.description"),
    ],
)
def test_values_that_cannot_be_billed_are_named(fields: dict[str, object], named: str) -> None:
    values = {"description": "Work", "unit_price": Decimal(1)} | fields
    with pytest.raises(ValidationFailed) as refused:
        compute([LineInput(**values)], currency="KES")  # type: ignore[arg-type]
    assert list(refused.value.errors) == [named]


@pytest.mark.parametrize("value", ["10.01", "-1", "0.001"])
def test_a_discount_larger_than_the_lines_or_finer_than_the_currency_is_refused(value: str) -> None:
    with pytest.raises(ValidationFailed):
        compute([_line("10")], currency="KES", discount=Discount(DiscountKind.AMOUNT, Decimal(value)))


lines_of_an_invoice = st.lists(
    st.builds(
        LineInput,
        description=st.just("Work"),
        quantity=st.decimals("0.000001", "10000", places=6),
        unit_price=st.decimals("0", "1000000", places=6),
        discount_percent=st.decimals("0", "100", places=2),
        tax_category=st.sampled_from(list(TaxCategory)),
        tax_rate=st.sampled_from([Decimal(0), Decimal(8), Decimal("8.25"), Decimal(16), Decimal("19.6")]),
    ),
    min_size=1,
    max_size=12,
)


@given(
    lines=lines_of_an_invoice,
    currency=st.sampled_from(CURRENCIES),
    inclusive=st.booleans(),
    percent=st.decimals("0", "100", places=2),
)
def test_the_parts_are_the_whole(lines: list[LineInput], currency: str, inclusive: bool, percent: Decimal) -> None:
    totals = compute(
        lines, currency=currency, prices_include_tax=inclusive, discount=Discount(DiscountKind.PERCENT, percent)
    )
    assert totals.total == totals.subtotal - totals.discount_total + totals.tax_total
    assert totals.tax_total == sum((group.tax for group in totals.taxes), ZERO)
    assert totals.subtotal - totals.discount_total == sum((group.base for group in totals.taxes), ZERO)
    charged = sum((line.charged for line in totals.lines), ZERO)
    assert charged == (totals.total if inclusive else totals.subtotal - totals.discount_total)
    amounts = [totals.subtotal, totals.discount_total, totals.tax_total, totals.total]
    assert all(is_quantized(amount, currency) and amount >= 0 for amount in amounts)


@given(lines=lines_of_an_invoice, currency=st.sampled_from(CURRENCIES), rate=st.decimals("0", "100", places=4))
def test_a_gross_price_is_the_same_at_any_rate(lines: list[LineInput], currency: str, rate: Decimal) -> None:
    taxed = [replace(line, tax_category=TaxCategory.STANDARD, tax_rate=rate) for line in lines]
    free = [replace(line, tax_category=TaxCategory.EXEMPT, tax_rate=ZERO) for line in lines]
    gross = compute(taxed, currency=currency, prices_include_tax=True)
    assert gross.total == compute(free, currency=currency, prices_include_tax=True).total
    assert [group.base + group.tax for group in gross.taxes] == [gross.total]


@given(lines=lines_of_an_invoice, currency=st.sampled_from(CURRENCIES), inclusive=st.booleans())
def test_each_tax_is_the_exact_one_rounded_once(lines: list[LineInput], currency: str, inclusive: bool) -> None:
    totals = compute(lines, currency=currency, prices_include_tax=inclusive)
    for group in totals.taxes:
        exact = (group.base + group.tax) * 100 / (100 + group.rate) if inclusive else group.base * group.rate / 100
        assert (group.base if inclusive else group.tax) == quantize(exact, currency)


@given(lines=lines_of_an_invoice, currency=st.sampled_from(CURRENCIES), inclusive=st.booleans())
def test_the_order_of_the_lines_changes_no_figure(lines: list[LineInput], currency: str, inclusive: bool) -> None:
    totals = compute(lines, currency=currency, prices_include_tax=inclusive)
    turned = compute(lines[::-1], currency=currency, prices_include_tax=inclusive)
    assert (turned.taxes, turned.total) == (totals.taxes, totals.total)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1e400", "1e28"])
def test_no_number_breaks_the_arithmetic(value: str) -> None:
    odd = Decimal(value)
    for changed in ({"quantity": odd}, {"unit_price": odd}, {"discount_percent": odd}, {"tax_rate": odd}):
        with pytest.raises(ValidationFailed):
            compute([LineInput("x", **({"unit_price": Decimal(1)} | changed))], currency="KES")
    for kind in (DiscountKind.PERCENT, DiscountKind.AMOUNT):
        with pytest.raises(ValidationFailed):
            compute([LineInput("x", unit_price=Decimal(1))], currency="KES", discount=Discount(kind, odd))
    assert not is_quantized(odd, "KES")
    with pytest.raises(InvalidAmount):
        quantize(odd, "KES")
