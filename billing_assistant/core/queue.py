"""The job queue, by name: the one place that touches Celery's way of declaring and sending tasks.

A task takes ids as JSON, calls one service, and can run twice without harm. Anything that must not be lost is a row
first (an event, a message); a task is only the nudge that makes it quick.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

import structlog
from celery import Task, current_app, shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

DEFAULT: Final = "default"
MAIL: Final = "mail"
PDF: Final = "pdf"
QUEUES: Final = (DEFAULT, MAIL, PDF)
TIME_LIMIT_SECONDS: Final = 600

P = ParamSpec("P")
R = TypeVar("R")
_queue_of: dict[str, str] = {}


def task(
    name: str, *, queue: str = DEFAULT, time_limit: int = TIME_LIMIT_SECONDS
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Declares a task under its public name, in its queue, acknowledged only after it ran."""
    _queue_of[name] = queue

    def declare(function: Callable[P, R]) -> Task[P, R]:
        declared: Task[P, R] = shared_task(
            name=name,
            acks_late=True,
            ignore_result=True,
            time_limit=time_limit,
            soft_time_limit=time_limit - 10,
        )(function)
        return declared

    return declare


def enqueue(name: str, *, queue: str = "", **arguments: Any) -> None:
    """Sends a task now. A broker that is away is logged, not raised: the minute beat finds the row."""
    try:
        current_app.send_task(
            name,
            kwargs=arguments,
            queue=queue or _queue_of.get(name, DEFAULT),
            retry=False,
            ignore_result=True,
        )
    except (OperationalError, ConnectionError) as error:
        log.warning("queue.unavailable", task=name, error=type(error).__name__)


def enqueue_on_commit(name: str, *, queue: str = "", **arguments: Any) -> None:
    """Sends a task once the present transaction has committed; never if it rolls back."""
    transaction.on_commit(partial(enqueue, name, queue=queue, **arguments), robust=True)


def enqueue_once_on_commit(name: str, *, queue: str = "", **arguments: Any) -> None:
    """The same, once a transaction however often it is asked for: for nudges, where one is as good as ten."""
    wanted = partial(enqueue, name, queue=queue, **arguments)
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if not any(_same(nudge, wanted) for nudge in waiting):
        transaction.on_commit(wanted, robust=True)


def _same(nudge: object, wanted: partial[None]) -> bool:
    return (
        isinstance(nudge, partial)
        and nudge.func is wanted.func
        and (nudge.args, nudge.keywords) == (wanted.args, wanted.keywords)
    )
