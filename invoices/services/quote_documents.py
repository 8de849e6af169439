"""A quote on paper: rendered once from its frozen copy, stored under its content hash."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core.models import StoredFile
from invoices.locks import quote_lock
from invoices.models import Quote
from invoices.pdf.offers import quote_document_of
from invoices.pdf.render import render_html
from invoices.services.pdf_keeping import pdf_kept


def quote_pdf(*, quote_id: UUID) -> StoredFile:
    """The stored PDF of a quote, rendered by whoever asks first. Safe to call from many places, in no transaction."""
    return pdf_kept(quote_id, read=_to_draw, lock=quote_lock, drawn=quote_document_of)


def _to_draw(quote_id: UUID) -> Quote:
    return Quote.objects.select_related("pdf").get(pk=quote_id)


def quote_html(quote: Quote) -> str:
    """A quote as HTML, for a page; the same figures as the PDF."""
    return render_html(quote_document_of(quote))
