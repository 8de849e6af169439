"""PDFs are kept: each document is rendered once, by whoever asks first, and others wait for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from billing_assistant.core import files
from billing_assistant.core.locks import one_at_a_time
from billing_assistant.core.models import StoredFile
from invoices.pdf.document import InvoiceDocument
from invoices.pdf.render import render_pdf


class Kept(Protocol):
    """An issued document with room for its PDF."""

    number: str
    profile_id: UUID
    pdf: StoredFile | None


Document = TypeVar("Document", bound=Kept)


def pdf_kept(
    document_id: UUID,
    *,
    read: Callable[[UUID], Document],
    lock: Callable[[UUID], Model],
    drawn: Callable[[Document], InvoiceDocument],
) -> StoredFile:
    """The stored PDF of a document that `read` gives; who comes while it is rendered waits for it.

    What they wait for is a lock of its own: nobody who changes the document waits for a rendering. Called in no
    transaction.
    """
    kept = read(document_id).pdf
    if kept is not None:
        return kept
    with one_at_a_time(f"pdf:{document_id}"):
        document = read(document_id)
        if document.pdf is not None:
            return document.pdf
        stored = files.store(
            content=render_pdf(drawn(document)),
            name=f"{document.number}.pdf",
            content_type="application/pdf",
            profile_id=document.profile_id,
        )
        with transaction.atomic():
            locked = lock(document_id)
            locked.pdf = stored  # type: ignore[attr-defined] # one of those that are kept
            locked.save(update_fields=["pdf"])
    return stored
