"""A message comes into being: one row under its unique key, in the transaction of the use case that wants it sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from billing_assistant.core import events, queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.ids import uuid7
from billing_assistant.core.services.numbers import human_number_take
from reminders.addresses import LONGEST_SENDER, header_text, recipients_clean, sender_of
from reminders.errors import KeyReused
from reminders.models import Message
from reminders.states import MessageKind
from reminders.texts.letters import Content

NUMBER_PATTERN: Final = "NOTIF-{number:04}"
SEND_TASK: Final = "reminders.send_messages"
LONGEST_KEY: Final = 160
_QUIET: Final = frozenset({"message.queued", "message.retried"})


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about: its profile and, where there are any, customer, document, payment and quote."""

    profile_id: UUID
    customer_id: UUID | None = None
    invoice_id: UUID | None = None
    payment_id: UUID | None = None
    quote_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """When a letter is written anew and sent, and the words that a person gave for it."""

    at: datetime
    custom_message: str = ""


def message_queue(
    *,
    key: str,
    kind: MessageKind,
    about: About,
    company: str = "",
    sender: str = "",
    reply_to: str,
    recipients: Sequence[str],
    content: Content,
    actor: Actor,
    now: datetime,
    attach_pdf: bool = False,
    scheduled: Scheduled | None = None,
    resend_of: Message | None = None,
) -> Message:
    """Writes a message to be sent into the caller's transaction and wakes the mail workers when that commits.

    The key makes it exist once: with a key that is taken the existing message comes back and nothing is written,
    however many callers come at the same time. Call it last in a transaction: it takes the counter of message numbers.
    With `scheduled` it rests until that moment.
    `company` is whose name the sender has; `sender` gives the whole of it instead.
    Raises BadRecipients, and KeyReused when the key belongs to a message about something else.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A message is queued inside the transaction that makes it due.")
    existing = message_by_key(key, kind, about)
    if existing is not None:
        return existing
    message = Message(
        profile_id=about.profile_id,
        customer_id=about.customer_id,
        invoice_id=about.invoice_id,
        payment_id=about.payment_id,
        quote_id=about.quote_id,
        number=human_number_take(profile_id=about.profile_id, kind="message", pattern=NUMBER_PATTERN)[0],
        kind=kind,
        key=key,
        sender=sender or sender_of(company),
        reply_to=reply_to if len(reply_to) <= LONGEST_SENDER else "",
        recipients=recipients_clean(recipients),
        subject=header_text(content.subject),
        text=content.text,
        html=content.html,
        language=content.language,
        attach_pdf=attach_pdf,
        created_at=now,
        due_at=scheduled.at if scheduled else now,
        scheduled_for=scheduled.at if scheduled else None,
        custom_message=scheduled.custom_message if scheduled else "",
        actor_label=actor.label[:150],
        resend_of=resend_of,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    written = message_by_key(key, kind, about)
    if written is None:
        raise RuntimeError("The message was not written.")
    if written.pk == message.pk and scheduled:
        message_event("message.scheduled", written, actor, now, at=scheduled.at.isoformat())
    elif written.pk == message.pk:
        message_event("message.queued", written, actor, now)
        queue.nudge_on_commit(SEND_TASK)
    return written


def message_key(scope: str, given: str = "") -> str:
    """A key within a scope, from a caller's own one of any length; without one it is fresh, for one message."""
    return f"{scope}:{hashlib.sha256(given.encode()).hexdigest()[:32] if given else uuid7().hex}"


def message_by_key(key: str, kind: MessageKind, about: About) -> Message | None:
    """The message of a key, if there is one. Raises KeyReused when it is about something else."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise ValueError("A message key has 1 to 160 characters.")
    message = Message.objects.filter(key=key).first()
    if message is None:
        return None
    found = about_of(message)
    if (message.kind, found) != (kind, about):
        raise KeyReused(key)
    return message


def about_of(message: Message) -> About:
    """What a message is about."""
    return About(message.profile_id, message.customer_id, message.invoice_id, message.payment_id, message.quote_id)


def message_event(name: str, message: Message, actor: Actor, now: datetime, **data: str) -> None:
    """Records what happened to a message. That it waits is for its own timeline, not for the customer's."""
    events.record(
        name=name,
        subject=message,
        actor=actor,
        now=now,
        profile_id=message.profile_id,
        customer_id=None if name in _QUIET else message.customer_id,
        label=message.number,
        data={
            "kind": message.kind,
            "subject": message.subject,
            "invoice_id": str(message.invoice_id or ""),
            **data,
        },
    )
