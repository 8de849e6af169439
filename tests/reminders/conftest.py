"""What tests of messages share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reminders.channels.email import DJANGO_SMTP
from tests.support.smtp import MailServer, mail_server


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A real mail server, to which this process sends."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = DJANGO_SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT = 5
        yield running
