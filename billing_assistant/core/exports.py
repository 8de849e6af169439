"""Lists as files to take along: CSV, or a workbook with ?format=xlsx, read from the database in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from billing_assistant.core.keyset import page_of
from billing_assistant.core.sheets import csv_response
from billing_assistant.core.workbooks import workbook_response

CHUNK: Final = 500
XLSX: Final = "xlsx"
M = TypeVar("M", bound=Model)


def export_response(
    request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponseBase:
    """The rows under their headings in the format that was asked for. `name` has no ending."""
    respond = workbook_response if request.GET.get("format") == XLSX else csv_response
    return respond(name, head, rows)


def chunked(rows: QuerySet[M], order: Sequence[str], each: Callable[[Sequence[M]], Iterable[Any]]) -> Iterator[Any]:
    """What `each` makes of the rows, which it is handed a chunk at a time: memory does not grow with the list."""
    asked: dict[str, str] = {}
    while True:
        page = page_of(rows, order, asked, size=CHUNK)
        yield from each(page.rows)
        if not page.next_cursor:
            return
        asked = {"after": page.next_cursor}
