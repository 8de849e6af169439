"""Figures are those of the document, to the last digit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_assistant.core.currencies import exponent
from invoices.pdf.errors import RenderRefused
from invoices.pdf.figures import Figures
from invoices.pdf.render import render_html
from tests.invoices.pdf.reading import text
from tests.invoices.pdf.samples import invoice, three_lines


@pytest.mark.parametrize(
    ("currency", "amount", "expected"),
    [
        ("KES", "85521", "KES 85,521.00"),
        ("JPY", "85521", "JPY 85,521"),
        ("KWD", "85521.125", "KWD 85,521.125"),
        ("USD", "-0.01", "USD −0.01"),
        ("KES", "999999999999.99", "KES 999,999,999,999.99"),
    ],
)
def test_writes_the_decimals_of_the_currency(currency: str, amount: str, expected: str) -> None:
    whole = tuple(replace(line, discount=Decimal(0), amount=Decimal(100)) for line in three_lines())
    words = text(
        invoice(
            currency=currency,
            lines=whole,
            taxes=(),
            subtotal=Decimal(300),
            total=Decimal(300),
            amount_due=Decimal(amount),
        )
    )
    assert f"Amount due {expected} Due date" in words


@settings(max_examples=200, deadline=None)
@given(
    units=st.integers(min_value=-(10**15), max_value=10**15),
    currency=st.sampled_from(["KES", "USD", "JPY", "KWD"]),
    language=st.sampled_from(["en", "sw"]),
)
def test_an_amount_reads_back_as_itself(units: int, currency: str, language: str) -> None:
    amount = Decimal(units).scaleb(-exponent(currency))
    written = Figures(language, currency).amount(amount)
    assert Decimal(written.replace(",", "").replace("−", "-")) == amount


def test_refuses_an_amount_that_it_would_have_to_round() -> None:
    with pytest.raises(RenderRefused, match=r"85521\.005"):
        render_html(invoice(total=Decimal("85521.005")))


def test_refuses_what_is_no_number() -> None:
    with pytest.raises(RenderRefused):
        render_html(invoice(total=Decimal("NaN")))


def test_prices_keep_all_their_decimals_and_quantities_drop_idle_zeros() -> None:
    figures = Figures("en", "KES")
    assert figures.price(Decimal("15000.0000")) == "15,000.00"
    assert figures.price(Decimal("0.0125")) == "0.0125"
    assert figures.quantity(Decimal("3.0000")) == "3"
    assert figures.quantity(Decimal("4.50")) == "4.5"


def test_a_period_is_told_once() -> None:
    figures = Figures("en", "KES")
    assert figures.period(date(2026, 11, 1), date(2026, 11, 30)) == "1–30 Nov 2026"
    assert figures.period(date(2026, 11, 1), None) == "1 Nov 2026"
    assert figures.period(date(2026, 11, 1), date(2026, 11, 1)) == "1 Nov 2026"
    assert figures.period(None, None) == ""
