"""Tables as CSV files, safe to open in a spreadsheet: no cell of a stranger's text is ever run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.http import StreamingHttpResponse

DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- full width too


def safe_cell(value: object) -> str:
    """A value as the text of a cell. Text that would run as a formula gets an apostrophe first."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | Decimal():
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case datetime() | date():
            return value.isoformat()
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text


def freed(cell: str) -> str:
    """The text of a cell that was read, without the apostrophe that `safe_cell` put before it."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].lstrip(" ").startswith(DANGEROUS) else text


class _Line:
    """Hands each written line straight on."""

    def write(self, text: str) -> str:
        return text


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file, with a byte order mark so that spreadsheets read UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff" + str(writer.writerow([safe_cell(cell) for cell in head]))
    for row in rows:
        yield str(writer.writerow([safe_cell(cell) for cell in row]))


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A CSV file to download, written while it is read from the database."""
    response = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
