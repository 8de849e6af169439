"""Figures as people type them, digits and words (section 8 of the drafting rules)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from ai_agent.drafting.rules import english_numbers, swahili_numbers

THOUSANDS_GROUP: Final = 3

# 1 250 000,50 or 1,250,000.50 or 15000; a space groups only exactly three digits.
LITERAL: Final = re.compile(r"\d{1,3}(?: \d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d+(?:[.,']\d+)*|\.\d+")


def literal_value(text: str) -> Decimal:
    """The value of digits with separators: with both kinds the last is the decimal one; one comma before exactly
    three digits groups thousands, before one or two digits it is the decimal comma; a point is decimal.
    """
    digits = text.replace(" ", "").replace("'", "")
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        last_is_comma = digits.rfind(",") > digits.rfind(".")
        digits = digits.replace("." if last_is_comma else ",", "")
        return Decimal(_single_decimal(digits.replace(",", ".")))
    if commas:
        return Decimal(_comma_only(digits, commas))
    return Decimal(digits if points <= 1 else digits.replace(".", ""))


def _single_decimal(digits: str) -> str:
    head, _, tail = digits.rpartition(".")
    return f"{head.replace('.', '')}.{tail}"


def _comma_only(digits: str, commas: int) -> str:
    head, _, tail = digits.rpartition(",")
    groups_thousands = len(tail) == THOUSANDS_GROUP and head.strip("0") != ""
    if commas > 1 or groups_thousands or len(tail) > THOUSANDS_GROUP:
        return digits.replace(",", "")
    return f"{head}.{tail}"


def read_words(words: Sequence[str]) -> tuple[Decimal, int] | None:
    """The number that starts a list of lower-case words, and how many words it takes; None where none starts.

    Digits may take part: "elfu 10", "2 dozen", "2 and a half". English and Swahili are both tried; the longer wins.
    """
    readings = [
        reading for reading in (english_numbers.read(words), swahili_numbers.read(words)) if reading is not None
    ]
    return max(readings, key=lambda reading: reading[1], default=None)
