"""A file as a table: its headings, and its rows one at a time, whatever the file is. Memory does not grow with rows."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.imports import workbooks
from billing_assistant.core.imports.values import Cell
from billing_assistant.core.sheets import freed

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv"
MAX_COLUMNS: Final = 300
MAX_ROWS: Final = 250_000
DELIMITERS: Final = (",", ";", "\t", "|")
LOOKED_AT: Final = 30
PAIR: Final = 2
_DIGITS: Final = re.compile(r"\d{2}|^\W*\d+\W*$")
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))

Line = tuple[int, Sequence[Cell]]
"""A row with the number of the line that it stands on; the headings are counted too."""


@dataclass(frozen=True, slots=True)
class Table:
    """Headings by position, each once, and the rows below them. `lines` begins anew with each call."""

    heads: tuple[str, ...]
    lines: Callable[[], Iterator[Line]]
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    about: int = 0
    """About how many rows there are."""


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes to keep, the kind of file that they are, and how its text was written."""

    data: bytes
    content_type: str
    encoding: str = field(default="")


def content_of(given: bytes) -> Content:
    """What a person uploaded, as it is kept: workbooks as they are, text in UTF-8.

    Raises ValidationFailed for anything else.
    """
    if given.startswith(b"PK\x03\x04"):
        workbooks.check(given)
        return Content(given, XLSX)
    if given.startswith(_OLD_EXCEL):
        raise _refused(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV and choose that file."))
    if b"%PDF-" in given[:1024]:
        raise _refused(
            _("This is a PDF, which cannot be read. Download the same as CSV or Excel and choose that file.")
        )
    text, encoding = _decoded(given)
    if text.lstrip()[:64].casefold().startswith(("<html", "<!doctype html")):
        raise _refused(
            _("This is a web page, whatever its name says. Save it as .xlsx or as CSV and choose that file.")
        )
    if "\x00" in text:
        raise _refused(_("This is neither a CSV file nor a workbook (.xlsx)."))
    if not text.strip():
        raise _refused(_("The file is empty."))
    return Content(text.encode(), CSV, encoding)


def table_of(content: Content, *, sheet: str = "") -> Table:
    """The table in a file that was kept. Raises ValidationFailed without headings, or with too many."""
    if content.content_type == XLSX:
        sheets = workbooks.sheet_names(content.data)
        chosen = sheet if sheet in sheets else sheets[0]
        heads, lines = _headed(lambda: workbooks.lines(content.data, chosen))
        return Table(heads, lines, sheets, chosen, workbooks.rows_about(content.data, chosen))
    delimiter = _delimiter(content.data)
    heads, lines = _headed(lambda: _csv_lines(content.data, delimiter))
    return Table(heads, lines, about=content.data.count(b"\n"))


def samples_of(table: Table, count: int) -> list[Sequence[Cell]]:
    """The first rows."""
    return [cells for _line, cells in islice(table.lines(), count)]


def _decoded(given: bytes) -> tuple[str, str]:
    """The text, by its mark, else as UTF-8, else in Windows' Western encoding, as spreadsheets save it."""
    for mark, encoding in _MARKS:
        if given.startswith(mark):
            return given.decode(encoding, errors="replace"), encoding.removesuffix("-sig").upper()
    try:
        return given.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return given.decode("cp1252", errors="replace"), "Windows-1252"


def _delimiter(data: bytes) -> str:
    """The sign that divides the first rows into the same number of columns, or most of them, the more the better."""
    text = data[: 256 * 1024].decode("utf-8", errors="ignore")

    def rank(delimiter: str) -> tuple[bool, int]:
        try:
            rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), LOOKED_AT))
        except csv.Error:
            return (False, 0)
        widths = [len(row) for row in rows if row]
        usual = Counter(widths).most_common(1)[0][0] if widths else 0
        return (len(set(widths[:-1] or widths)) == 1 and widths[0] > 1, usual)

    return max(DELIMITERS, key=rank)


def _csv_lines(data: bytes, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, [freed(cell) for cell in cells]
    except csv.Error as error:
        words = {"line": reader.line_num, "error": error}
        raise _refused(_("Line %(line)s cannot be read: %(error)s.") % words) from error


def _headed(read: Callable[[], Iterator[Line]]) -> tuple[tuple[str, ...], Callable[[], Iterator[Line]]]:
    """The headings, and a reader of what is below them."""
    first = list(islice(_filled(read()), LOOKED_AT))
    if not first:
        raise _refused(_("The file is empty."))
    at, cells = _heading(first)
    width = _width(cells)
    if width > MAX_COLUMNS:
        raise _refused(_("The file has more than %(n)s columns.") % {"n": MAX_COLUMNS})

    def lines() -> Iterator[Line]:
        below = (line for line in _filled(read()) if line[0] > at)
        for count, line in enumerate(below):
            if count >= MAX_ROWS:
                raise _refused(_("The file has more than %(n)s rows. Split it.") % {"n": MAX_ROWS})
            yield line

    return _named([str(cell) for cell in cells[:width]]), lines


def _heading(first: Sequence[Line]) -> Line:
    """The first row; or where a file begins with words about itself, as statements of banks do, the first wide one.

    That is twice as wide as the first and as wide as any, and all words: no number and no day stands in it.
    """
    widest = max(_width(cells) for _at, cells in first)
    if _width(first[0][1]) * 2 > widest or widest <= PAIR:
        return first[0]
    wide = (line for line in first if _width(line[1]) == widest and all(map(_is_word, line[1])))
    return next(wide, first[0])


def _width(cells: Sequence[Cell]) -> int:
    return max(index for index, cell in enumerate(cells, start=1) if cell != "")


def _is_word(cell: Cell) -> bool:
    return isinstance(cell, str) and not _DIGITS.search(cell)


def _filled(lines: Iterable[Line]) -> Iterator[Line]:
    return (line for line in lines if any(cell != "" for cell in line[1]))


def _named(cells: Sequence[str]) -> tuple[str, ...]:
    """Every column under a name of its own: "Name", "Name (2)", "Column 3"."""
    names: list[str] = []
    for position, cell in enumerate(cells, start=1):
        plain = " ".join(cell.split())[:80] or _("Column %(n)s") % {"n": position}
        tries = chain([plain], (f"{plain} ({count})" for count in range(2, MAX_COLUMNS + 2)))
        names.append(next(name for name in tries if name not in names))
    return tuple(names)


def _refused(reason: str) -> ValidationFailed:
    return ValidationFailed({"file": [reason]})
