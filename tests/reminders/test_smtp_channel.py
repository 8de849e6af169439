"""The e-mail channel against a real SMTP server: every way in which it can end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from reminders.channels.email import EmailChannel
from reminders.channels.ports import Attachment, OutgoingEmail
from tests.support.smtp import DROP, MailServer

MAIL = OutgoingEmail(
    message_id="<0190@billing.example>",
    sender='"Chromapages, Ltd" <billing@billing.example>',
    recipients=("info@techsolutions.example", "second@techsolutions.example"),
    reply_to="office@chromapages.example",
    subject="Invoice INV-2026-0001 from Chromapages",
    text="Amount due: KES 52,200.00\n",
    html="<p>KES 52,200.00</p>",
    attachments=(Attachment(name="INV-2026-0001.pdf", content=b"%PDF-1.7 \x00\xff", content_type="application/pdf"),),
)


def test_the_whole_mail_arrives(server: MailServer) -> None:
    with EmailChannel() as channel:
        accepted = channel.send(MAIL)
    (got,) = server.delivered
    assert (accepted.provider, accepted.provider_message_id, accepted.refused) == ("smtp", MAIL.message_id, ())
    assert got.recipients == MAIL.recipients
    assert got.sender == "billing@billing.example"
    assert got.mail["From"] == MAIL.sender
    assert got.mail["Reply-To"] == "office@chromapages.example"
    assert got.message_id == MAIL.message_id
    assert got.part("text/plain").strip() == "Amount due: KES 52,200.00"
    assert got.part("text/html").strip() == "<p>KES 52,200.00</p>"
    (attached,) = list(got.mail.iter_attachments())
    assert attached.get_filename() == "INV-2026-0001.pdf"
    assert attached.get_content() == b"%PDF-1.7 \x00\xff"


def test_one_connection_serves_many(server: MailServer) -> None:
    with EmailChannel() as channel:
        for number in range(5):
            channel.send(replace(MAIL, message_id=f"<{number}@billing.example>"))
    assert len(server.delivered) == 5
    assert server.connections == 1


def test_a_kept_connection_that_died_is_made_anew(server: MailServer) -> None:
    with EmailChannel() as channel:
        channel.send(MAIL)
        channel._backend.connection.sock.close()  # type: ignore[attr-defined]
        channel.send(replace(MAIL, message_id="<2@billing.example>"))
    assert server.times() == {MAIL.message_id: 1, "<2@billing.example>": 1}


def test_some_recipients_refused_is_sent_and_told(server: MailServer) -> None:
    server.refuse = {"second@techsolutions.example": "550 No such person"}
    with EmailChannel() as channel:
        accepted = channel.send(MAIL)
    assert accepted.refused == ("second@techsolutions.example",)
    assert server.delivered[0].recipients == ("info@techsolutions.example",)


@pytest.mark.parametrize(
    ("answer", "error"), [("550 Not wanted", Rejected), ("554 Spam", Rejected), ("451 Later", Unavailable)]
)
def test_an_answer_to_the_mail_is_final(server: MailServer, answer: str, error: type[Exception]) -> None:
    server.answer = answer
    with EmailChannel() as channel, pytest.raises(error, match=answer.split()[1]):
        channel.send(MAIL)
    assert server.delivered == []


@pytest.mark.parametrize(("code", "error"), [("550 No such person", Rejected), ("450 Busy", Unavailable)])
def test_every_recipient_refused(server: MailServer, code: str, error: type[Exception]) -> None:
    server.refuse = dict.fromkeys(MAIL.recipients, code)
    with EmailChannel() as channel, pytest.raises(error, match=code):
        channel.send(MAIL)
    assert server.delivered == []


def test_one_for_good_and_one_for_now_is_tried_again(server: MailServer) -> None:
    server.refuse = {MAIL.recipients[0]: "550 No", MAIL.recipients[1]: "450 Busy"}
    with EmailChannel() as channel, pytest.raises(Unavailable):
        channel.send(MAIL)


def test_a_line_that_breaks_after_the_hand_over_is_unknown(server: MailServer) -> None:
    server.answer = DROP
    with EmailChannel() as channel, pytest.raises(OutcomeUnknown):
        channel.send(MAIL)
    assert len(server.delivered) == 1  # and it did arrive


def test_a_kept_connection_that_breaks_after_the_hand_over_is_not_tried_again(server: MailServer) -> None:
    with EmailChannel() as channel:
        channel.send(MAIL)
        server.answer = DROP
        with pytest.raises(OutcomeUnknown):
            channel.send(replace(MAIL, message_id="<2@billing.example>"))
    assert server.times()["<2@billing.example>"] == 1


def test_nobody_listens(server: MailServer, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    with EmailChannel() as channel, pytest.raises(Unavailable):
        channel.send(MAIL)


def test_a_server_that_wants_nothing_from_us_is_no_fault_of_the_mail(server: MailServer) -> None:
    server.greeting = "554 Go away"
    with EmailChannel() as channel, pytest.raises(Unavailable):
        channel.send(MAIL)


@pytest.mark.parametrize("field", ["subject", "sender", "reply_to"])
def test_a_line_end_cannot_reach_a_header(server: MailServer, field: str) -> None:
    evil = replace(MAIL, **{field: "x@y.example\r\nBcc: spy@evil.example"})  # type: ignore[arg-type]
    with EmailChannel() as channel, pytest.raises(Rejected):
        channel.send(evil)
    assert server.delivered == []
