"""The way of a message: every outcome, and that none of them sends it twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from billing_assistant.core import failpoints
from billing_assistant.core.errors import OutcomeUnknown, Rejected, RetryLater, Unavailable
from billing_assistant.core.models import Event, Notice
from billing_assistant.core.rights import Role
from invoices.models import Invoice
from invoices.services.void import invoice_void
from reminders.channels.ports import OutgoingEmail
from reminders.models import Message
from reminders.services import compose, recording, sending
from reminders.services.documents import invoice_send
from reminders.services.moving import message_move
from reminders.services.sending import CLAIM_LEASE, SEND_LEASE, message_claim, message_send, messages_send
from reminders.services.sweeping import messages_sweep
from reminders.states import MessageStatus
from tests.factories import NOW, SYSTEM, customer, issued_invoice, user
from tests.reminders.support import FakeChannel, later, queued, relay_all, send_all, sent_invoice
from tests.support.smtp import DROP, MailServer

pytestmark = pytest.mark.django_db


def run(channel: FakeChannel, at: datetime = NOW) -> int:
    return messages_send(limit=100, seconds=3600, channel=channel, clock=lambda: at)


def fresh(message: Message) -> Message:
    message.refresh_from_db()
    return message


def broken(**_kwargs: Any) -> None:
    raise KeyError("nothing")


def raising(error: Exception) -> FakeChannel:
    def answer(_mail: OutgoingEmail) -> None:
        raise error

    return FakeChannel(answer)


@pytest.mark.money
def test_an_invoice_goes_out_whole(server: MailServer) -> None:
    invoice = issued_invoice()
    message = sent_invoice(invoice)
    (got,) = server.delivered
    assert got.message_id == f"<{message.pk.hex}@billing.localhost>"
    assert got.mail["From"] == "Chromapages <billing@billing.localhost>"
    assert got.mail["Reply-To"] == "billing@chromapages.example"
    assert got.mail["Subject"] == f"Invoice {invoice.number} from Chromapages"
    assert got.recipients == ("info@techsolutions.example",)
    (pdf,) = list(got.mail.iter_attachments())
    assert pdf.get_filename() == f"{invoice.number}.pdf"
    assert pdf.get_content()[:5] == b"%PDF-"
    for kind in ("text/plain", "text/html"):
        assert "/portal/i/" in got.part(kind)
        assert "portal-link.invalid" not in got.part(kind)
    assert "portal/i/" not in message.text + message.html  # the client's own link is not kept
    assert (message.status, message.provider, message.sent_at) == ("sent", "smtp", NOW)
    assert message.provider_message_id == got.message_id
    assert [part.name for part in message.attachments.all()] == [f"{invoice.number}.pdf"]
    assert Invoice.objects.get(pk=invoice.pk).sent_at == NOW
    names = list(Event.objects.filter(subject_id=message.pk).order_by("id").values_list("name", flat=True))
    assert names == ["message.queued", "message.sent"]


@pytest.mark.money
def test_sent_only_when_a_provider_accepted_it() -> None:
    invoice = issued_invoice()
    message = invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k")
    assert Invoice.objects.get(pk=invoice.pk).sent_at is None
    run(raising(Unavailable("no line")))
    assert fresh(message).status == "pending"
    assert Invoice.objects.get(pk=invoice.pk).sent_at is None
    run(FakeChannel(), later(hours=1))
    assert Invoice.objects.get(pk=invoice.pk).sent_at == later(hours=1)


def test_a_sent_message_is_never_taken_up_again() -> None:
    queued(customer())
    channel = FakeChannel()
    assert run(channel) == 1
    assert run(channel, later(days=30)) == 0
    messages_sweep(now=later(days=30))
    assert run(channel, later(days=31)) == 0
    assert len(channel.mails) == 1


def test_unavailable_is_tried_again_with_growing_waits_then_parked() -> None:
    finance = user(Role.FINANCE)
    message, at, waits = queued(customer()), NOW, []
    channel = raising(Unavailable("The mail server could not be reached."))
    for _attempt in range(recording.MOST_ATTEMPTS - 1):
        assert run(channel, at) == 1
        assert fresh(message).status == "pending"
        waits.append(message.due_at - at)
        assert run(channel, message.due_at - timedelta(microseconds=1)) == 0
        at = message.due_at
    assert timedelta(seconds=26) <= waits[0] <= timedelta(seconds=34)
    assert all(second > first for first, second in pairwise(waits))
    assert max(waits) <= recording.LONGEST_WAIT * 1.125
    assert not Notice.objects.exists()
    run(channel, at)
    assert fresh(message).status == "failed"
    assert message.last_error.startswith("Given up after 10 attempts.")
    assert Notice.objects.get(user=finance).url == f"/messages/{message.pk}/"
    assert run(channel, later(days=9)) == 0


def test_rejected_fails_at_once_and_finance_is_told() -> None:
    finance = user(Role.FINANCE)
    message = queued(customer())
    run(raising(Rejected("550 No such person")))
    assert (fresh(message).status, message.last_error, message.attempts) == ("failed", "550 No such person", 1)
    assert "550 No such person" in Notice.objects.get(user=finance).text
    assert run(FakeChannel(), later(days=9)) == 0


def test_many_failures_in_an_hour_make_few_notices() -> None:
    user(Role.FINANCE)
    buyer = customer()
    for number in range(30):
        queued(buyer, key=f"{number}")
    run(raising(Rejected("550 No")))
    assert Message.objects.filter(status="failed").count() == 30
    assert Notice.objects.count() <= recording.NOTICES_AN_HOUR + 1


@pytest.mark.parametrize("error", [OutcomeUnknown("line broke"), RuntimeError("a bug in a channel")])
def test_what_may_have_gone_out_is_unknown_and_never_sent_again(error: Exception) -> None:
    user(Role.FINANCE)
    message = queued(customer())
    run(raising(error))
    assert fresh(message).status == "unknown"
    assert Notice.objects.count() == 1
    messages_sweep(now=later(days=1))
    channel = FakeChannel()
    assert run(channel, later(days=2)) == 0
    assert channel.mails == []


def test_a_line_that_breaks_after_the_hand_over(server: MailServer) -> None:
    server.answer = DROP
    message = queued(customer())
    send_all()
    assert fresh(message).status == "unknown"
    server.answer = "250 OK"
    messages_sweep(now=later(days=1))
    send_all(later(days=2))
    assert len(server.delivered) == 1


def test_some_recipients_refused_is_sent_with_a_warning(server: MailServer) -> None:
    user(Role.FINANCE)
    server.refuse = {"gone@techsolutions.example": "550 No such person"}
    message = queued(customer(), recipients=("info@techsolutions.example", "gone@techsolutions.example"))
    send_all()
    assert (fresh(message).status, message.last_error) == ("sent", "Refused: gone@techsolutions.example")
    assert "gone@techsolutions.example" in Notice.objects.get().text


def test_a_worker_that_died_before_sending_left_nothing_behind() -> None:
    message = queued(customer())
    assert message_claim(now=NOW) is not None
    assert messages_sweep(now=NOW + CLAIM_LEASE).put_back == 0  # the lease still runs
    assert messages_sweep(now=NOW + CLAIM_LEASE + timedelta(seconds=1)).put_back == 1
    channel = FakeChannel()
    assert run(channel, later(hours=1)) == 1
    assert (fresh(message).status, len(channel.mails)) == ("sent", 1)


def test_a_worker_that_died_while_sending_makes_it_unknown() -> None:
    message = queued(customer())
    claimed = message_claim(now=NOW)
    assert claimed is not None
    assert sending.message_mark_sending(claimed, compose.message_compose(message=claimed, now=NOW), now=NOW)
    assert messages_sweep(now=NOW + SEND_LEASE).unknown == 0
    assert messages_sweep(now=NOW + SEND_LEASE + timedelta(seconds=1)).unknown == 1
    assert fresh(message).status == "unknown"


def test_a_worker_that_slept_past_its_lease_sends_nothing() -> None:
    message = queued(customer())
    sleeper = message_claim(now=NOW)
    assert sleeper is not None
    messages_sweep(now=later(hours=1))
    other = FakeChannel()
    run(other, later(hours=1))
    late = FakeChannel()
    message_send(sleeper, late, lambda: later(hours=2))
    assert (len(other.mails), len(late.mails)) == (1, 0)
    assert fresh(message).status == "sent"


def test_a_worker_that_slept_while_another_has_claimed_sends_nothing() -> None:
    queued(customer())
    sleeper = message_claim(now=NOW)
    messages_sweep(now=later(hours=1))
    awake = message_claim(now=later(hours=1))
    assert sleeper is not None
    assert awake is not None
    late, other = FakeChannel(), FakeChannel()
    message_send(sleeper, late, lambda: later(hours=1))
    message_send(awake, other, lambda: later(hours=1))
    assert (len(late.mails), len(other.mails)) == (0, 1)


def test_an_answer_that_comes_after_the_sweeper_gave_up_is_the_truth() -> None:
    message = queued(customer())
    seen = []

    def slow(_mail: OutgoingEmail) -> None:
        messages_sweep(now=later(hours=1))
        seen.append(Message.objects.get(pk=message.pk).status)

    run(FakeChannel(slow))
    assert seen == ["unknown"]
    assert fresh(message).status == "sent"


def test_a_message_that_keeps_killing_its_workers_is_parked() -> None:
    message, at = queued(customer()), NOW
    for _death in range(recording.MOST_ATTEMPTS):
        assert message_claim(now=at) is not None
        at += timedelta(hours=1)
        messages_sweep(now=at)
    assert fresh(message).status == "failed"


@pytest.mark.money
def test_complete_mail_or_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = issued_invoice()
    message = invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k")
    channel = FakeChannel()

    def not_there(**_kwargs: Any) -> None:
        raise OSError("the storage is away")

    with monkeypatch.context() as patch:
        patch.setattr(compose, "invoice_pdf", not_there)
        for second in (0, 2, 4):
            run(channel, later(seconds=second))
            assert (fresh(message).status, message.attempts) == ("pending", 0)
        assert message.last_error == f"The PDF of {invoice.number} is not there yet."
    assert channel.mails == []
    run(channel, later(seconds=6))
    assert [attachment.content[:5] for attachment in channel.mails[0].attachments] == [b"%PDF-"]


def test_what_is_missing_for_too_long_ends_with_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(**_kwargs: Any) -> None:
        raise RetryLater("not yet")

    monkeypatch.setattr(sending, "message_compose", not_there)
    message, at, channel = queued(customer()), NOW, FakeChannel()
    for _turn in range(1000):
        if fresh(message).status != "pending":
            break
        at = max(at, message.due_at)
        run(channel, at)
    assert message.status == "failed"
    assert timedelta(hours=1) < at - NOW < timedelta(days=1)


def test_an_error_while_it_is_prepared_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    message = queued(customer())
    with monkeypatch.context() as patch:
        patch.setattr(sending, "message_compose", broken)
        run(FakeChannel())
    assert (fresh(message).status, message.last_error) == ("pending", "It could not be prepared: KeyError.")
    run(FakeChannel(), later(hours=1))
    assert fresh(message).status == "sent"


@pytest.mark.money
def test_an_invoice_that_was_voided_meanwhile_is_not_sent() -> None:
    invoice = issued_invoice()
    message = invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k")
    invoice_void(invoice_id=invoice.pk, reason="A mistake", actor=SYSTEM, now=NOW)
    channel = FakeChannel()
    run(channel)
    assert (fresh(message).status, channel.mails) == ("cancelled", [])
    assert message.last_error == f"{invoice.number} was voided."


@pytest.mark.money
def test_a_link_that_ran_out_is_made_anew(server: MailServer) -> None:
    invoice = issued_invoice()
    sent_invoice(invoice, key="first")
    long_after = later(days=400)
    sent_invoice(invoice, key="second", now=long_after)
    sent_invoice(invoice, key="third", now=long_after)
    first, second, third = (mail.part("text/plain").split("/portal/i/")[1].split()[0] for mail in server.delivered)
    assert first != second == third


def test_the_document_is_marked_by_the_event_when_the_record_could_not(monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = issued_invoice()
    invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=NOW, key="k")
    with monkeypatch.context() as patch:
        patch.setattr(recording, "document_mark_sent", lambda *_args: None)
        run(FakeChannel())
    assert Invoice.objects.get(pk=invoice.pk).sent_at is None
    relay_all()
    assert Invoice.objects.get(pk=invoice.pk).sent_at == NOW


@pytest.mark.parametrize(
    ("point", "status"),
    [
        ("message.after_claim", "claimed"),
        ("message.before_send", "sending"),
        ("message.after_send", "sending"),
        ("message.after_record", "sent"),
    ],
)
def test_the_fail_points_stand_where_they_say(settings: Any, point: str, status: str) -> None:
    settings.FAIL_POINTS = f"{point}:raise"
    message, channel = queued(customer()), FakeChannel()
    with pytest.raises(failpoints.FailPointReached):
        run(channel)
    assert fresh(message).status == status
    assert len(channel.mails) == (0 if point in {"message.after_claim", "message.before_send"} else 1)


def test_every_status_is_reached_only_by_the_table() -> None:
    message = queued(customer())
    with pytest.raises(Exception, match="cannot become"):
        message_move(message, MessageStatus.SENT, come_from=(MessageStatus.PENDING,))
