"""The markup of a document: for paper, and for a browser, where the same page is shown by classes alone."""

from __future__ import annotations

from collections.abc import Mapping
from logging import getLogger
from typing import Final

from django.template.loader import render_to_string
from django.utils import translation

from invoices.pdf.document import InvoiceDocument
from invoices.pdf.errors import LogoRefused
from invoices.pdf.limits import check
from invoices.pdf.page import Page, lay_out
from invoices.pdf.pictures import Picture, clean_logo, qr_png
from invoices.pdf.text import clean_all

logger = getLogger(__name__)

LOGO: Final = "logo"
QR: Final = "qr"
MPESA: Final = "mpesa"


def render_html(document: InvoiceDocument) -> str:
    """A whole page for a browser. Its looks come from our static files alone (CSP `style-src 'self'`)."""
    return _on_screen("pdf/screen.html", document)


def render_fragment(document: InvoiceDocument) -> str:
    """The document alone, for a page of ours that links the stylesheets of `screen_sheets`."""
    return _on_screen("pdf/document.html", document)


def screen_sheets(document: InvoiceDocument) -> tuple[str, ...]:
    """The static files that a browser needs to show the document."""
    return ("pdf/fonts.css", "pdf/screen.css", "pdf/common.css", f"pdf/{document.design}.css")


def prepare(document: InvoiceDocument) -> InvoiceDocument:
    """The document with clean texts. Raises RenderRefused for one that cannot be printed."""
    prepared = clean_all(document)
    check(prepared)
    return prepared


def pictures_of(document: InvoiceDocument) -> dict[str, Picture]:
    """The pictures by name, as files."""
    pictures: dict[str, Picture] = {}
    if logo := logo_of(document):
        pictures[LOGO] = Picture(logo, "image/png")
    for name, code in codes_of(document).items():
        pictures[name] = Picture(qr_png(code), "image/png")
    return pictures


def logo_of(document: InvoiceDocument) -> bytes | None:
    """The logo as a PNG. One that cannot be printed is left out: the seller's name stands in its place."""
    if document.seller.logo is None:
        return None
    try:
        return clean_logo(document.seller.logo.content)
    except LogoRefused as refusal:
        logger.warning("The logo was left out of a document: %s", refusal)
        return None


def codes_of(document: InvoiceDocument) -> dict[str, str]:
    """What the document's QR codes say, by the name of the picture."""
    how = document.how_to_pay
    if how is None:
        return {}
    codes = {QR: how.portal_url, MPESA: how.mpesa.code if how.mpesa else ""}
    return {name: code for name, code in codes.items() if code}


def markup(template: str, document: InvoiceDocument, sources: Mapping[str, str], *, screen: bool) -> str:
    """Renders a template of a prepared document in the document's language."""
    with translation.override(document.language):
        page: Page = lay_out(
            document,
            logo_src=sources.get(LOGO, ""),
            qr_src=sources.get(QR, ""),
            mpesa_src=sources.get(MPESA, ""),
        )
        return render_to_string(template, {"page": page, "screen": screen, "sheets": screen_sheets(document)})


def _on_screen(template: str, document: InvoiceDocument) -> str:
    prepared = prepare(document)
    sources = {name: picture.data_url for name, picture in pictures_of(prepared).items()}
    return markup(template, prepared, sources, screen=True)
