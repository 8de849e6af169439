"""A nudge is sent when none is on its way, and is never missing when there is something to find."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from celery import current_app
from django.db import transaction
from redis.exceptions import ConnectionError as NoConnection

from billing_assistant.core import queue
from tests.fakes.tasks import CollectedTasks

RELAY = "core.relay_events"


def nudge(only: str = queue.DEFAULT) -> None:
    queue.nudge(RELAY, queue=only, only=only)


@pytest.mark.django_db
def test_one_is_sent_while_it_waits_and_another_one_once_it_has_begun(tasks: CollectedTasks) -> None:
    nudge()
    nudge()
    assert tasks.names() == [RELAY]

    tasks.run()
    nudge()
    assert tasks.names() == [RELAY]


@pytest.mark.django_db
def test_what_comes_while_the_task_looks_is_worth_a_nudge_of_its_own(tasks: CollectedTasks) -> None:
    nudge()
    tasks.waiting.clear()
    with patch("billing_assistant.core.tasks.relay_events", side_effect=lambda **_given: nudge()):
        current_app.tasks[RELAY](only=queue.DEFAULT)

    assert tasks.names() == [RELAY]


def test_each_queue_is_nudged_for_itself(tasks: CollectedTasks) -> None:
    tasks.skip = frozenset()
    nudge()
    nudge(queue.MAIL)

    assert [arguments for _, arguments in tasks.waiting] == [{"only": queue.DEFAULT}, {"only": queue.MAIL}]


def test_without_the_cache_every_nudge_is_sent(tasks: CollectedTasks) -> None:
    with patch("billing_assistant.core.queue.cache.add", side_effect=NoConnection):
        nudge()
        nudge()

    assert tasks.names() == [RELAY, RELAY]


@pytest.mark.django_db
def test_without_the_cache_the_task_is_run_all_the_same() -> None:
    with (
        patch("billing_assistant.core.queue.cache.delete", side_effect=NoConnection),
        patch("billing_assistant.core.tasks.relay_events") as relayed,
    ):
        current_app.tasks[RELAY](only=queue.MAIL)

    assert relayed.call_args.kwargs["queue"] == queue.MAIL


@pytest.mark.django_db(transaction=True)
def test_a_transaction_nudges_once_and_only_when_it_ends_well(tasks: CollectedTasks) -> None:
    with transaction.atomic():
        queue.nudge_on_commit(RELAY, only=queue.DEFAULT)
        queue.nudge_on_commit(RELAY, only=queue.DEFAULT)
        assert not tasks.waiting
    assert len(tasks.waiting) == 1

    with transaction.atomic():
        queue.nudge_on_commit(RELAY, only=queue.MAIL)
        transaction.set_rollback(True)
    assert len(tasks.waiting) == 1
