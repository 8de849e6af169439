"""Batches as people steer them: started, paused, gone on with, cancelled, tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events, queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import Conflict, NotFound, ValidationFailed
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.services.numbers import human_number_take
from billing_assistant.core.services.starters import starter_fields
from billing_assistant.core.states import TransitionRefused, require_transition
from invoices.batch_states import (
    BATCH_TRANSITIONS,
    OPEN_ITEMS,
    BatchAfter,
    BatchFormat,
    BatchItemState,
    BatchKind,
    BatchState,
    BatchWork,
    rights_needed,
)
from invoices.locks import batch_lock
from invoices.models import BatchDocument, BatchItem, InvoiceBatch

TASK: Final = "invoices.advance_batch"
NUMBER_PATTERN: Final = "BATCH-{number:04}"
MOST_ITEMS: Final = 5_000
LONGEST_NAME: Final = 120
LONGEST_KEY: Final = 300
AT_ONCE: Final = 1_000
LEFT: Final = timedelta(seconds=90)
"""A batch that nobody has touched for so long has lost its worker: a chunk takes a few seconds."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """A customer, draft or invoice that a new batch is about, with its document unless that is still to be made."""

    about: UUID
    customer_id: UUID
    document: BatchDocument | None = None


@dataclass(frozen=True, slots=True)
class BatchHead:
    """What a batch does, beside the things that it does it with. `told` says to people how those were chosen."""

    kind: BatchKind
    after: BatchAfter = BatchAfter.KEEP
    name: str = ""
    key: str = ""
    work: BatchWork | None = None
    file_format: BatchFormat | None = None
    template_id: UUID | None = None
    told: dict[str, Any] = field(default_factory=dict)

    def require(self, actor: Actor, profile_id: UUID) -> None:
        """Raises PermissionRefused, NotFound, ValidationFailed."""
        actor.require_profile(profile_id)
        for right in rights_needed(self.kind, self.after):
            actor.require(right)
        for name, most in (("name", LONGEST_NAME), ("key", LONGEST_KEY)):
            if len(getattr(self, name)) > most:
                raise ValidationFailed({name: [_("Write at most %(most)d characters.") % {"most": most}]})


def batch_known(*, head: BatchHead, profile_id: UUID, content: dict[str, Any] | None = None) -> InvoiceBatch | None:
    """The batch that was started with this key. The caller has required the rights and locks the key first.

    Raises Conflict when the key started something that does, or bills, something else.
    """
    if not head.key:
        return None
    found = InvoiceBatch.objects.select_related("profile").filter(profile_id=profile_id, key=head.key).first()
    said = (head.kind, head.after, head.work or "", head.file_format or "", head.template_id, content or {})
    if found is not None and said != (
        found.kind,
        found.after,
        found.work,
        found.file_format,
        found.template_id,
        found.content,
    ):
        raise Conflict(_("This key has started %(number)s already.") % {"number": found.number})
    return found


def batch_create(
    *,
    profile_id: UUID,
    head: BatchHead,
    items: Sequence[NewItem],
    actor: Actor,
    now: datetime,
    content: dict[str, Any] | None = None,
) -> InvoiceBatch:
    """Writes a batch with its items and has it worked on when that has committed; with a known key, the one there is.

    Raises PermissionRefused, NotFound, ValidationFailed (nothing chosen, too much), Conflict.
    """
    head.require(actor, profile_id)
    with transaction.atomic():
        if head.key:
            advisory_lock(f"batch:{profile_id}:{head.key}")
        if (known := batch_known(head=head, profile_id=profile_id, content=content)) is not None:
            return known
        _check_size(items)
        batch = InvoiceBatch.objects.create(
            profile=BusinessProfile.objects.get(pk=profile_id),
            number=human_number_take(profile_id=profile_id, kind="batch", pattern=NUMBER_PATTERN)[0],
            name=head.name.strip(),
            kind=head.kind,
            after=head.after,
            work=head.work or "",
            file_format=head.file_format or "",
            template_id=head.template_id,
            key=head.key,
            content=content or {},
            selection=head.told,
            created_at=now,
            touched_at=now,
            **starter_fields(actor),
        )
        _items_write(batch, items, now)
        _record(batch, "batch.started", actor, now, items=len(items))
        queue.enqueue_on_commit(TASK, batch_id=str(batch.pk))
    return batch


def batch_pause(*, batch_id: UUID, actor: Actor, now: datetime) -> InvoiceBatch:
    """Stops the work after the chunk that is being done. Pausing twice is fine. Raises TransitionRefused, NotFound."""
    with transaction.atomic():
        batch = _locked(batch_id, actor)
        if batch.state_word is not BatchState.PAUSED:
            _set_state(batch, BatchState.PAUSED, now)
            _record(batch, "batch.paused", actor, now)
    return batch


def batch_resume(*, batch_id: UUID, actor: Actor, now: datetime) -> InvoiceBatch:
    """Goes on where the work was paused, or where it stopped. Raises TransitionRefused, NotFound."""
    with transaction.atomic():
        batch = _locked(batch_id, actor)
        if batch.state_word in {BatchState.DONE, BatchState.CANCELLED}:
            raise TransitionRefused(batch.number, batch.state_word, BatchState.WORKING)
        if batch.state_word is not BatchState.WORKING:
            _work_again(batch, now)
            _record(batch, "batch.resumed", actor, now)
    return batch


def batch_cancel(*, batch_id: UUID, actor: Actor, now: datetime) -> InvoiceBatch:
    """Ends a batch after the chunk that is being done. What was made stays; the rest is left out and says so."""
    with transaction.atomic():
        batch = _locked(batch_id, actor)
        if batch.state_word is not BatchState.CANCELLED:
            _set_state(batch, BatchState.CANCELLED, now)
            _leave_out(batch, now)
            _record(batch, "batch.cancelled", actor, now)
    return batch


def batch_retry(*, batch_id: UUID, actor: Actor, now: datetime) -> InvoiceBatch:
    """Does again what failed: what was issued is only sent, the rest is made. Raises TransitionRefused, NotFound."""
    with transaction.atomic():
        batch = _locked(batch_id, actor)
        if batch.state_word is BatchState.CANCELLED:
            raise TransitionRefused(batch.number, batch.state_word, BatchState.WORKING)
        failed = BatchItem.objects.filter(batch=batch, state=BatchItemState.FAILED)
        issued = failed.filter(documents__invoice__isnull=False)
        sends = batch.kind_word is BatchKind.SEND or batch.after_word is BatchAfter.SEND
        ids = list(issued.values_list("pk", flat=True).distinct()) if sends else []
        again = {"reason": "", "done_at": None}
        number = BatchItem.objects.filter(pk__in=ids).update(state=BatchItemState.SENDING, **again)
        number += failed.update(state=BatchItemState.WAITING, **again)
        if number:
            if batch.state_word is BatchState.WORKING:
                queue.enqueue_on_commit(TASK, batch_id=str(batch.pk))
            else:
                _work_again(batch, now)
            _record(batch, "batch.retried", actor, now, items=number)
    return batch


def batch_sweep(*, before: datetime) -> None:
    """Wakes batches that nobody has worked on since a moment: their worker died or their task was lost."""
    left = InvoiceBatch.objects.filter(state=BatchState.WORKING, touched_at__lt=before)
    for batch_id in left.values_list("pk", flat=True):
        queue.enqueue(TASK, batch_id=str(batch_id))


def batch_finish(*, batch_id: UUID, actor: Actor, now: datetime) -> bool:
    """Ends a batch whose items are all done; False when there is more to do or it is not at work."""
    with transaction.atomic():
        batch = batch_lock(batch_id)
        if not batch.is_working or BatchItem.objects.filter(batch=batch, state__in=OPEN_ITEMS).exists():
            return False
        _set_state(batch, BatchState.DONE, now)
        _record(batch, "batch.finished", actor, now)
    return True


def batch_fail(*, batch_id: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Stops a batch that cannot go on, and says why. It can be gone on with."""
    with transaction.atomic():
        batch = batch_lock(batch_id)
        if batch.is_working:
            batch.failure = reason[:300]
            _set_state(batch, BatchState.FAILED, now)
            _record(batch, "batch.failed", actor, now)


