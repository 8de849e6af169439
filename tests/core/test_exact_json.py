"""JSON in and out without floats."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_assistant.core import exact_json


def test_a_decimal_is_written_with_its_own_digits() -> None:
    assert exact_json.dumps({"total": Decimal("400000.00")}) == '{"total":400000.00}'


def test_a_number_with_a_point_is_read_as_decimal() -> None:
    assert exact_json.loads('{"total": 52200.10}') == {"total": Decimal("52200.10")}
    assert isinstance(exact_json.loads("0.1"), Decimal)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_any_amount_survives_the_round_trip(amount: Decimal) -> None:
    assert exact_json.loads(exact_json.dumps(amount)) == amount


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "{", "[" * 100_000, b"\xff"])
def test_refuses_what_is_not_json(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any ValueError is the promise
        exact_json.loads(text)


def test_refuses_to_write_a_number_that_is_none() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        exact_json.dumps(Decimal("NaN"))


def test_half_of_a_surrogate_pair_is_written_as_its_escape() -> None:
    text = exact_json.dumps({"a": "x\ud800y", "b": "é"})
    assert text == '{"a":"x\\ud800y","b":"é"}'
    assert exact_json.loads(text) == {"a": "x\ud800y", "b": "é"}


def test_a_number_of_endless_digits_is_refused_by_its_own_error() -> None:
    for number in ("9" * 5000, "1e99999999999999999999"):
        with pytest.raises(exact_json.NumberTooLarge):
            exact_json.loads(number)
    assert exact_json.loads("-" + "9" * 100) == -(10**100) + 1


def test_ids_and_sets_have_a_form() -> None:
    row = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert exact_json.dumps({"id": row, "tags": {"b", "a"}}) == f'{{"id":"{row}","tags":["a","b"]}}'
