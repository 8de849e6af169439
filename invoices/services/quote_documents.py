"""A quote on paper: rendered once from its frozen copy, stored under its content hash."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from billing_assistant.core import files
from billing_assistant.core.models import StoredFile
from invoices.locks import quote_lock
from invoices.models import Quote
from invoices.pdf.offers import quote_document_of
from invoices.pdf.render import render_html, render_pdf


def quote_pdf(*, quote_id: UUID) -> StoredFile:
    """The stored PDF of a quote; it is rendered by whoever asks first. Safe to call from many places."""
    quote = Quote.objects.select_related("pdf").get(pk=quote_id)
    if quote.pdf is not None:
        return quote.pdf
    stored = files.store(
        content=render_pdf(quote_document_of(quote)),
        name=f"{quote.number}.pdf",
        content_type="application/pdf",
        profile_id=quote.profile_id,
    )
    with transaction.atomic():
        locked = quote_lock(quote_id)
        if locked.pdf is None:
            locked.pdf = stored
            locked.save(update_fields=["pdf"])
        return locked.pdf


def quote_html(quote: Quote) -> str:
    """A quote as HTML, for a page; the same figures as the PDF."""
    return render_html(quote_document_of(quote))
