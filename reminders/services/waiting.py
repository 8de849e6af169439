"""Waiting for the worker, so that "send now" can answer with what became of it."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final
from uuid import UUID

from billing_assistant.core.db import require_no_transaction
from reminders.models import Message
from reminders.states import WAITING, MessageStatus

WAIT_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.1


def message_wait(*, message_id: UUID, now: datetime) -> Message:
    """The message once its outcome is known, or as it stands after ten seconds, or when it waits for another try."""
    require_no_transaction()
    message = Message.objects.get(pk=message_id)
    for _turn in range(int(WAIT_SECONDS / POLL_SECONDS)):
        put_off = message.status == MessageStatus.PENDING and message.attempts > 0 and message.due_at > now
        if message.status not in WAITING or put_off:
            break
        time.sleep(POLL_SECONDS)
        message = Message.objects.get(pk=message_id)
    return message
