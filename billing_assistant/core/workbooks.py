"""Tables as Excel workbooks. Amounts are numbers, dates are dates, and no text is ever read as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any, Final

from django.http import FileResponse
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 1_048_575
LONGEST_TEXT: Final = 32_767
_WIDTH: Final = 18


def workbook_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> FileResponse:
    """A workbook of one sheet to download, written row by row to a file on disk. A sheet ends where Excel's does."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    for column in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    titles = [_cell(sheet, title) for title in head]
    for cell in titles:
        cell.font = Font(bold=True)
    sheet.append(titles)
    for _, row in zip(range(MOST_ROWS), rows, strict=False):
        sheet.append([_cell(sheet, value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 -- the response closes it
    book.save(file)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=EXCEL)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Cell:
    match value:
        case datetime():
            return WriteOnlyCell(sheet, value=value.replace(tzinfo=None))
        case None | bool() | int() | Decimal() | date():
            return WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # the stubs lack whole numbers and days
    cell = WriteOnlyCell(sheet, value="")
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST_TEXT]
    cell.data_type = "s"
    return cell
