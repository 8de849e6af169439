"""SIGKILL of a real worker while it sends 200 mails to a real server: none lost, none doubled, one unknown a kill."""

from __future__ import annotations

import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from billing_assistant.core.clock import now
from reminders.models import Message
from reminders.services.compose import message_id_of
from reminders.services.documents import invoice_send
from tests.factories import SYSTEM, customer, issued_invoice, seller
from tests.reminders.support import queued
from tests.reminders.worker import Worker
from tests.support.smtp import MailServer

MESSAGES = 200
POINTS = ("message.after_claim", "message.before_send", "message.after_send", "message.after_record")
MAY_BE_UNKNOWN = {"message.before_send", "message.after_send"}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("hits", [(19,), pytest.param((1, 2, 7, 11, 19), marks=pytest.mark.deep)])
def test_a_killed_worker_loses_and_doubles_nothing(server: MailServer, tmp_path: Path, hits: tuple[int, ...]) -> None:
    messages = fill(tmp_path)
    kills = [f"{point}:kill@{hit}" for hit in hits for point in POINTS]
    for generation, plan in enumerate(kills):
        assert Worker(tmp_path, generation, plan).run() == -signal.SIGKILL
    assert Worker(tmp_path, len(kills), "").run() == 0
    check(server, messages, kills)


def test_a_worker_that_writes_nothing_down_before_it_sends_doubles_mails(server: MailServer, tmp_path: Path) -> None:
    """The negative control: the same kills, and the server has mails twice."""
    fill(tmp_path, messages=40)
    plan = "message.after_send:kill@19"
    assert Worker(tmp_path, 0, plan, forgetful=True).run() == -signal.SIGKILL
    assert Worker(tmp_path, 1, "", forgetful=True).run() == 0
    assert max(server.times().values()) == 2


def fill(documents: Path, messages: int = MESSAGES) -> list[Message]:
    """Messages that wait: most plain, some with the PDF of an invoice."""
    of = seller()
    buyer = customer(of)
    invoices = [issued_invoice(buyer, now=now()) for _ in range(2)]
    with transaction.atomic():
        plain = [queued(buyer, key=f"plain-{number}", now=now()) for number in range(messages - 10)]
        with_pdf = [
            invoice_send(invoice_id=invoices[number % 2].pk, actor=SYSTEM, now=now(), key=f"pdf-{number}")
            for number in range(10)
        ]
    assert not any(documents.iterdir())  # the PDFs are left to the workers
    return [*plain, *with_pdf]


def check(server: MailServer, messages: list[Message], kills: list[str]) -> None:
    """Every message has one outcome, and the server agrees with it."""
    arrived = server.times()
    assert max(arrived.values()) == 1
    stored = Message.objects.in_bulk([message.pk for message in messages])
    assert len(stored) == MESSAGES
    assert {message.status for message in stored.values()} <= {"sent", "unknown"}
    unknown = [message for message in stored.values() if message.status == "unknown"]
    assert len(unknown) <= len(kills)
    assert len(unknown) == sum(plan.split(":")[0] in MAY_BE_UNKNOWN for plan in kills)
    for message in stored.values():
        if message.status == "sent":
            assert arrived[message_id_of(message)] == 1
    complete = Counter(len(list(mail.mail.iter_attachments())) for mail in server.delivered)
    assert complete[1] >= 10 - len(unknown)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_is_killed_at_a_scheduled_message_never_sends_it_twice(
    server: MailServer, tmp_path: Path, point: str
) -> None:
    invoice = issued_invoice(customer(seller()), now=now())
    at = now() + timedelta(minutes=30)
    message = invoice_send(invoice_id=invoice.pk, actor=SYSTEM, now=now(), key="later", at=at, include_pdf=False)
    assert Worker(tmp_path, 0, "").run() == 0  # it rests: a worker that restarts leaves it alone
    assert not server.delivered
    assert Worker(tmp_path, 1, f"{point}:kill@1").run() == -signal.SIGKILL
    assert Worker(tmp_path, 2, "").run() == 0
    message.refresh_from_db()
    assert message.status == ("unknown" if point in MAY_BE_UNKNOWN else "sent")
    assert len(server.delivered) == (0 if point == "message.before_send" else 1)