def letters_due(batch: InvoiceBatch, actor: Actor, now: datetime) -> None:
    """Tells, in the caller's transaction, that items of a batch wait to be sent: the floor of messages does it."""
    _record(batch, "batch.letters_due", actor, now)


def _leave_out(batch: InvoiceBatch, now: datetime) -> None:
    """Marks what a cancelled batch did not come to. Waits for the chunk that is being done, which locks no batch."""
    rows = BatchItem.objects.filter(batch=batch)
    rows.filter(state=BatchItemState.WAITING).update(
        state=BatchItemState.SKIPPED, reason=_("The batch was cancelled before."), done_at=now
    )
    rows.filter(state=BatchItemState.SENDING).update(
        state=BatchItemState.SKIPPED, reason=_("Not sent: the batch was cancelled before."), done_at=now
    )


def _check_size(items: Sequence[NewItem]) -> None:
    if not items:
        raise ValidationFailed({"items": [_("Nothing is chosen.")]})
    if len(items) > MOST_ITEMS:
        words = {"most": f"{MOST_ITEMS:,}", "number": f"{len(items):,}"}
        raise ValidationFailed({"items": [_("%(number)s are chosen; a batch takes %(most)s at most.") % words]})


def _items_write(batch: InvoiceBatch, items: Sequence[NewItem], now: datetime) -> None:
    rows = [
        BatchItem(batch=batch, about=one.about, customer_id=one.customer_id, position=position, created_at=now)
        for position, one in enumerate(items, start=1)
    ]
    BatchItem.objects.bulk_create(rows, batch_size=AT_ONCE)
    documents = [one.document for one in items]
    for row, document in zip(rows, documents, strict=True):
        if document is not None:
            document.item = row
    BatchDocument.objects.bulk_create([one for one in documents if one is not None], batch_size=AT_ONCE)


def _locked(batch_id: UUID, actor: Actor) -> InvoiceBatch:
    batch = batch_lock(batch_id)
    if not actor.can_see(batch.profile_id):
        raise NotFound(_("There is no such batch."))
    for right in rights_needed(batch.kind_word, batch.after_word):
        actor.require(right)
    return batch


def _work_again(batch: InvoiceBatch, now: datetime) -> None:
    _set_state(batch, BatchState.WORKING, now)
    queue.enqueue_on_commit(TASK, batch_id=str(batch.pk))


def _set_state(batch: InvoiceBatch, wanted: BatchState, now: datetime) -> None:
    require_transition(BATCH_TRANSITIONS, batch.number, batch.state_word, wanted)
    ended = wanted in {BatchState.DONE, BatchState.CANCELLED}
    batch.state, batch.touched_at, batch.finished_at = wanted.value, now, now if ended else None
    if wanted is BatchState.WORKING:
        batch.attempts, batch.failure = 0, ""
    batch.save(update_fields=["state", "touched_at", "finished_at", "attempts", "failure"])


def _record(batch: InvoiceBatch, name: str, actor: Actor, now: datetime, **data: Any) -> None:
    events.record(
        name=name, subject=batch, actor=actor, now=now, profile_id=batch.profile_id, label=batch.number, data=data
    )
