"""Figures as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_agent.drafting.rules.english_numbers import VALUES as ENGLISH
from ai_agent.drafting.rules.numbers import LITERAL, literal_value, read_words
from ai_agent.drafting.rules.pieces import first_figure
from ai_agent.drafting.rules.swahili_numbers import VALUES as SWAHILI


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,250.50", "1250.50"), ("1.250,50", "1250.50"), ("15,000", "15000"), ("15 000", "15000"), ("7,60", "7.60"),
        ("7,6", "7.6"), ("1,250,000", "1250000"), ("1.250.000", "1250000"), ("0,125", "0.125"), ("12'500.50", "12500.50"),
        ("1250", "1250"), ("1.25", "1.25"), (".5", "0.5"), ("1 250 000", "1250000"), ("1,50,000", "150000"),
    ],
)  # fmt: skip
def test_separators(typed: str, value: str) -> None:
    match = LITERAL.match(typed)
    assert match is not None
    assert match[0] == typed
    assert literal_value(typed) == Decimal(value)


@given(st.integers(min_value=0, max_value=10**12))
def test_grouping_never_changes_a_whole_number(value: int) -> None:
    assert literal_value(f"{value}") == value
    assert literal_value(f"{value:,}") == value
    assert literal_value(f"{value:,}".replace(",", " ")) == value


@given(st.integers(min_value=1000, max_value=10**9), st.integers(min_value=0, max_value=99))
def test_the_last_of_two_separators_is_the_decimal_one(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02d}"
    continental = english.replace(",", "_").replace(".", ",").replace("_", ".")
    assert literal_value(english) == literal_value(continental) == Decimal(f"{whole}.{cents:02d}")


def _english(value: int) -> str:
    words = {
        number: word for word, number in sorted(ENGLISH.items(), key=lambda each: "-" in each[0]) if word != "fourty"
    }
    for scale, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if value >= scale:
            head, rest = f"{_english(value // scale)} {name}", value % scale
            joint = " and " if 0 < rest < 100 else " "
            return f"{head}{joint}{_english(rest)}" if rest else head
    return words[value]


@given(st.integers(min_value=1, max_value=999_999_999))
def test_english_number_words_round_trip(value: int) -> None:
    words = _english(value).split()
    assert read_words(words) == (Decimal(value), len(words))


def _swahili(value: int) -> str:
    words = {number: word for word, number in reversed(SWAHILI.items())}
    for scale, name in ((1_000_000, "milioni"), (1_000, "elfu"), (100, "mia")):
        if value >= scale:
            head, rest = f"{name} {_swahili(value // scale)}", value % scale
            return f"{head} na {_swahili(rest)}" if rest else head
    if value > 10 and value % 10:
        return f"{words[value - value % 10]} na {words[value % 10]}"
    return words[value]


@given(
    st.one_of(st.integers(1, 99), st.integers(1, 9).map(lambda n: n * 100), st.integers(1, 99).map(lambda n: n * 1000))
)
def test_swahili_number_words_round_trip(value: int) -> None:
    words = _swahili(value).split()
    assert read_words(words) == (Decimal(value), len(words))


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("two and a half", "2.5"), ("half a dozen", "6"), ("a dozen", "12"), ("2 dozen", "24"), ("half", "0.5"),
        ("a million and a half", "1500000"), ("one point five million", "1500000"), ("fifteen hundred", "1500"),
        ("two and a half thousand", "2500"), ("elfu kumi", "10000"), ("mia mbili hamsini", "250"),
        ("elfu kumi na tano", "15000"), ("elfu mbili na mia tano", "2500"), ("laki moja na nusu", "150000"),
        ("milioni moja na nusu", "1500000"), ("elfu 10", "10000"), ("10 elfu", "10000"), ("mbili na nusu", "2.5"),
        ("dazeni mbili", "24"), ("elfu saba mia tano", "7500"), ("miwili", "2"),
    ],
)  # fmt: skip
def test_number_words(words: str, value: str) -> None:
    split = words.split()
    assert read_words(split) == (Decimal(value), len(split))


@pytest.mark.parametrize("words", ["hosting", "na", "and", "10", "the one", ""])
def test_other_words_are_no_numbers(words: str) -> None:
    assert read_words(words.split()) is None


@pytest.mark.parametrize(
    ("typed", "value", "currency"),
    [
        ("$1,200", "1200", "USD"), ("US$40", "40", "USD"), ("85 quid", "85", "GBP"), ("£1.5k", "1500", "GBP"),
        ("1.5m KES", "1500000", "KES"), ("15,000/=", "15000", "KES"), ("Ksh. 4,500", "4500", "KES"),
        ("KSh5000", "5000", "KES"), ("500 bob", "500", "KES"), ("640,00 €", "640.00", "EUR"), ("1.250 €", "1250", "EUR"),
        ("fifty bucks", "50", "USD"), ("shilingi elfu kumi", "10000", "KES"), ("two hundred pounds sterling", "200", "GBP"),
        ("85k", "85000", None), ("75 cents", "0.75", None), ("50c", "0.50", None), ("20p", "0.20", "GBP"),
        ("-$50", "-50", "USD"), ("$-50", "-50", "USD"), ("-3", "-3", None), ("negative 2", "-2", None),
        ("2 1/2", "2.5", None), ("1/2", "0.5", None), ("dola 50", "50", "USD"), ("10,000 Kenya shillings", "10000", "KES"),
    ],
)  # fmt: skip
def test_money(typed: str, value: str, currency: str | None) -> None:
    figure = first_figure(typed)
    assert figure is not None
    assert (figure.value, figure.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("typed", ["3D", "5th", "A4", "24/7", "Q3", "the last one", "Mia", "10:30", "2m fence"])
def test_names_are_no_figures(typed: str) -> None:
    found = first_figure(f"for {typed}")
    assert found is None


@pytest.mark.parametrize("typed", ["several", "some", "a few", "2-3", "kadhaa"])
def test_vague_counts(typed: str) -> None:
    figure = first_figure(typed)
    assert figure is not None
    assert figure.vague
