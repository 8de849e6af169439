"""The items of a batch that wait to be sent: handed to the floor of messages, and marked when their letters exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing_assistant.core.actors import Actor
from billing_assistant.core.services.starters import starter_of
from invoices.batch_states import BatchItemState, BatchKind
from invoices.locks import batch_items_claim
from invoices.models import BatchDocument, BatchItem, InvoiceBatch


@dataclass(frozen=True, slots=True)
class LetterDue:
    """An item whose documents are to be sent. `first` says that they were issued in order to be sent."""

    item: BatchItem
    invoice_ids: tuple[UUID, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class LettersDue:
    """What one worker holds, and who it sends for."""

    batch: InvoiceBatch
    actor: Actor
    letters: tuple[LetterDue, ...] = ()


def batch_letters_claim(*, batch_id: UUID, size: int) -> LettersDue | None:
    """Locks the next items to be sent until the caller's transaction ends; None when there is none or the batch rests.

    The caller queues the messages and settles each item in the same transaction.
    """
    batch = InvoiceBatch.objects.select_related("profile").filter(pk=batch_id).first()
    if batch is None or not batch.is_working:
        return None
    items = batch_items_claim(batch_id, BatchItemState.SENDING, size)
    if not items:
        return None
    invoices: dict[UUID, list[UUID]] = {item.pk: [] for item in items}
    rows = BatchDocument.objects.filter(item__in=items, invoice__isnull=False).order_by("id")
    for item_id, invoice_id in rows.values_list("item_id", "invoice_id"):
        invoices[item_id].append(invoice_id)
    first = batch.kind_word is not BatchKind.SEND
    letters = tuple(LetterDue(item, tuple(invoices[item.pk]), first) for item in items)
    return LettersDue(batch, starter_of(batch), letters)


def batch_letters_settle(*, items: Sequence[BatchItem], now: datetime) -> None:
    """Keeps what became of items that the caller holds: their state and reason are set."""
    for item in items:
        item.reason, item.done_at = item.reason[:300], now
    BatchItem.objects.bulk_update(items, ["state", "reason", "done_at"])
    InvoiceBatch.objects.filter(pk=items[0].batch_id).update(touched_at=now)
