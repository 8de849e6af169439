"""Tasks of the messages app."""

from __future__ import annotations

from typing import Final

from billing_assistant.core import queue
from billing_assistant.core.clock import now as clock_now
from reminders.models import Message
from reminders.services.drafts import scheduled_drafts_send
from reminders.services.queueing import SEND_TASK
from reminders.services.sending import messages_send
from reminders.services.sweeping import messages_sweep
from reminders.states import MessageStatus

AT_A_TIME: Final = 200
TURN: Final = 10.0
"""So long the mail has a worker, in seconds, before other work has its turn."""
DRAFTS_AT_A_TIME: Final = 500


@queue.task(SEND_TASK, queue=queue.MAIL, nudged=True)
def send_messages() -> None:
    """Sends what is due; hands over to a fresh task when there was more than one task should do."""
    taken = messages_send(limit=AT_A_TIME, seconds=TURN)
    if taken and Message.objects.filter(status=MessageStatus.PENDING, due_at__lte=clock_now()).exists():
        queue.enqueue(SEND_TASK)


@queue.task("reminders.sweep_messages")
def sweep_messages() -> None:
    """Every minute: what dead workers left, drafts whose time has come, and a nudge for all that is due."""
    messages_sweep(now=clock_now())
    scheduled_drafts_send(limit=DRAFTS_AT_A_TIME)
    queue.enqueue(SEND_TASK)
