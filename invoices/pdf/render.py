"""Documents as PDF, and as a page in a browser."""

from __future__ import annotations

from invoices.pdf.document import InvoiceDocument
from invoices.pdf.html import prepare, render_fragment, render_html, screen_sheets

__all__ = ["render_fragment", "render_html", "render_pdf", "screen_sheets"]


def render_pdf(document: InvoiceDocument) -> bytes:
    """The document as a PDF file: tagged (PDF/UA-1), in our own fonts, the same bytes for the same document.

    Raises RenderRefused (see `errors.py`). Loads nothing from outside.
    """
    from invoices.pdf.press import print_document  # noqa: PLC0415  # the engine takes a second to import

    return print_document(prepare(document))
