"""Sending for a batch: its items are claimed, their letters queued and the items marked, a chunk a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import DomainError
from billing_assistant.core.failpoints import declare, fail_point
from billing_assistant.core.services.starters import starter_of
from invoices.batch_states import BatchItemState
from invoices.models import InvoiceBatch
from invoices.services.batch_sending import LetterDue, batch_letters_claim, batch_letters_settle
from invoices.services.batches import batch_finish
from reminders.models import Message
from reminders.services.documents import invoice_send
from reminders.states import MessageKind, MessageStatus

CHUNK: Final = 20
GONE: Final = (MessageStatus.FAILED, MessageStatus.CANCELLED)
DOCUMENTS: Final = (MessageKind.INVOICE_SENT, MessageKind.CREDIT_NOTE_SENT)
declare("batch.before_letters")


def first_key(invoice_id: UUID) -> str:
    """The key of the letter that an invoice gets with others or by itself: there is one, whoever is first."""
    return f"auto:{invoice_id}"


def batch_letters_send(*, batch_id: UUID) -> int:
    """Queues the letters of a batch and gives how many items were done. Again does what is left, nothing twice."""
    batch = InvoiceBatch.objects.select_related("created_by").filter(pk=batch_id).first()
    if batch is None:
        return 0
    done = 0
    with translation.override(batch.created_by.language if batch.created_by else settings.LANGUAGE_CODE):
        while number := _chunk(batch_id, clock_now()):
            done += number
        batch_finish(batch_id=batch_id, actor=starter_of(batch), now=clock_now())
    return done


def _chunk(batch_id: UUID, now: datetime) -> int:
    with transaction.atomic():
        due = batch_letters_claim(batch_id=batch_id, size=CHUNK)
        if due is None:
            return 0
        for letter in due.letters:
            _send(letter, batch_id, due.actor, now)
        batch_letters_settle(items=[letter.item for letter in due.letters], now=now)
        fail_point("batch.before_letters")
    return len(due.letters)


def _send(letter: LetterDue, batch_id: UUID, actor: Actor, now: datetime) -> None:
    """Queues the letters of one item, all or none, and sets what became of it."""
    item = letter.item
    try:
        with transaction.atomic():
            sent = [_queued(invoice_id, letter, batch_id, actor, now) for invoice_id in letter.invoice_ids]
    except DomainError as refusal:
        item.state, item.reason = BatchItemState.FAILED.value, refusal.message
    else:
        item.state = BatchItemState.MADE.value if any(sent) else BatchItemState.SKIPPED.value
        item.reason = "" if any(sent) else _("It was sent before.")


def _queued(invoice_id: UUID, letter: LetterDue, batch_id: UUID, actor: Actor, now: datetime) -> bool:
    """Whether the letter is on its way because of this item; False where one is that went before."""
    before = Message.objects.filter(invoice_id=invoice_id, kind__in=DOCUMENTS)
    if before.exclude(status__in=GONE).exists():
        return letter.first
    tried = before.filter(key=first_key(invoice_id)).exists()
    key = f"batch:{batch_id}:{invoice_id}" if tried else first_key(invoice_id)
    invoice_send(invoice_id=invoice_id, actor=actor, now=now, key=key)
    return True
