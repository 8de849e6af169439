"""Numbers and dates of a column: what its values prove, what has to be asked, and that nothing is read two ways."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing_assistant.core.imports.values import (
    DateOrder,
    NumberStyle,
    Unclear,
    date_order,
    number_style,
    parse_date,
    parse_number,
)

POINT, COMMA, PLAIN = NumberStyle.POINT, NumberStyle.COMMA, NumberStyle.PLAIN


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["1,234.50"], POINT),
        (["1.234,50"], COMMA),
        (["1,234", "12.5"], POINT),
        (["1.234", "12,50"], COMMA),
        (["1,234,567"], POINT),
        (["1.234.567"], COMMA),
        (["0.125"], POINT),
        (["1234,567"], COMMA),
        (["12", "-7", ""], PLAIN),
        (["word"], PLAIN),
    ],
)
def test_a_column_proves_how_it_writes_numbers(texts: list[str], style: NumberStyle) -> None:
    assert number_style(texts) is style


@pytest.mark.parametrize("texts", [["1,234"], ["1.234", "7"], ["1,5", "2.5"]])
def test_numbers_with_two_meanings_are_asked_about(texts: list[str]) -> None:
    with pytest.raises(Unclear):
        number_style(texts)
    assert number_style(texts, COMMA) is COMMA


def test_what_a_column_proves_counts_more_than_what_was_chosen() -> None:
    assert number_style(["12.50"], COMMA) is POINT
    assert date_order(["31/12/2026"], DateOrder.MONTH_FIRST) is DateOrder.DAY_FIRST


@pytest.mark.parametrize(
    ("text", "style", "value"),
    [
        ("1,234.50", POINT, "1234.50"),
        ("1.234,50", COMMA, "1234.50"),
        ("1 234,50", COMMA, "1234.50"),
        ("1’234.50", POINT, "1234.50"),
        ("(1,234.50)", POINT, "-1234.50"),
        ("−7", PLAIN, "-7"),
        ("1,234", POINT, "1234"),
        ("1,234", COMMA, "1.234"),
        ("12.5", PLAIN, "12.5"),
    ],
)
def test_numbers_are_read_in_their_style(text: str, style: NumberStyle, value: str) -> None:
    assert parse_number(text, style) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "style"),
    [("1,234", PLAIN), ("1.234,50", POINT), ("1,234.50", COMMA), ("1,23.4", POINT), ("12,34,567", POINT)]
    + [(text, POINT) for text in ("", "NaN", "1e5", "٣", "1.2.3", "KES 5", "--5", "1.1234567", "99999999999999")],
)
def test_what_is_no_number_in_the_style_is_none(text: str, style: NumberStyle) -> None:
    assert parse_number(text, style) is None


def test_a_column_proves_how_it_writes_days_or_is_asked_about() -> None:
    assert date_order(["1/2/2026", "13/2/2026"]) is DateOrder.DAY_FIRST
    assert date_order(["1/2/2026", "2/13/2026"]) is DateOrder.MONTH_FIRST
    assert date_order(["2026-02-01", "5 May 2026"]) is DateOrder.YEAR_FIRST
    for texts in (["1/2/2026"], ["13/2/2026", "2/13/2026"]):
        with pytest.raises(Unclear):
            date_order(texts)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("1/2/11 8:26", DateOrder.DAY_FIRST, date(2011, 2, 1)),
        ("1/2/11 8:26", DateOrder.MONTH_FIRST, date(2011, 1, 2)),
        ("2026-01-31T10:00", DateOrder.DAY_FIRST, date(2026, 1, 31)),
        ("31 Des 2026", DateOrder.MONTH_FIRST, date(2026, 12, 31)),
        ("January 5, 2026", DateOrder.DAY_FIRST, date(2026, 1, 5)),
        ("30/2/2026", DateOrder.DAY_FIRST, None),
        ("5 Foo 2026", DateOrder.DAY_FIRST, None),
        ("31.12", DateOrder.DAY_FIRST, None),
    ],
)
def test_days_are_read_in_their_order(text: str, order: DateOrder, day: date | None) -> None:
    assert parse_date(text, order) == day
