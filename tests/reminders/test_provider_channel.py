"""The e-mail channel over a provider's HTTP API (Anymail): the same outcomes as by SMTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from reminders.channels.email import EmailChannel
from tests.reminders.test_smtp_channel import MAIL
from tests.support.local_server import Answer, LocalServer, local_server

INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: "
    f"{', '.join(MAIL.recipients)}. Inactive recipients are ones that have generated a hard bounce."
)


@pytest.fixture
def provider(settings: Any) -> Iterator[LocalServer]:
    with local_server() as running:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {
            "POSTMARK_SERVER_TOKEN": "token",
            "POSTMARK_API_URL": f"{running.url}/",
            "REQUESTS_TIMEOUT": 2,
        }
        yield running


def told(**fields: Any) -> bytes:
    said = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "SubmittedAt": "2026-03-02T09:00:00Z"}
    return json.dumps(said | {"To": ", ".join(MAIL.recipients)} | fields).encode()


def test_the_whole_mail_is_handed_over(provider: LocalServer) -> None:
    provider.answers = [Answer(200, told())]
    with EmailChannel() as channel:
        accepted = channel.send(MAIL)
    assert (accepted.provider, accepted.provider_message_id, accepted.refused) == ("Postmark", "b7bc2f4a", ())
    sent = json.loads(provider.received[0].body)
    assert sent["Subject"] == MAIL.subject
    assert (sent["TextBody"], sent["HtmlBody"]) == (MAIL.text, MAIL.html)
    assert {"Name": "Message-ID", "Value": MAIL.message_id} in sent["Headers"]
    assert sent["Attachments"][0]["Name"] == "INV-2026-0001.pdf"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(401, told(ErrorCode=10)), Rejected),
        (Answer(422, told(ErrorCode=300, Message="Invalid 'From' address")), Rejected),
        (Answer(422, told(ErrorCode=406, Message=INACTIVE)), Rejected),
        (Answer(422, told(ErrorCode=406, Message="Something inactive.")), OutcomeUnknown),
        (Answer(429, b"{}"), Unavailable),
        (Answer(503, b"{}"), Unavailable),
        (Answer(500, b"{}"), OutcomeUnknown),
        (Answer(502, b"<html>"), OutcomeUnknown),
        (Answer(200, b"not JSON"), OutcomeUnknown),
        (Answer(drop=True), OutcomeUnknown),
        (Answer(200, told(), delay=10), OutcomeUnknown),
    ],
)
def test_every_way_to_end(provider: LocalServer, answer: Answer, error: type[Exception]) -> None:
    provider.answers = [answer]
    with EmailChannel() as channel, pytest.raises(error) as raised:
        channel.send(MAIL)
    assert "techsolutions" not in str(raised.value)  # what the vendor says about people is not kept
    assert len(provider.received) == 1


def test_nobody_listens(provider: LocalServer, settings: Any) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": "http://127.0.0.1:1/"}
    with EmailChannel() as channel, pytest.raises(Unavailable):
        channel.send(MAIL)
    assert provider.received == []
