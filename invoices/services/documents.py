"""The PDF of a document: rendered once from its snapshots, stored under its content hash."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import StoredFile
from invoices.locks import invoice_lock
from invoices.models import Invoice
from invoices.pdf.build import document_of, draft_document_of
from invoices.pdf.render import render_html, render_pdf
from invoices.selectors import draft_get
from invoices.services.pdf_keeping import pdf_kept


def invoice_pdf(*, invoice_id: UUID) -> StoredFile:
    """The stored PDF of an issued document, rendered first if no worker has yet. Safe to call from many places, in no
    transaction."""
    return pdf_kept(invoice_id, read=_to_draw, lock=invoice_lock, drawn=document_of)


def _to_draw(invoice_id: UUID) -> Invoice:
    return Invoice.objects.select_related("pdf", "profile", "customer", "corrects").get(pk=invoice_id)


def invoice_html(invoice: Invoice) -> str:
    """An issued document as HTML, for a page; the same figures as the PDF."""
    return render_html(document_of(invoice))


def draft_pdf(*, draft_id: UUID, actor: Actor) -> bytes:
    """A draft as it would look, marked as a draft. Nothing is stored. Raises NotFound."""
    return render_pdf(draft_document_of(draft_get(actor, draft_id)))


def draft_html(*, draft_id: UUID, actor: Actor) -> str:
    """A draft as HTML, marked as a draft. Raises NotFound."""
    return render_html(draft_document_of(draft_get(actor, draft_id)))
