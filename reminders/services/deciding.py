"""What a person decides about a message: send it again, it did arrive, try again, do not send it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.states import TransitionRefused, require_transition
from reminders.locks import message_lock
from reminders.models import Message, MessageAttachment
from reminders.services.moving import message_move
from reminders.services.queueing import SEND_TASK, about_of, message_event, message_queue
from reminders.services.recipients import require_willing
from reminders.services.recording import document_mark_sent
from reminders.states import MESSAGE_TRANSITIONS, MessageKind, MessageStatus
from reminders.texts.letters import Content


def message_resend(*, message_id: UUID, actor: Actor, now: datetime, key: str = "") -> Message:
    """Queues the same texts again as a new message, for one that was sent or of which nobody knows.

    One that was not known is settled by it, and can be sent again once; asking again gives the same new message. For
    one that was sent, each key makes one more. Raises PermissionRefused, NotFound, TransitionRefused, and BadRecipients
    when one of them has refused e-mail since.
    """
    with transaction.atomic():
        old = _locked(message_id, actor)
        again_key = f"resend:{old.pk}" + (f":{key}" if key and old.status == MessageStatus.SENT else "")
        known = Message.objects.filter(key=again_key).first()
        if known is not None:
            return known
        if old.status not in (MessageStatus.SENT, MessageStatus.UNKNOWN):
            raise TransitionRefused(old.number, MessageStatus(old.status), MessageStatus.PENDING)
        if old.customer is not None:
            require_willing(old.customer, old.recipients)
        new = message_queue(
            key=again_key,
            kind=MessageKind(old.kind),
            about=about_of(old),
            sender=old.sender,
            reply_to=old.reply_to,
            recipients=old.recipients,
            content=Content(old.subject, old.text, old.html, old.language),
            attach_pdf=old.attach_pdf,
            resend_of=old,
            actor=actor,
            now=now,
        )
        if (old.invoice_id is None and old.quote_id is None) or old.kind == MessageKind.RECEIPT:
            kept = old.attachments.all()  # those of a document are taken from it when it goes out
            MessageAttachment.objects.bulk_create(
                MessageAttachment(message=new, file_id=one.file_id, name=one.name) for one in kept
            )
        if old.status == MessageStatus.UNKNOWN:
            reason = _("Sent again as %(number)s; whether this one arrived is not known.") % {"number": new.number}
            message_move(old, MessageStatus.CANCELLED, come_from=(MessageStatus.UNKNOWN,), last_error=reason)
            message_event("message.resent", old, actor, now, again=new.number)
    return new


def message_confirm(*, message_id: UUID, actor: Actor, now: datetime) -> Message:
    """A person has found out that a message of which nobody knew did arrive: it counts as sent."""
    actor.require(Right.MESSAGES_SEND)
    with transaction.atomic():
        seen = Message.objects.filter(pk=message_id).first()
        if seen is not None and actor.can_see(seen.profile_id):
            document_mark_sent(seen, actor, now)  # documents are locked before messages
        message = _locked(message_id, actor)
        _settle(message, MessageStatus.SENT, (MessageStatus.UNKNOWN,), sent_at=now)
        message_event("message.confirmed", message, actor, now)
    return message


def message_retry(*, message_id: UUID, actor: Actor, now: datetime) -> Message:
    """Tries a failed message again. Nothing of it was sent, so it stays the same message."""
    with transaction.atomic():
        message = _locked(message_id, actor)
        _settle(message, MessageStatus.PENDING, (MessageStatus.FAILED,), due_at=now)
        message_event("message.retried", message, actor, now)
        queue.nudge_on_commit(SEND_TASK)
    return message


def message_cancel(*, message_id: UUID, actor: Actor, now: datetime) -> Message:
    """Does not send a message that still waits, or lets one rest of which nobody knows."""
    with transaction.atomic():
        message = _locked(message_id, actor)
        _settle(message, MessageStatus.CANCELLED, (MessageStatus.PENDING, MessageStatus.UNKNOWN))
        message_event("message.cancelled", message, actor, now)
    return message


def _locked(message_id: UUID, actor: Actor) -> Message:
    actor.require(Right.MESSAGES_SEND)
    message = message_lock(message_id)
    if not actor.can_see(message.profile_id):
        raise NotFound(_("There is no such message."))
    return message


def _settle(message: Message, to: MessageStatus, come_from: Sequence[MessageStatus], **fields: datetime) -> None:
    """Moves a locked message. Raises TransitionRefused when it stands elsewhere."""
    current = MessageStatus(message.status)
    require_transition(MESSAGE_TRANSITIONS, message.number, current, to)
    if current not in come_from or not message_move(message, to, come_from=(current,), **fields):
        raise TransitionRefused(message.number, current, to)
