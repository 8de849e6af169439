"""Messages that rest until a time that a person chose: another time, now after all, or not at all.

An invoice that is voided or paid in full cancels its scheduled messages, and finance is told: what they would say is no
longer what the person meant to say. Somebody who wants the client to have the invoice all the same sends it by hand.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.states import TransitionRefused
from reminders.locks import message_lock
from reminders.models import Message
from reminders.services.documents import require_ahead
from reminders.services.moving import message_move
from reminders.services.queueing import SEND_TASK, message_event
from reminders.services.recording import tell_not_sent
from reminders.states import MessageStatus


def message_send_now(*, message_id: UUID, actor: Actor, now: datetime) -> Message:
    """Does not wait for the time that was chosen. Raises PermissionRefused, NotFound, TransitionRefused."""
    with transaction.atomic():
        message = _scheduled(message_id, actor)
        _set_time(message, now)
        message_event("message.queued", message, actor, now)
        queue.nudge_on_commit(SEND_TASK)
    return message


def message_reschedule(*, message_id: UUID, at: datetime, actor: Actor, now: datetime) -> Message:
    """Chooses another time.

    Raises PermissionRefused, NotFound, TransitionRefused (it is on its way), ValidationFailed (past, too far ahead).
    """
    with transaction.atomic():
        message = _scheduled(message_id, actor)
        require_ahead(at, now)
        if at != message.scheduled_for:
            _set_time(message, at)
            message_event("message.rescheduled", message, actor, now, at=at.isoformat())
    return message


def scheduled_cancel(*, invoice_id: UUID, reason: str, before: datetime, actor: Actor, now: datetime) -> int:
    """Cancels what was scheduled for an invoice before a moment, and tells finance; returns how many.

    A message that a worker has in its hands is not touched: the worker looks at the invoice itself.
    """
    cancelled = 0
    with transaction.atomic():
        resting = Message.objects.filter(invoice_id=invoice_id, status=MessageStatus.PENDING, created_at__lte=before)
        for message in resting.filter(scheduled_for__isnull=False).order_by("id"):
            if message_move(
                message, MessageStatus.CANCELLED, come_from=(MessageStatus.PENDING,), last_error=reason[:300]
            ):
                message_event("message.cancelled", message, actor, now, error=reason[:200])
                tell_not_sent(message, reason)
                cancelled += 1
    return cancelled


def moment_in(zone: str, local: datetime) -> datetime:
    """The moment that the clocks of a zone show as a local time; of an hour that comes twice, the first.

    Raises ValidationFailed for a time that is left out because the clocks go forward.
    """
    at = local.replace(tzinfo=ZoneInfo(zone))
    if at.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        reason = _("There is no such time on that day: the clocks go forward. Choose another one.")
        raise ValidationFailed({"schedule_send": [reason]})
    return at.astimezone(UTC)


def _scheduled(message_id: UUID, actor: Actor) -> Message:
    """Locks a message that rests. Raises PermissionRefused, NotFound, TransitionRefused."""
    actor.require(Right.MESSAGES_SEND)
    message = message_lock(message_id)
    if not actor.can_see(message.profile_id):
        raise NotFound(_("There is no such message."))
    if not message.scheduled:
        raise TransitionRefused(message.number, message.status_word, MessageStatus.PENDING)
    return message


def _set_time(message: Message, at: datetime) -> None:
    message.due_at = message.scheduled_for = at
    message.save(update_fields=["due_at", "scheduled_for"])
