"""The sweeper: takes up what a dead worker left. Run every minute, by as many workers as happen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from reminders.models import Message
from reminders.services import recording
from reminders.states import MessageStatus

CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """How many claims were given back, and how many sends are not known."""

    put_back: int = 0
    unknown: int = 0


def messages_sweep(*, now: datetime) -> Swept:
    """Looks at leases that ran out: `claimed` was not sent and waits again, `sending` may have been: it is unknown.

    Each message is moved by one guarded UPDATE, so a worker that is slow but alive either still gets its outcome
    recorded, or finds that its message is no longer its own before it calls the provider.
    """
    put_back = unknown = 0
    for message in _stale(MessageStatus.CLAIMED, now):
        recording.record_left(message, _("The worker that prepared it stopped."), now=now)
        put_back += 1
    for message in _stale(MessageStatus.SENDING, now):
        recording.record_unknown(message, _("The worker that sent it stopped before the answer came."), now=now)
        unknown += 1
    return Swept(put_back, unknown)


def _stale(status: MessageStatus, now: datetime) -> list[Message]:
    return list(Message.objects.filter(status=status, lease_until__lt=now).order_by("lease_until")[:CHUNK])
