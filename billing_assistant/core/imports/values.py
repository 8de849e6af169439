"""Numbers and dates as files write them: what a value proves about its column, and its meaning once that is known.

"1,234" is a thousand and more in one country and a bit over one in another; "3/4/2026" is a day in March or in April. A
column is read one way throughout: the way that its own values prove, or else the way that a person chose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

MAX_VALUE: Final = Decimal("1000000000000")
GROUP: Final = 3
MONTHS_OF_A_YEAR: Final = 12
YEAR_DIGITS: Final = 4
MONTHS: Final = {
    month: number
    for number, names in enumerate(
        (
            "jan january januari",
            "feb february februari",
            "mar march machi",
            "apr april aprili",
            "may mei",
            "jun june juni",
            "jul july julai",
            "aug august agosti ago",
            "sep sept september septemba",
            "oct october oktoba okt",
            "nov november novemba",
            "dec december desemba des",
        ),
        start=1,
    )
    for month in names.split()
}
_SPACES: Final = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009'’](?=\d{3}(?!\d))")
_PLAIN: Final = re.compile(r"\d{1,13}", re.ASCII)
_FORMS: Final = {
    ".": re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.\d{1,6})?", re.ASCII),
    ",": re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d{1,13})(?:,\d{1,6})?", re.ASCII),
}
_SIDE: Final = re.compile(r"\s*(-|dr|cr)\.?$", re.IGNORECASE | re.ASCII)
_SLASHED: Final = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[ T].*)?", re.ASCII)
_DAY_NAMED: Final = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d{2})(?:[ T].*)?", re.ASCII)
_MONTH_NAMED: Final = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(?:[ T].*)?", re.ASCII)

Cell = str | Decimal | date | bool
"""A cell as it was read: text, or what a workbook knows to be a number, a day or a yes."""


class NumberStyle(StrEnum):
    """Which sign begins the decimals. PLAIN: no value of the column has a sign that could be either."""

    POINT = "point"
    COMMA = "comma"
    PLAIN = "plain"


class DateOrder(StrEnum):
    """How the parts of a slashed date follow each other."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"
    YEAR_FIRST = "ymd"


class Unclear(Exception):
    """The values of a column can be read in two ways."""


def number_style(texts: Iterable[str], chosen: NumberStyle | None = None) -> NumberStyle:
    """How a column writes numbers: as its values prove, else as chosen. Raises Unclear when neither tells."""
    proofs = [_number_proof(text) for text in texts]
    proved = {proof for proof in proofs if isinstance(proof, NumberStyle)}
    if len(proved) == 1:
        return proved.pop()
    if proved or any(proof is Unclear for proof in proofs):
        if chosen is None:
            raise Unclear
        return chosen
    return chosen or NumberStyle.PLAIN


def date_order(texts: Iterable[str], chosen: DateOrder | None = None) -> DateOrder:
    """How a column writes days: as its values prove, else as chosen. Raises Unclear when neither tells."""
    proofs = [_date_proof(text) for text in texts]
    proved = {proof for proof in proofs if isinstance(proof, DateOrder)}
    slashed = proved - {DateOrder.YEAR_FIRST}
    if len(slashed) == 1:
        return slashed.pop()
    if slashed or any(proof is Unclear for proof in proofs):
        if chosen is None:
            raise Unclear
        return chosen
    return chosen or DateOrder.YEAR_FIRST


def parse_number(text: str, style: NumberStyle) -> Decimal | None:
    """The number that a text writes in a style, with at most six decimals; None when it is none.

    In a PLAIN column only what can be read in one way is a number.
    """
    sign, digits = _sign_and_digits(text)
    if style is NumberStyle.PLAIN and not _PLAIN.fullmatch(digits):
        proof = _number_proof(text)
        if not isinstance(proof, NumberStyle):
            return None
        style = proof
    point = "," if style is NumberStyle.COMMA else "."
    if not _FORMS[point].fullmatch(digits):
        return None
    value = Decimal(digits.replace("." if point == "," else ",", "").replace(point, "."))
    return sign * value if value <= MAX_VALUE else None


