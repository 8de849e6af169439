from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from billing_assistant.core.ui.forms import AmountField


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("15,000", "15000"), ("15k", "15000"), ("1.2m", "1200000"), ("1.250,50", "1250.50"), ("-3k", "-3000")],
)
def test_takes_what_people_type(typed: str, amount: str) -> None:
    assert AmountField(currency="KES").clean(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["fifteen", "1.2.3", "12,34,5x", "1e5", "NaN", "∞", "9" * 41])
def test_refuses_what_is_no_amount(typed: str) -> None:
    with pytest.raises(ValidationError):
        AmountField(currency="KES").clean(typed)


def test_refuses_more_decimals_than_the_currency_has() -> None:
    assert AmountField(currency="KWD").clean("1.234") == Decimal("1.234")
    with pytest.raises(ValidationError, match="JPY"):
        AmountField(currency="JPY").clean("1.5")


def test_an_empty_amount_is_none_where_it_may_be() -> None:
    assert AmountField(currency="KES", required=False).clean("") is None


def test_limits_hold() -> None:
    with pytest.raises(ValidationError):
        AmountField(currency="KES", min_value=Decimal("0.01")).clean("0")


def test_a_limit_is_told_as_amounts_are_written() -> None:
    with pytest.raises(ValidationError, match=r"Write 90,000\.00 or less\."):
        AmountField(currency="KES", max_value=Decimal("90000.00")).clean("90000.01")
    with pytest.raises(ValidationError, match=r"Write 0 or more\."):
        AmountField(min_value=0).clean("-1")


def test_shows_the_decimals_of_the_currency() -> None:
    assert AmountField(currency="KES").prepare_value(Decimal("15000.0000")) == "15000.00"
    assert AmountField().prepare_value(Decimal("15000.5000")) == "15000.5"
    assert AmountField().prepare_value(Decimal("15000.0000")) == "15000"
