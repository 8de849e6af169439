"""Reading a file of invoice lines: columns by name, values checked one by one, each fault with its line and reason."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed

MAX_CELL: Final = 500
MAX_NUMBER: Final = 50
MAX_VALUE: Final = Decimal("1000000000000")


class Column(StrEnum):
    """What a column means."""

    NUMBER = "number"
    DATE = "date"
    CUSTOMER = "customer"
    CUSTOMER_NAME = "customer_name"
    COUNTRY = "country"
    CODE = "code"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"


REQUIRED: Final = (Column.NUMBER, Column.DATE, Column.QUANTITY, Column.UNIT_PRICE)
NAMES: Final[Mapping[Column, frozenset[str]]] = {
    Column.NUMBER: frozenset({"invoiceno", "invoice", "invoicenumber", "number", "documentno", "invoiceid"}),
    Column.DATE: frozenset({"invoicedate", "date", "issued", "issuedon", "issuedate"}),
    Column.CUSTOMER: frozenset({"customerid", "customer", "customerno", "customernumber", "clientid"}),
    Column.CUSTOMER_NAME: frozenset({"customername", "client", "clientname", "company", "name"}),
    Column.COUNTRY: frozenset({"country"}),
    Column.CODE: frozenset({"stockcode", "code", "sku", "itemcode", "productcode"}),
    Column.DESCRIPTION: frozenset({"description", "item", "itemname", "product", "service"}),
    Column.QUANTITY: frozenset({"quantity", "qty", "units"}),
    Column.UNIT_PRICE: frozenset({"unitprice", "price", "rate", "unitcost"}),
}


class DateOrder(StrEnum):
    """How the parts of a slashed date follow each other."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"
    YEAR_FIRST = "ymd"


@dataclass(frozen=True, slots=True)
class RowError:
    """A fault: the line of the file (the header is line 1), the document it belongs to, the field and the reason."""

    line: int
    document: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a document as the file has it. Quantity is negative on a cancellation."""

    line: int
    document: str
    issued_on: date
    customer: str
    customer_name: str
    country: str
    code: str
    description: str
    quantity: Decimal
    unit_price: Decimal


def decode(content: bytes) -> str:
    """The text of a file in UTF-8, or else in Windows' Western encoding, as spreadsheets save it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_rows(content: bytes) -> tuple[dict[Column, str], list[tuple[int, dict[str, str]]]]:
    """The mapping of columns, and the rows with their line numbers. Raises ValidationFailed without a needed column."""
    reader = csv.DictReader(io.StringIO(decode(content), newline=""))
    mapping = guess_columns(reader.fieldnames or ())
    missing = [column.value for column in REQUIRED if column not in mapping]
    if missing:
        raise ValidationFailed(
            {"file": [_("The file has no column for: %(columns)s.") % {"columns": ", ".join(missing)}]}
        )
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        for row in reader:
            rows.append((reader.line_num, {key: value or "" for key, value in row.items() if isinstance(key, str)}))
    except csv.Error as error:
        raise ValidationFailed(
            {"file": [_("Line %(line)s cannot be read: %(error)s.") % {"line": reader.line_num, "error": error}]}
        ) from error
    return mapping, rows


def guess_columns(names: Iterable[str]) -> dict[Column, str]:
    """Which column means what, by its name."""
    mapping: dict[Column, str] = {}
    for name in names:
        plain = re.sub(r"[^a-z]", "", (name or "").lower())
        for column, known in NAMES.items():
            if plain in known and column not in mapping:
                mapping[column] = name
    return mapping


def guess_date_order(texts: Iterable[str]) -> DateOrder:
    """Which order the dates of a file have, from those that allow only one. Raises ValidationFailed when none does."""
    for text in texts:
        parts = _date_parts(text)
        if parts is None:
            continue
        if len(parts[0]) == 4:  # noqa: PLR2004 -- a year
            return DateOrder.YEAR_FIRST
        if int(parts[0]) > 12:  # noqa: PLR2004 -- no month
            return DateOrder.DAY_FIRST
        if int(parts[1]) > 12:  # noqa: PLR2004 -- no month
            return DateOrder.MONTH_FIRST
    raise ValidationFailed(
        {"date_order": [_("The dates can be read in two ways. Say whether the day or month is first.")]}
    )


