"""Row locks of the messages app. Order for all: drafts, invoices, payments, then messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from invoices.models import InvoiceDraft
from invoices.states import DraftStatus
from reminders.models import Message
from reminders.states import MessageStatus


def message_lock(message_id: UUID) -> Message:
    """Locks one message. Raises NotFound."""
    message = Message.objects.select_for_update(of=("self",)).filter(pk=message_id).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    return message


def due_message_lock(now: datetime) -> Message | None:
    """Locks the message that waits longest and that no other worker has in its hands."""
    due = Message.objects.filter(status=MessageStatus.PENDING, due_at__lte=now)
    return due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "id").first()


def due_draft_lock(now: datetime) -> InvoiceDraft | None:
    """Locks the scheduled draft whose time came first and that no other worker has in its hands."""
    due = InvoiceDraft.objects.filter(status=DraftStatus.SCHEDULED, scheduled_for__lte=now)
    return due.select_for_update(skip_locked=True, of=("self",)).order_by("scheduled_for", "id").first()
