"""The way of one message to the provider, and why it goes out exactly once.

    pending -> claimed -> sending -> sent | failed | unknown
       ^----------+----------+

1. **It exists once.** A message is a row under a unique key, written in the transaction of the use case that wants it
   (`message_queue`): rolled back with it, found again by it.
2. **One worker has it.** `message_claim` locks a due row with SKIP LOCKED, marks it `claimed` with a lease and commits.
   Every later step is an UPDATE that asks for the status *and* the number of the attempt it was claimed under, so a
   worker that slept past its lease changes nothing any more, and sends nothing.
3. **Nothing goes out before it is written down.** Right before the provider is called the row becomes `sending` and
   that is committed. A worker that dies earlier leaves `claimed`: nothing was sent, and the sweeper puts it back.
4. **Nothing that may have gone out goes out again.** A worker that dies between `sending` and the record leaves
   `sending`; so does a line that breaks after the mail was handed over. Nobody can know from here whether it arrived
   (SMTP has no key to ask by), so it becomes `unknown` and waits for a person, and no code path leads from there back
   to the provider: a person's "send again" is a new row. One worker sends one message at a time, so a kill makes at
   most one `unknown`.
5. **Nothing is lost.** Only an answer ends a message: accepted (`sent`) or refused (`failed`). Everything else (no
   connection, 4xx, a PDF that is not there yet, a crash while it was prepared) leads back to `pending` with a later
   `due_at`, until its attempts are used up and it is parked as `failed` for a person. A nudge that the broker lost
   does not matter: the sweeper's beat looks at the rows.

What the provider said is recorded under the same guard. An answer that comes after the sweeper gave up on the worker
still turns `unknown` into `sent`: it is the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.errors import OutcomeUnknown, Rejected, RetryLater, Unavailable
from billing_assistant.core.failpoints import declare, fail_point
from reminders.channels.email import EmailChannel
from reminders.channels.ports import Accepted, Channel, OutgoingEmail
from reminders.errors import NothingToSend
from reminders.locks import due_message_lock
from reminders.models import Message, MessageAttachment
from reminders.services import recording
from reminders.services.compose import Composed, message_compose
from reminders.services.moving import message_move
from reminders.states import MessageStatus

log = structlog.get_logger(__name__)

declare("message.after_claim", "message.before_send", "message.after_send", "message.after_record")

CLAIM_LEASE: Final = timedelta(minutes=2)
SEND_LEASE: Final = timedelta(minutes=6)
"""Longer than any provider call: a connection, a hand-over and the two minutes that a mail server may think."""


def messages_send(
    *,
    limit: int,
    seconds: float,
    channel: Callable[[], Channel] = EmailChannel,
    clock: Callable[[], datetime] = clock_now,
) -> int:
    """Sends what is due, one message after the other, within a number and a time; returns how many it took up."""
    until, taken = clock() + timedelta(seconds=seconds), 0
    with channel() as line:
        while taken < limit and clock() < until:
            message = message_claim(now=clock())
            if message is None:
                break
            taken += 1
            message_send(message, line, clock)
    return taken


def message_claim(*, now: datetime) -> Message | None:
    """Leases the message that waits longest to this worker; None when nothing is due."""
    with transaction.atomic():
        message = due_message_lock(now)
        if message is None:
            return None
        message.status = MessageStatus.CLAIMED
        message.attempts += 1
        message.lease_until = now + CLAIM_LEASE
        message.save(update_fields=["status", "attempts", "lease_until"])
    fail_point("message.after_claim")
    return message


def message_send(message: Message, channel: Channel, clock: Callable[[], datetime] = clock_now) -> None:
    """Takes a claimed message to its outcome. Never raises for what a provider or a document did."""
    composed = _composed(message, clock)
    if composed is None or not message_mark_sending(message, composed, now=clock()):
        return
    fail_point("message.before_send")
    try:
        accepted = _call(channel, composed.mail)
    except Rejected as error:
        recording.record_failed(message, f"{error}", now=clock())
    except Unavailable as error:
        recording.record_again(message, f"{error}", now=clock())
    except OutcomeUnknown as error:
        recording.record_unknown(message, f"{error}", now=clock())
    else:
        fail_point("message.after_send")
        recording.record_sent(message, accepted, now=clock())
        fail_point("message.after_record")


def message_mark_sending(message: Message, composed: Composed, *, now: datetime) -> bool:
    """Writes down that the provider is about to be called; False when the message is no longer this worker's.

    What goes out is kept with it: the attached files.
    """
    with transaction.atomic():
        moved = message_move(
            message,
            MessageStatus.SENDING,
            come_from=(MessageStatus.CLAIMED,),
            lease_until=now + SEND_LEASE,
            subject=composed.content.subject,
            text=composed.content.text,
            html=composed.content.html,
        )
        if not moved:
            log.warning("message.lost_its_claim", message_id=str(message.pk))
            return False
        for part in composed.files:
            MessageAttachment.objects.get_or_create(message=message, file=part.file, defaults={"name": part.name})
    return True


def _composed(message: Message, clock: Callable[[], datetime]) -> Composed | None:
    """The complete mail, or None after the message was put back, parked or cancelled: nothing was sent."""
    try:
        return message_compose(message=message, now=clock())
    except RetryLater as error:
        recording.record_wait(message, f"{error}", now=clock())
    except NothingToSend as error:
        recording.record_cancelled(message, error.message, now=clock())
    except Exception as error:
        log.exception("message.not_composed", message_id=str(message.pk))
        recording.record_again(message, f"It could not be prepared: {type(error).__name__}.", now=clock())
    return None


def _call(channel: Channel, mail: OutgoingEmail) -> Accepted:
    """Calls the provider. An error that no channel foresaw may have come after the mail went out."""
    try:
        return channel.send(mail)
    except (Rejected, Unavailable, OutcomeUnknown):
        raise
    except Exception as error:
        log.exception("message.channel_failed")
        raise OutcomeUnknown(_("The channel failed: %(error)s.") % {"error": type(error).__name__}) from error