def read_lines(
    mapping: Mapping[Column, str], rows: Iterable[tuple[int, dict[str, str]]], order: DateOrder
) -> tuple[list[SourceLine], list[RowError]]:
    """Every row as a line, or the faults that it has."""
    lines: list[SourceLine] = []
    errors: list[RowError] = []
    for number, row in rows:
        cells = {column: " ".join(row.get(name, "").split())[:MAX_CELL] for column, name in mapping.items()}
        faults = list(_faults(number, cells, order))
        if faults:
            errors += faults
        else:
            lines.append(_line(number, cells, order))
    return lines, errors


def _line(number: int, cells: Mapping[Column, str], order: DateOrder) -> SourceLine:
    issued_on = parse_date(cells[Column.DATE], order)
    quantity, price = parse_number(cells[Column.QUANTITY]), parse_number(cells[Column.UNIT_PRICE])
    assert issued_on is not None and quantity is not None and price is not None  # noqa: S101, PT018 -- checked before
    code = cells.get(Column.CODE, "")
    return SourceLine(
        line=number,
        document=cells[Column.NUMBER],
        issued_on=issued_on,
        customer=cells.get(Column.CUSTOMER, ""),
        customer_name=cells.get(Column.CUSTOMER_NAME, ""),
        country=cells.get(Column.COUNTRY, ""),
        code=code,
        description=cells.get(Column.DESCRIPTION, "") or code or "Item",
        quantity=quantity,
        unit_price=price,
    )


def _faults(number: int, cells: Mapping[Column, str], order: DateOrder) -> Iterator[RowError]:
    document = cells[Column.NUMBER]
    if not document:
        yield RowError(number, "", Column.NUMBER, _("The line has no invoice number."))
    elif len(document) > MAX_NUMBER or "/" in document:
        yield RowError(number, document, Column.NUMBER, _("The number is too long or has a slash."))
    if parse_date(cells[Column.DATE], order) is None:
        yield RowError(number, document, Column.DATE, _("“%(text)s” is not a date.") % {"text": cells[Column.DATE]})
    for column in (Column.QUANTITY, Column.UNIT_PRICE):
        if parse_number(cells[column]) is None:
            yield RowError(number, document, column, _("“%(text)s” is not a number.") % {"text": cells[column]})
    price = parse_number(cells[Column.UNIT_PRICE])
    if price is not None and price < 0:
        yield RowError(number, document, Column.UNIT_PRICE, _("The price is negative."))
    if parse_number(cells[Column.QUANTITY]) == 0:
        yield RowError(number, document, Column.QUANTITY, _("The quantity is zero."))


def parse_number(text: str) -> Decimal | None:
    """A number as a program writes it, with at most six decimals; None when it is not one."""
    if not re.fullmatch(r"-?\d{1,13}(,\d{3})*(\.\d{1,6})?", text, re.ASCII):
        return None
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return value if abs(value) <= MAX_VALUE else None


def parse_date(text: str, order: DateOrder) -> date | None:
    """The date of a cell (a time after it is left out); two-digit years are of this century."""
    parts = _date_parts(text)
    if parts is None:
        return None
    first, second, third = parts
    match order:
        case DateOrder.MONTH_FIRST:
            year, month, day = third, first, second
        case DateOrder.DAY_FIRST:
            year, month, day = third, second, first
        case DateOrder.YEAR_FIRST:
            year, month, day = first, second, third
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))  # noqa: PLR2004
    except ValueError:
        return None


def _date_parts(text: str) -> tuple[str, str, str] | None:
    match = re.match(r"^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})(?:[ T].*)?$", text, re.ASCII)
    return (match[1], match[2], match[3]) if match else None
