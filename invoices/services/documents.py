"""The PDF of a document: rendered once from its snapshots, stored under its content hash."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.models import StoredFile
from invoices.locks import invoice_lock
from invoices.models import Invoice
from invoices.pdf.build import document_of, draft_document_of
from invoices.pdf.render import render_html, render_pdf
from invoices.selectors import draft_get


def invoice_pdf(*, invoice_id: UUID) -> StoredFile:
    """The stored PDF of an issued document; renders it first if no worker has yet. Safe to call from many places."""
    invoice = Invoice.objects.select_related("pdf", "profile", "customer", "corrects").get(pk=invoice_id)
    if invoice.pdf is not None:
        return invoice.pdf
    stored = files.store(
        content=render_pdf(document_of(invoice)),
        name=f"{invoice.number}.pdf",
        content_type="application/pdf",
        profile_id=invoice.profile_id,
    )
    with transaction.atomic():
        locked = invoice_lock(invoice_id)
        if locked.pdf is None:
            locked.pdf = stored
            locked.save(update_fields=["pdf"])
        return locked.pdf


def invoice_html(invoice: Invoice) -> str:
    """An issued document as HTML, for a page; the same figures as the PDF."""
    return render_html(document_of(invoice))


def draft_pdf(*, draft_id: UUID, actor: Actor) -> bytes:
    """A draft as it would look, marked as a draft. Nothing is stored. Raises NotFound."""
    return render_pdf(draft_document_of(draft_get(actor, draft_id)))


def draft_html(*, draft_id: UUID, actor: Actor) -> str:
    """A draft as HTML, marked as a draft. Raises NotFound."""
    return render_html(draft_document_of(draft_get(actor, draft_id)))
