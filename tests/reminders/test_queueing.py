"""A message exists once, whoever asks and however often."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.db import connection, transaction

from billing_assistant.core.models import Event
from reminders.errors import BadRecipients, KeyReused
from reminders.models import Message
from reminders.services import queueing
from reminders.services.queueing import message_key
from tests.factories import customer
from tests.reminders.support import queued

THREADS = 20


@pytest.mark.django_db
def test_the_same_key_is_the_same_message() -> None:
    buyer = customer()
    first = queued(buyer, key="k")
    second = queued(buyer, key="k", recipients=("other@techsolutions.example",))
    assert (second.pk, second.recipients) == (first.pk, ["info@techsolutions.example"])
    assert Message.objects.count() == 1
    assert Event.objects.filter(name="message.queued").count() == 1


@pytest.mark.django_db
def test_a_key_of_something_else_is_refused() -> None:
    queued(customer(), key="k")
    with pytest.raises(KeyReused):
        queued(customer(), key="k")


@pytest.mark.django_db
def test_rolled_back_with_its_cause() -> None:
    buyer = customer()
    with transaction.atomic():
        queued(buyer)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_the_workers_are_woken_only_when_it_is_committed() -> None:
    buyer = customer()
    with patch("reminders.services.queueing.queue.nudge_on_commit") as woken:
        queued(buyer, key="k")
        queued(buyer, key="k")
    woken.assert_called_once_with("reminders.send_messages")


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused() -> None:
    with (
        patch("tests.reminders.support.transaction.atomic", nothing),
        pytest.raises(RuntimeError, match="inside the transaction"),
    ):
        queued(customer())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nobody",
        "a@b",
        "a@b.example\r\nBcc: spy@evil.example",
        "a@b.example\nspy@evil.example",
        "Name <a@b.example>",
        "a@b.example, c@d.example",
        "a b@c.example",
        "\u202egnp@b.example",
        f"{'a' * 250}@b.example",
    ],
)
def test_addresses_that_are_none_are_refused(bad: str) -> None:
    with pytest.raises(BadRecipients):
        queued(customer(), recipients=(bad,))
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_recipients_are_written_once_each() -> None:
    message = queued(customer(), recipients=("A@b.example", " a@B.example ", "c@d.example"))
    assert message.recipients == ["A@b.example", "c@d.example"]


@pytest.mark.django_db
def test_too_many_recipients_are_refused() -> None:
    with pytest.raises(BadRecipients, match="At most 10"):
        queued(customer(), recipients=tuple(f"a{n}@b.example" for n in range(11)))


def test_keys_of_any_length_fit() -> None:
    long = message_key("scope", "x" * 10_000)
    assert long == message_key("scope", "x" * 10_000)
    assert len(long) < queueing.LONGEST_KEY
    assert message_key("scope") != message_key("scope")


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_with_one_key_make_one_message() -> None:
    made = race()
    assert len(set(made)) == 1
    assert Message.objects.count() == 1
    assert Event.objects.filter(name="message.queued").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_unique_key_the_race_makes_several() -> None:
    """The negative control: the same race on a table without the constraint."""
    with no_unique_key():
        made = race()
    assert len(set(made)) > 1


def race() -> list[str]:
    """Twenty threads queue under one key; all have looked for it, and found nothing, before the first one writes."""
    buyer = customer()
    gate, lock, made = threading.Barrier(THREADS), threading.Lock(), []

    def run() -> None:
        try:
            message = queued(buyer, key="the one")
            with lock:
                made.append(str(message.pk))
        finally:
            connection.close()

    real = queueing.message_by_key
    first_look = threading.local()

    def looked(*args: object) -> Message | None:
        found = real(*args)  # type: ignore[arg-type]
        if not getattr(first_look, "done", False):
            first_look.done = True
            gate.wait(20)
        return found

    with patch.object(queueing, "message_by_key", looked):
        threads = [threading.Thread(target=run) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert len(made) == THREADS
    return made


@contextmanager
def no_unique_key() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'reminders_message'::regclass AND contype = 'u'"
        )
        names = [row[0] for row in cursor.fetchall()]
        (name,) = [name for name in names if "key" in name]
        cursor.execute(f'ALTER TABLE reminders_message DROP CONSTRAINT "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM reminders_message")
            cursor.execute(f'ALTER TABLE reminders_message ADD CONSTRAINT "{name}" UNIQUE (key)')


@contextmanager
def nothing() -> Iterator[None]:
    yield
