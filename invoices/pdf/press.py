"""The engine behind `render_pdf`: one page job at a time in a process, with fonts and stylesheets that stay warm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from threading import Lock
from typing import Final
from xml.etree.ElementTree import ParseError

from weasyprint import DEFAULT_OPTIONS
from weasyprint.pdf import generate_pdf

from invoices.pdf.document import InvoiceDocument
from invoices.pdf.errors import FetchRefused, RenderRefused
from invoices.pdf.fetcher import EmbeddedFetcher, Refusal, embedded
from invoices.pdf.filing import file_of
from invoices.pdf.html import LOGO, codes_of, logo_of, markup
from invoices.pdf.paper import Paper
from invoices.pdf.printing import PrintedCode, PrintedLogo, printed_logo
from invoices.pdf.stylesheets import Sheets, sheets_for

_FILE: Final = {"pdf_variant": "pdf/ua-1", "pdf_version": "1.7", "pdf_tags": True}
# Fonts and parsed stylesheets are shared in the process, and Pango's font map serves one page at a time.
_PRESS: Final = Lock()


def print_document(document: InvoiceDocument) -> bytes:
    """Prints a prepared document. Raises RenderRefused."""
    pictures = _pictures(document)
    html = markup("pdf/paper.html", document, {name: embedded(name) for name in pictures}, screen=False)
    return print_page(html, lambda: sheets_for(document), pictures)


def print_page(html: str, sheets: Callable[[], Sheets], pictures: Mapping[str, PrintedLogo | PrintedCode]) -> bytes:
    """Prints a page of ours, whose pictures are `embedded` by their names. Raises RenderRefused."""
    with _PRESS:
        try:
            return _print(html, sheets(), {embedded(name): picture for name, picture in pictures.items()})
        except Refusal as refusal:
            raise FetchRefused(str(refusal)) from refusal
        except ParseError as error:
            raise RenderRefused("A text of the document broke the page.") from error


def _pictures(document: InvoiceDocument) -> dict[str, PrintedLogo | PrintedCode]:
    pictures: dict[str, PrintedLogo | PrintedCode] = {}
    if logo := logo_of(document):
        pictures[LOGO] = printed_logo(logo)
    for name, code in codes_of(document).items():
        pictures[name] = PrintedCode(name, code)
    return pictures


def _print(html: str, sheets: Sheets, pictures: dict[str, PrintedLogo | PrintedCode]) -> bytes:
    """The page finds its pictures in the engine's own cache; it fetches nothing."""
    laid_out = Paper(html, EmbeddedFetcher({}), sheets.kept).render(
        sheets.font_config, sheets.counter_style, cache=pictures, stylesheets=sheets.stylesheets, **_FILE
    )
    drawn = generate_pdf(laid_out, None, 1, **{**DEFAULT_OPTIONS, **_FILE})
    return file_of(drawn, sha256(html.encode()).hexdigest()[:32].encode())
