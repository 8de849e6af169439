"""A mail worker in a process of its own: sweeps what its dead forerunners left, sends what is due, ends.

The process is forked, as those of a real worker are: it begins with everything loaded and with no connection.
"""

from __future__ import annotations

import multiprocessing
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from django.core.cache import cache
from django.db import connections
from django.test import override_settings
from django.urls import get_resolver

from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.failpoints import forget_hits
from reminders.models import Message
from reminders.services import recording, sending
from reminders.services.sending import messages_send
from reminders.services.sweeping import messages_sweep

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Worker:
    """How a worker runs. `hours` puts its clock forward, so that the leases of the dead have run out.

    A `forgetful` one is that of the negative control: it writes nothing down before it sends.
    """

    documents: Path
    hours: int
    fails: str
    forgetful: bool = False

    def run(self) -> int:
        """Runs it until it ends or dies; the exit code, negative for a signal."""
        assert get_resolver().url_patterns  # loaded once, not by each worker
        connections.close_all()
        process = multiprocessing.get_context("fork").Process(target=self._live)
        process.start()
        process.join(LONGEST)
        if process.exitcode is None:
            process.kill()
            raise AssertionError("The worker did not end.")
        assert process.exitcode <= 0, "The worker failed."
        return process.exitcode

    def _live(self) -> None:
        cache.clear()
        forget_hits()
        documents = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": self.documents},
        }
        try:
            with override_settings(FAIL_POINTS=self.fails, STORAGES={"documents": documents}):
                self._work(clock_now() + timedelta(hours=self.hours))
        except BaseException:
            traceback.print_exc()
            raise

    def _work(self, at: datetime) -> None:
        if self.forgetful:
            with (
                patch.object(sending, "message_mark_sending", send_first),
                patch.object(recording, "record_sent", record),
            ):
                work(at)
        work(at)


def work(at: datetime) -> None:
    messages_sweep(now=at)
    messages_send(limit=100_000, seconds=3600, clock=lambda: at)


def send_first(*_args: object, **_options: object) -> bool:
    """The usual mistake."""
    return True


def record(message: Message, *_args: object, now: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(status="sent", sent_at=now)
