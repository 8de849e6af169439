"""The one writer of a message's status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from billing_assistant.core.states import require_transition
from reminders.models import Message
from reminders.states import MESSAGE_TRANSITIONS, MessageStatus


def message_move(message: Message, to: MessageStatus, *, come_from: Sequence[MessageStatus], **fields: Any) -> bool:
    """Moves a message to a status if it still stands in one of `come_from`, under the same attempt.

    One UPDATE: of several workers that try, one succeeds. Returns whether it was this one; the object then shows the
    row. The number of attempts is the fence: whoever claimed the message since has counted it up.
    """
    for status in come_from:
        require_transition(MESSAGE_TRANSITIONS, message.number, status, to)
    guard = Message.objects.filter(pk=message.pk, status__in=come_from, attempts=message.attempts)
    values = {"status": to, "lease_until": None, **fields}
    if not guard.update(**values):
        return False
    for name, value in values.items():
        setattr(message, name, value)
    return True
