"""Exact numbers in serializers."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework import serializers

from billing_assistant.core import exact_json
from billing_assistant.core.api.fields import ExactNumberField, MoneyField
from billing_assistant.core.money import Money


class Beside(serializers.Serializer[Any]):
    currency = serializers.CharField()
    amount = MoneyField(allow_null=True)


class Fixed(serializers.Serializer[Any]):
    amount = MoneyField(currency="KWD")


def written(serializer: type[serializers.Serializer[Any]], row: Any) -> str:
    return exact_json.dumps(serializer(row).data)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("400000", "KES", "400000.00"),
        ("52200.1000", "KES", "52200.10"),
        ("500.0000", "JPY", "500"),
        ("1.2345", "KWD", "1.235"),
        ("0", "USD", "0.00"),
    ],
)
def test_an_amount_is_a_number_with_the_decimals_of_its_currency(amount: str, currency: str, text: str) -> None:
    row = SimpleNamespace(amount=Decimal(amount), currency=currency)
    assert written(Beside, row) == f'{{"currency":"{currency}","amount":{text}}}'
    assert written(Beside, {"amount": Decimal(amount), "currency": currency}).endswith(f'"amount":{text}}}')


def test_money_knows_its_own_currency() -> None:
    assert written(Fixed, {"amount": Money(Decimal(5), "JPY")}) == '{"amount":5}'


def test_no_amount_is_null() -> None:
    assert written(Beside, {"amount": None, "currency": "KES"}) == '{"currency":"KES","amount":null}'


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (Decimal("15000.50"), "15000.50"),
        (15000, "15000"),
        ("15000.50", "15000.50"),
        (" 7 ", "7"),
        ("0", "0"),
        (Decimal("1E+3"), "1000"),
        ("15000.5000", "15000.5000"),
    ],
)
def test_numbers_and_strings_are_taken(given: Any, taken: str) -> None:
    serializer = Beside(data={"currency": "KES", "amount": given})
    assert serializer.is_valid(), serializer.errors
    assert serializer.validated_data["amount"] == Decimal(taken)


BAD = [
    *("", "abc", "1,000", "15k", "1e5", "٣", "0x10", "--1", "1.", ".5", "1_000", "NaN", "Infinity", "-0.01", "1.234"),
    *("9" * 19, "999999999999999999", "1" * 5000, "1.00000000000000001", "\uff11\uff12", "12\x00", "1 000"),
    *(-1, True, False, [], {}, [1], 10**40, Decimal("0.005"), Decimal("NaN"), Decimal("1e400")),
]


@pytest.mark.parametrize("given", BAD)
def test_what_is_no_amount_is_refused_in_words(given: Any) -> None:
    serializer = Beside(data={"currency": "KES", "amount": given})
    assert not serializer.is_valid()
    assert list(serializer.errors) == ["amount"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (Decimal("0.35000000000000003"), "Write at most 4 decimals."),
        ("1.00000000000000001", "Write at most 4 decimals."),
        (10**20, "Write 999999999999999 or less."),
        (Decimal("1E+20"), "Write 999999999999999 or less."),
        ("abc", "Write a number, like 15000 or 15000.50."),
    ],
)
def test_a_number_that_is_too_long_is_not_called_no_number(given: Any, reason: str) -> None:
    serializer = Beside(data={"currency": "KES", "amount": given})
    assert not serializer.is_valid()
    assert serializer.errors["amount"] == [reason]


def test_more_decimals_than_the_currency_has_are_refused_not_rounded() -> None:
    assert not Beside(data={"currency": "JPY", "amount": "500.5"}).is_valid()
    assert Beside(data={"currency": "KWD", "amount": "500.555"}).is_valid()
    assert not Fixed(data={"amount": "0.0005"}).is_valid()


def test_the_currency_of_the_row_counts_when_none_is_given() -> None:
    class Partial(serializers.Serializer[Any]):
        amount = MoneyField()

    row = SimpleNamespace(currency="JPY")
    assert not Partial(row, data={"amount": "1.5"}).is_valid()
    assert not Partial(data={"amount": "1.5"}, context={"currency": "JPY"}).is_valid()


@pytest.mark.parametrize(("value", "text"), [("3.000000", "3"), ("0.500000", "0.5"), ("1000", "1000"), ("0", "0")])
def test_a_quantity_is_written_without_needless_zeros(value: str, text: str) -> None:
    class Row(serializers.Serializer[Any]):
        quantity = ExactNumberField()

    assert written(Row, {"quantity": Decimal(value)}) == f'{{"quantity":{text}}}'


def test_a_quantity_has_bounds() -> None:
    class Row(serializers.Serializer[Any]):
        quantity = ExactNumberField(decimals=2, least=Decimal(1), most=Decimal(10))

    assert Row(data={"quantity": "10.00"}).is_valid()
    for given in ("0.99", "10.01", "1.001", "1000000000000000000000"):
        assert not Row(data={"quantity": given}).is_valid()
