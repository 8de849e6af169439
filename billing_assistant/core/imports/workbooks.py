"""Workbooks (.xlsx), read row by row; formulas as the values that they had when the file was saved."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.imports.values import Cell
from billing_assistant.core.sheets import freed

MAX_UNPACKED: Final = 300 * 1024 * 1024
MAX_TEXTS: Final = 60 * 1024 * 1024
MAX_PARTS: Final = 2_000
MAX_LINES: Final = 300_000
SMALLEST: Final = Decimal("0.000001")
LARGEST: Final = Decimal("1e15")
_TEXTS: Final = "xl/sharedStrings.xml"


def check(data: bytes) -> None:
    """Refuses what would unpack to more than we hold, before anything is unpacked. Raises ValidationFailed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _unreadable() from error
    texts = sum(part.file_size for part in parts if part.filename == _TEXTS)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED or texts > MAX_TEXTS:
        raise ValidationFailed({"file": [_("The workbook is too large when it is unpacked. Save it as CSV.")]})
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise _unreadable()


def sheet_names(data: bytes) -> tuple[str, ...]:
    """The sheets that have cells, in their order. Raises ValidationFailed when there is none."""
    with _opened(data) as book:
        names = tuple(sheet.title for sheet in book.worksheets)
    if not names:
        raise _unreadable()
    return names


def rows_about(data: bytes, sheet: str) -> int:
    """How many rows the sheet says it has, or 0."""
    with _opened(data) as book:
        return max((book[sheet].max_row or 1) - 1, 0)


def lines(data: bytes, sheet: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows of a sheet with their numbers."""
    with _opened(data) as book:
        rows: Any = book[sheet]
        rows.reset_dimensions()  # what the file says of its size may be wrong
        for number, cells in enumerate(rows.iter_rows(values_only=True), start=1):
            if number > MAX_LINES:
                raise ValidationFailed({"file": [_("The file has more than %(n)s rows. Split it.") % {"n": MAX_LINES}]})
            yield number, [_cell(value) for value in cells]


@contextmanager
def _opened(data: bytes) -> Iterator[Workbook]:
    check(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that we do not read
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()
    except (InvalidFileException, ParseError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise _unreadable() from error


def _cell(value: object) -> Cell:
    match value:
        case None:
            return ""
        case bool() | Decimal():
            return value
        case int():
            return Decimal(value)
        case date():
            return value.date() if isinstance(value, datetime) else value
        case str():
            return freed(value)
    return _number(value)


def _number(value: object) -> Cell:
    """A binary number as it was typed: its shortest digits, at most six decimals as sums have."""
    text = str(value)
    try:
        number = Decimal(text)
    except ArithmeticError:
        return text
    return number.quantize(SMALLEST).normalize() if number.is_finite() and abs(number) < LARGEST else text


def _unreadable() -> ValidationFailed:
    return ValidationFailed({"file": [_("The workbook cannot be read. Open it, save it again as .xlsx, or as CSV.")]})
