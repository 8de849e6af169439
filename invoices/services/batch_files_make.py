"""The files of a batch: each PDF is rendered, then all are put into a ZIP or one PDF, in parts that can be kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from pypdf import PdfReader, PdfWriter

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.models import StoredFile
from billing_assistant.core.privacy_files import files_forget
from invoices.batch_states import BatchFormat, BatchItemState
from invoices.locks import batch_items_claim
from invoices.models import BatchDocument, BatchFile, BatchItem, Invoice, InvoiceBatch
from invoices.services.documents import invoice_pdf

CHUNK: Final = 20
KEPT: Final = timedelta(days=7)
MOST_BYTES: Final = 20 * 1024 * 1024
"""So much goes into one file; there is room for what surrounds it within what is kept of a file."""
NEVER: Final = (1980, 1, 1, 0, 0, 0)
TYPES: Final = {
    BatchFormat.ZIP: ("zip", "application/zip"),
    BatchFormat.MERGED: ("pdf", "application/pdf"),
}
declare("batch.before_files")


def files_make(*, batch_id: UUID, actor: Actor) -> int:
    """Renders the next PDFs and gives how many; when none is left it writes the files. 0 when there is nothing to do.

    Rendering is outside of transactions. Two workers may render the same PDF: it is stored once.
    """
    batch = InvoiceBatch.objects.select_related("profile").get(pk=batch_id)
    if not batch.is_working:
        return 0
    rows = BatchItem.objects.filter(batch=batch, state=BatchItemState.WAITING).order_by("position")
    items = list(rows.values_list("pk", "about")[:CHUNK])
    if not items:
        _write_files(batch)
        return 0
    for _item_id, invoice_id in items:
        invoice_pdf(invoice_id=invoice_id)
    with transaction.atomic():
        held = batch_items_claim(batch_id, BatchItemState.WAITING, CHUNK)
        rendered = {item_id for item_id, _invoice_id in items}
        done = [item for item in held if item.pk in rendered]
        BatchItem.objects.filter(pk__in=[item.pk for item in done]).update(
            state=BatchItemState.MADE, done_at=clock_now()
        )
        fail_point("batch.before_commit")
    return len(items)


def batch_files_forget(*, now: datetime) -> int:
    """Deletes the files of batches whose time is up, with their bytes. Returns how many went."""
    with transaction.atomic():
        expired = BatchFile.objects.filter(expires_at__lte=now)
        ids = list(expired.values_list("file_id", flat=True))
        expired.delete()
        files_forget(ids)
    return len(ids)


def _write_files(batch: InvoiceBatch) -> None:
    """Puts the PDFs together, in the order of the items, part by part: one that is there already is not made again."""
    documents = BatchDocument.objects.filter(item__batch=batch, item__state=BatchItemState.MADE)
    ids = [pk for pk in documents.order_by("item__position").values_list("invoice_id", flat=True) if pk is not None]
    invoices = Invoice.objects.select_related("pdf").in_bulk(ids)
    parts = list(_parts([invoices[pk] for pk in ids]))
    there = set(BatchFile.objects.filter(batch=batch).values_list("part", flat=True))
    for part, together in enumerate(parts, start=1):
        if part not in there:
            _write_part(batch, part, together, single=len(parts) == 1)
            InvoiceBatch.objects.filter(pk=batch.pk).update(attempts=0, touched_at=clock_now())


def _write_part(batch: InvoiceBatch, part: int, invoices: Sequence[Invoice], *, single: bool) -> None:
    ending, content_type = TYPES[BatchFormat(batch.file_format)]
    write = _zip if batch.file_format == BatchFormat.ZIP else _merged
    stored = files.store(
        content=write(invoices),
        name=f"{batch.number}.{ending}" if single else f"{batch.number}-{part}.{ending}",
        content_type=content_type,
        profile_id=batch.profile_id,
    )
    fail_point("batch.before_files")
    now = clock_now()
    row = BatchFile(batch=batch, part=part, file=stored, documents=len(invoices), created_at=now, expires_at=now + KEPT)
    BatchFile.objects.bulk_create([row], ignore_conflicts=True)


def _parts(invoices: Sequence[Invoice]) -> Iterator[list[Invoice]]:
    """The invoices in their order, in parts whose PDFs fit into one file."""
    part: list[Invoice] = []
    size = 0
    for invoice in invoices:
        own = _pdf(invoice).size
        if part and size + own > MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(invoice)
        size += own
    if part:
        yield part


def _zip(invoices: Sequence[Invoice]) -> bytes:
    made = io.BytesIO()
    taken: set[str] = set()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for invoice in invoices:
            name = f"{invoice.number.replace('/', '-')}.pdf"
            if name in taken:
                name = f"{invoice.kind}-{name}"
            taken.add(name)
            entry = zipfile.ZipInfo(files.clean_name(name), NEVER)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files.read(_pdf(invoice)))
    return made.getvalue()


def _merged(invoices: Sequence[Invoice]) -> bytes:
    """All pages one after the other, with a bookmark at each document."""
    made = io.BytesIO()
    writer = PdfWriter()
    for invoice in invoices:
        reader = PdfReader(io.BytesIO(files.read(_pdf(invoice))))
        writer.append(reader, outline_item=invoice.number, import_outline=False)
    writer.compress_identical_objects()
    writer.write(made)
    return made.getvalue()


def _pdf(invoice: Invoice) -> StoredFile:
    if invoice.pdf is None:
        raise RuntimeError(f"The PDF of {invoice.number} has not been rendered.")
    return invoice.pdf
