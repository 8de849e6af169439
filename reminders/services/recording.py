"""What became of an attempt, written down: each in one short transaction with its event and, where needed, a notice."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import DomainError
from billing_assistant.core.services.notices import notice_to_role
from invoices.services.delivery import invoice_mark_sent
from invoices.services.quote_standing import quote_mark_sent
from reminders.channels.ports import Accepted
from reminders.models import Message
from reminders.services.moving import message_move
from reminders.services.queueing import message_event
from reminders.states import MessageKind, MessageStatus

log = structlog.get_logger(__name__)

MOST_ATTEMPTS: Final = 10
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=2)
DOCUMENT_WAIT: Final = timedelta(seconds=2)
LONGEST_DOCUMENT_WAIT: Final = timedelta(hours=1)
NOTICES_AN_HOUR: Final = 5
DOCUMENTS: Final = frozenset({MessageKind.INVOICE_SENT, MessageKind.CREDIT_NOTE_SENT})
SENDER: Final = Actor.system("Mail")
_IN_HAND: Final = (MessageStatus.CLAIMED, MessageStatus.SENDING)
_RECORD_TRIES: Final = 5
_chance = random.SystemRandom()


def record_sent(message: Message, accepted: Accepted, *, now: datetime) -> None:
    """The provider took it. Its document counts as sent from this moment."""
    _persist(lambda: _record_sent(message, accepted, now))


def _record_sent(message: Message, accepted: Accepted, now: datetime) -> None:
    with transaction.atomic():
        document_mark_sent(message, SENDER, now)
        refused = ", ".join(accepted.refused)
        moved = message_move(
            message,
            MessageStatus.SENT,
            come_from=(MessageStatus.SENDING, MessageStatus.UNKNOWN),
            sent_at=now,
            provider=accepted.provider,
            provider_message_id=accepted.provider_message_id[:200],
            last_error=f"Refused: {refused}"[:300] if refused else "",
        )
        if not moved:
            log.error("message.sent_by_another", message_id=str(message.pk))
            return
        message_event("message.sent", message, SENDER, now, **({"refused": refused} if refused else {}))
        if refused:
            _tell(message, _("was not delivered to %(who)s") % {"who": refused}, now)


def document_mark_sent(message: Message, actor: Actor, now: datetime) -> None:
    """Notes on the document that it was sent. A document that is locked elsewhere does not hold up the record.

    The subscriber of `message.sent` does it then.
    """
    try:
        with transaction.atomic():
            if message.quote_id is not None:
                quote_mark_sent(quote_id=message.quote_id, actor=actor, now=now)
            elif message.invoice_id is not None and message.kind in DOCUMENTS:
                invoice_mark_sent(invoice_id=message.invoice_id, actor=actor, now=now)
    except (DomainError, OperationalError):
        log.warning("message.document_not_marked", message_id=str(message.pk))


def record_failed(message: Message, error: str, *, now: datetime) -> None:
    """Final: nothing was sent and nothing will be, until a person does something about it."""
    _persist(lambda: _record_failed(message, error, now))


def _record_failed(message: Message, error: str, now: datetime) -> None:
    with transaction.atomic():
        if message_move(message, MessageStatus.FAILED, come_from=_IN_HAND, last_error=error[:300]):
            message_event("message.failed", message, SENDER, now, error=error[:200])
            _tell(message, error, now)


def record_again(message: Message, error: str, *, now: datetime) -> None:
    """Nothing was sent: tried again after a wait that doubles, and parked as failed when the attempts are used up."""
    if used_up(message.attempts):
        told = _("Given up after %(count)d attempts. %(error)s") % {"count": message.attempts, "error": error}
        record_failed(message, told, now=now)
        return
    _persist(lambda: _put_back(message, error, now + backoff(message.attempts), now))


def _put_back(message: Message, error: str, due_at: datetime, now: datetime) -> None:
    with transaction.atomic():
        if message_move(message, MessageStatus.PENDING, come_from=_IN_HAND, last_error=error[:300], due_at=due_at):
            message_event("message.retried", message, SENDER, now, error=error[:200])


def record_wait(message: Message, reason: str, *, now: datetime) -> None:
    """Something of the mail is not there yet: looked at again soon, without using up an attempt for the first hour."""
    age = now - (message.scheduled_for or message.created_at)
    if age > LONGEST_DOCUMENT_WAIT:
        record_again(message, reason, now=now)
        return
    wait = DOCUMENT_WAIT if age < timedelta(minutes=1) else FIRST_WAIT
    message_move(
        message,
        MessageStatus.PENDING,
        come_from=(MessageStatus.CLAIMED,),
        last_error=reason[:300],
        due_at=now + wait,
        attempts=message.attempts - 1,
    )


def record_left(message: Message, reason: str, *, now: datetime) -> None:
    """A worker died before it sent anything: due again at once, unless the message keeps killing its workers."""
    if used_up(message.attempts):
        record_failed(message, reason, now=now)
        return
    message_move(
        message, MessageStatus.PENDING, come_from=(MessageStatus.CLAIMED,), last_error=reason[:300], due_at=now
    )


def record_cancelled(message: Message, reason: str, *, now: datetime) -> None:
    """What it was about is gone: it is not sent. Of one that was scheduled finance is told."""
    with transaction.atomic():
        if message_move(message, MessageStatus.CANCELLED, come_from=(MessageStatus.CLAIMED,), last_error=reason[:300]):
            message_event("message.cancelled", message, SENDER, now, error=reason[:200])
            if message.scheduled_for is not None:
                tell_not_sent(message, reason)


def tell_not_sent(message: Message, reason: str) -> None:
    """Tells finance that a scheduled message was cancelled, and why."""
    notice_to_role(
        roles=("finance", "admin"),
        key=f"not-sent-{message.pk}",
        tone="warning",
        text=lambda: (
            _("“%(subject)s” was not sent as scheduled: %(reason)s") % {"subject": message.subject, "reason": reason}
        ),
        url=f"/messages/{message.pk}/",
        profile_id=message.profile_id,
    )


def record_unknown(message: Message, error: str, *, now: datetime) -> None:
    """It may have been sent. A person decides; it is never sent again by itself."""
    _persist(lambda: _record_unknown(message, error, now))


def _record_unknown(message: Message, error: str, now: datetime) -> None:
    with transaction.atomic():
        if message_move(message, MessageStatus.UNKNOWN, come_from=(MessageStatus.SENDING,), last_error=error[:300]):
            message_event("message.unknown", message, SENDER, now, error=error[:200])
            _tell(message, _("may or may not have been sent; please look"), now, tone="warning")


def used_up(attempts: int) -> bool:
    """Whether a message has had its share of attempts; a person's "try again" gives it another. Never counted down:
    the number is also the fence against a worker that slept."""
    return attempts > 0 and attempts % MOST_ATTEMPTS == 0


def backoff(attempts: int) -> timedelta:
    """The wait after a number of attempts: doubling from half a minute, capped, with a quarter of jitter."""
    wait = min(FIRST_WAIT * 2 ** ((attempts - 1) % MOST_ATTEMPTS), LONGEST_WAIT)
    jitter: float = _chance.uniform(0.875, 1.125)
    return timedelta(seconds=wait.total_seconds() * jitter)


def _persist(write: Callable[[], None]) -> None:
    """Writes an outcome down even while the database is restarting: what happened outside must not be forgotten."""
    for tried in range(1, _RECORD_TRIES + 1):
        try:
            write()
        except (OperationalError, InterfaceError):
            if tried == _RECORD_TRIES or connection.in_atomic_block:
                raise
            log.warning("message.record_again", tried=tried)
            connection.close()
            time.sleep(0.2 * 2**tried)
        else:
            return


def _tell(message: Message, what: str, now: datetime, *, tone: str = "danger") -> None:
    """Tells finance about a message; after a few in an hour, about all of that hour with one line."""
    recent = Message.objects.filter(
        profile_id=message.profile_id,
        status__in=[MessageStatus.FAILED, MessageStatus.UNKNOWN],
        due_at__gt=now - timedelta(hours=1),
    ).count()
    many = recent > NOTICES_AN_HOUR
    notice_to_role(
        roles=("finance", "admin"),
        key=f"messages-{message.profile_id}-{now:%Y%m%d%H}" if many else f"message-{message.pk}-{message.attempts}",
        tone=tone,
        text=lambda: _("Several messages could not be sent.") if many else f"“{message.subject[:90]}”: {what}",
        url="/messages/?view=attention" if many else f"/messages/{message.pk}/",
        profile_id=message.profile_id,
    )
