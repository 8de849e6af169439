"""What one document may hold, so that a page job stays short and small."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Final
from urllib.parse import urlsplit

from babel import localedata

from invoices.pdf.document import InvoiceDocument
from invoices.pdf.errors import DocumentTooLarge, RenderRefused

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")

MOST_LINES: Final = 1_000
MOST_CHARACTERS: Final = {"notes": 10_000, "terms": 20_000, "description": 5_000}
MOST_CHARACTERS_ELSEWHERE: Final = 500
MOST_ROWS_ELSEWHERE: Final = 200


def check(document: InvoiceDocument) -> None:
    """Raises DocumentTooLarge, or RenderRefused for an unknown language and for a portal address that is none."""
    if not _LANGUAGE.fullmatch(document.language) or not localedata.exists(document.language.replace("-", "_")):
        raise RenderRefused("The document's language is not one that can be written.")
    if len(document.lines) > MOST_LINES:
        raise DocumentTooLarge(f"The document has {len(document.lines)} lines; at most {MOST_LINES} are printed.")
    for name, value in _values(document):
        if isinstance(value, str):
            _check_length(name, value)
        elif isinstance(value, tuple) and name != "lines" and len(value) > MOST_ROWS_ELSEWHERE:
            raise DocumentTooLarge(f"“{name}” has {len(value)} rows; at most {MOST_ROWS_ELSEWHERE} are printed.")
    if document.how_to_pay and document.how_to_pay.portal_url:
        _check_address(document.how_to_pay.portal_url)


def _check_length(name: str, text: str) -> None:
    most = MOST_CHARACTERS.get(name, MOST_CHARACTERS_ELSEWHERE)
    if len(text) > most:
        raise DocumentTooLarge(f"“{name}” has {len(text)} characters; at most {most} are printed.")


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise RenderRefused("The portal link is not an address.") from error
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise RenderRefused("The portal link must be an http or https address.")


def _values(value: object, name: str = "") -> Iterator[tuple[str, object]]:
    yield name, value
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _values(getattr(value, field.name), field.name)
    elif isinstance(value, tuple):
        for item in value:
            yield from _values(item, name)
