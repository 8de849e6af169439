"""The work on a batch: chunk after chunk, each with what became of its items in one transaction.

A worker takes the next items that wait with SKIP LOCKED, so two workers never have the same one. One that dies loses
the chunk that it was in, which rolls back whole: drafts, numbers and marks. So nothing is made twice, and nothing is
marked that was not made.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import PermissionRefused
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.services.starters import starter_of
from invoices.batch_states import BatchAfter, BatchItemState, BatchKind, rights_needed
from invoices.locks import batch_items_claim, batch_lock
from invoices.models import BatchItem, InvoiceBatch
from invoices.services.batch_files_make import files_make
from invoices.services.batch_work import Chunk, drafts_issue, invoices_generate, invoices_to_send
from invoices.services.batches import batch_fail, batch_finish, letters_due

SECONDS: Final = 120.0
MOST_ATTEMPTS: Final = 5
CHUNK: Final = 50
log = structlog.get_logger(__name__)
declare("batch.before_commit", "batch.between_chunks")


def batch_advance(*, batch_id: UUID, seconds: float | None = None) -> bool:
    """Works on a batch until nothing waits, it is paused or cancelled, or the time is up. True when there is more.

    A person or key that lost a right stops it with the reason. Any other error is raised; after five of them without
    progress the batch stops.
    """
    batch = _taken(batch_id)
    if batch is None:
        return False
    with translation.override(batch.created_by.language if batch.created_by else settings.LANGUAGE_CODE):
        actor = starter_of(batch)
        try:
            for right in rights_needed(batch.kind_word, batch.after_word):
                actor.require(right)
            actor.require_profile(batch.profile_id)
            return _advance(batch, actor, time.monotonic() + (SECONDS if seconds is None else seconds))
        except PermissionRefused as error:
            batch_fail(batch_id=batch_id, reason=error.message, actor=actor, now=clock_now())
    return False


def _advance(batch: InvoiceBatch, actor: Actor, stop_at: float) -> bool:
    step = files_make if batch.kind_word is BatchKind.FILES else batch_step
    while step(batch_id=batch.pk, actor=actor):
        InvoiceBatch.objects.filter(pk=batch.pk).update(attempts=0, touched_at=clock_now())
        fail_point("batch.between_chunks")
        if time.monotonic() > stop_at:
            return True
    _remind_of_letters(batch, actor)
    batch_finish(batch_id=batch.pk, actor=actor, now=clock_now())
    return False


def batch_step(*, batch_id: UUID, actor: Actor) -> int:
    """Does one chunk and gives how many items it had; 0 when nothing waits that nobody else has."""
    now = clock_now()
    with transaction.atomic():
        batch = InvoiceBatch.objects.select_related("profile").get(pk=batch_id)
        if not batch.is_working:
            return 0
        if batch.after_word is not BatchAfter.KEEP:
            advisory_lock(f"batch-numbers:{batch_id}")  # chunks take their numbers in the order of the items
        items = batch_items_claim(batch_id, BatchItemState.WAITING, CHUNK)
        if not items:
            return 0
        chunk = Chunk(batch, items, actor, now)
        _work_on(chunk)
        _mark(chunk.items, now)
        if any(item.state == BatchItemState.SENDING for item in items):
            letters_due(batch, actor, now)
        fail_point("batch.before_commit")
    return len(items)


def _work_on(chunk: Chunk) -> None:
    match chunk.batch.kind_word:
        case BatchKind.GENERATE:
            invoices_generate(chunk)
        case BatchKind.ISSUE:
            drafts_issue(chunk)
        case BatchKind.SEND:
            invoices_to_send(chunk)


def _mark(items: Sequence[BatchItem], now: object) -> None:
    for item in items:
        item.reason = item.reason[:300]
        item.done_at = None if item.state == BatchItemState.SENDING else now  # type: ignore[assignment]
    BatchItem.objects.bulk_update(items, ["state", "reason", "done_at"])


def _taken(batch_id: UUID) -> InvoiceBatch | None:
    """The batch with one more attempt counted; None when there is nothing to do (any more)."""
    with transaction.atomic():
        batch = batch_lock(batch_id)
        if not batch.is_working:
            return None
        batch.attempts += 1
        batch.touched_at = clock_now()
        batch.save(update_fields=["attempts", "touched_at"])
    if batch.attempts > MOST_ATTEMPTS:
        reason = _("It failed several times at the same place. What was made before stays.")
        batch_fail(batch_id=batch_id, reason=reason, actor=starter_of(batch), now=clock_now())
        log.error("batch.given_up", batch_id=str(batch_id))
        return None
    return batch


def _remind_of_letters(batch: InvoiceBatch, actor: Actor) -> None:
    """Tells again what waits to be sent: the batch was paused meanwhile, or its event was given up."""
    with transaction.atomic():
        waits = BatchItem.objects.filter(batch=batch, state=BatchItemState.SENDING)
        if waits.exists():
            letters_due(batch, actor, clock_now())
