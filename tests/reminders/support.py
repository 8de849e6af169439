"""Steps that tests of messages share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.services.relay import relay_events
from customers.models import Customer
from invoices.models import Invoice
from reminders.channels.ports import Accepted, OutgoingEmail
from reminders.models import Message
from reminders.services.documents import invoice_send
from reminders.services.queueing import About, message_queue
from reminders.services.sending import messages_send
from reminders.states import MessageKind
from reminders.texts.letters import Content
from tests.factories import NOW, SYSTEM, customer, seller


def queued(
    of: Customer,
    *,
    key: str = "test",
    recipients: tuple[str, ...] = ("info@techsolutions.example",),
    actor: Actor = SYSTEM,
    now: datetime = NOW,
) -> Message:
    """A message without a document."""
    with transaction.atomic():
        return message_queue(
            key=key,
            kind=MessageKind.CUSTOM,
            about=About(of.profile_id, of.pk),
            company="Chromapages",
            reply_to="billing@chromapages.example",
            recipients=recipients,
            content=Content("Hello", "Hello there\n", "<p>Hello there</p>"),
            actor=actor,
            now=now,
        )


def send_all(at: datetime = NOW, *, limit: int = 1000) -> int:
    """One run of a mail worker, by the configured channel, at a moment."""
    return messages_send(limit=limit, seconds=3600, clock=lambda: at)


def sent_invoice(invoice: Invoice, *, key: str = "k", now: datetime = NOW, actor: Actor = SYSTEM) -> Message:
    """A message with an invoice, gone out."""
    message = invoice_send(invoice_id=invoice.pk, actor=actor, now=now, key=key)
    send_all(now)
    message.refresh_from_db()
    return message


def relay_all() -> None:
    """Delivers every event that is due, in all queues."""
    for queue in ("default", "mail", "pdf"):
        relay_events(queue=queue)


def buyer(**fields: Any) -> Customer:
    """A customer of a seller with number series."""
    return customer(seller(), **fields)


def fresh(message: Message) -> Message:
    message.refresh_from_db()
    return message


def later(seconds: float = 0, **parts: float) -> datetime:
    return NOW + timedelta(seconds=seconds, **parts)


class FakeChannel:
    """Plays a provider: `answer` raises or returns what it decides for each mail."""

    def __init__(self, answer: Callable[[OutgoingEmail], None] = lambda _mail: None) -> None:
        self.answer = answer
        self.mails: list[OutgoingEmail] = []

    def __call__(self) -> FakeChannel:
        return self

    def __enter__(self) -> FakeChannel:
        return self

    def __exit__(self, *_args: object) -> None:
        pass

    def send(self, mail: OutgoingEmail) -> Accepted:
        self.answer(mail)
        self.mails.append(mail)
        return Accepted(provider="fake", provider_message_id=f"fake-{len(self.mails)}")


def run(channel: FakeChannel, *, minutes: int = 0) -> FakeChannel:
    """One run of a mail worker over a channel, some minutes later."""
    messages_send(limit=100, seconds=3600, channel=channel, clock=lambda: later(minutes=minutes))
    return channel


def failing(error: Exception) -> FakeChannel:
    """A provider that takes no mail."""

    def answer(_mail: object) -> None:
        raise error

    return FakeChannel(answer)
