"""A mail worker in a process of its own: sweeps what its dead forerunners left, sends what is due, ends.

`CLOCK_HOURS` puts its clock forward, so that the leases of the dead have run out. `FORGETFUL=1` is the worker of the
negative control: it writes nothing down before it sends. Started by START, which sets Django up first.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.conf import settings

from billing_assistant.core.clock import now as clock_now
from reminders.channels.email import DJANGO_SMTP
from reminders.models import Message
from reminders.services import recording, sending
from reminders.services.sending import messages_send
from reminders.services.sweeping import messages_sweep

START = "import django; django.setup(); from tests.reminders.worker import main; main()"


def main() -> None:
    settings.EMAIL_BACKEND = DJANGO_SMTP
    documents: Any = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": os.environ["DOCUMENTS"]},
    }
    settings.STORAGES["documents"] = documents
    ahead = timedelta(hours=int(os.environ["CLOCK_HOURS"]))

    def clock() -> datetime:
        return clock_now() + ahead

    if os.environ["FORGETFUL"]:
        with patch.object(sending, "message_mark_sending", send_first), patch.object(recording, "record_sent", record):
            work(clock())
    work(clock())


def work(at: datetime) -> None:
    messages_sweep(now=at)
    messages_send(limit=100_000, seconds=3600, clock=lambda: at)


def send_first(*_args: object, **_options: object) -> bool:
    """The usual mistake."""
    return True


def record(message: Message, *_args: object, now: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(status="sent", sent_at=now)