def parse_date(text: str, order: DateOrder) -> date | None:
    """The day that a text writes (a time after it is left out); years of two digits are of this century."""
    named = _named_month(text)
    if named is not None:
        year, month, day = named
    else:
        parts = _slashed(text)
        if parts is None:
            return None
        year, month, day = _ordered(parts, order)
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))  # noqa: PLR2004
    except ValueError:
        return None


def as_text(cell: Cell) -> str:
    """A cell as the text of a text field: numbers without a needless end, days as 2026-12-31."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case Decimal():
            return f"{cell.normalize():f}"
        case datetime() | date():
            return cell.isoformat()[:10]
    return " ".join(cell.split())


def _sign_and_digits(text: str) -> tuple[int, str]:
    digits = _SPACES.sub("", text.strip().replace("−", "-"))
    if digits.startswith("(") and digits.endswith(")"):
        return -1, digits[1:-1]
    if side := _SIDE.search(digits):
        return (1 if side[1].casefold() == "cr" else -1), digits[: side.start()].removeprefix("+")
    return (-1, digits[1:].lstrip()) if digits.startswith("-") else (1, digits.removeprefix("+"))


def _number_proof(text: str) -> NumberStyle | type[Unclear] | None:
    """The style that a number proves, Unclear when it has two meanings, None when it proves nothing."""
    digits = _sign_and_digits(text)[1]
    points, commas = digits.count("."), digits.count(",")
    if not (points or commas) or not re.fullmatch(r"[\d.,]+", digits, re.ASCII):
        return None
    if points and commas:
        return NumberStyle.POINT if digits.rfind(".") > digits.rfind(",") else NumberStyle.COMMA
    sign = "." if points else ","
    begins_decimals, groups = (
        (NumberStyle.POINT, NumberStyle.COMMA) if points else (NumberStyle.COMMA, NumberStyle.POINT)
    )
    if points + commas > 1:
        return groups
    before, after = digits.split(sign)
    if len(after) != GROUP or len(before) > GROUP or before.startswith("0") or not before:
        return begins_decimals
    return Unclear


def _date_proof(text: str) -> DateOrder | type[Unclear] | None:
    parts = _slashed(text)
    if parts is None:
        return None
    first, second, _third = parts
    if len(first) == YEAR_DIGITS:
        return DateOrder.YEAR_FIRST
    if min(int(first), int(second)) > MONTHS_OF_A_YEAR:
        return None
    if int(first) > MONTHS_OF_A_YEAR:
        return DateOrder.DAY_FIRST
    if int(second) > MONTHS_OF_A_YEAR:
        return DateOrder.MONTH_FIRST
    return None if first == second else Unclear


def _ordered(parts: tuple[str, str, str], order: DateOrder) -> tuple[str, str, str]:
    first, second, third = parts
    if len(first) == YEAR_DIGITS:
        return parts
    match order:
        case DateOrder.MONTH_FIRST:
            return third, first, second
        case DateOrder.DAY_FIRST:
            return third, second, first
        case DateOrder.YEAR_FIRST:
            return parts


def _slashed(text: str) -> tuple[str, str, str] | None:
    match = _SLASHED.fullmatch(text.strip())
    return (match[1], match[2], match[3]) if match else None


def _named_month(text: str) -> tuple[str, str, str] | None:
    """Year, month and day of "31 Jan 2026" or "January 31, 2026"."""
    if match := _DAY_NAMED.fullmatch(text.strip()):
        day, month, year = match[1], match[2], match[3]
    elif match := _MONTH_NAMED.fullmatch(text.strip()):
        month, day, year = match[1], match[2], match[3]
    else:
        return None
    number = MONTHS.get(month.lower())
    return (year, str(number), day) if number else None
