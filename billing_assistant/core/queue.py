"""The job queue, by name: the one place that touches Celery's way of declaring and sending tasks.

A task takes ids as JSON, calls one service, and can run twice without harm. Anything that must not be lost is a row
first (an event, a message); a task is only the nudge that makes it quick.

A task that looks for whatever is due is nudged: while one nudge waits for a worker, another one would find nothing that
the first does not find, and is not sent. Its mark goes as the task begins, before it looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, Final, ParamSpec, TypeVar

import structlog
from celery import Task, current_app, shared_task
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

DEFAULT: Final = "default"
MAIL: Final = "mail"
PDF: Final = "pdf"
QUEUES: Final = (DEFAULT, MAIL, PDF)
TIME_LIMIT_SECONDS: Final = 600
NUDGE_SECONDS: Final = 10
"""A nudge that no worker has taken for so long may be lost: the next one is sent beside it."""

P = ParamSpec("P")
R = TypeVar("R")
_queue_of: dict[str, str] = {}


def task(
    name: str, *, queue: str = DEFAULT, time_limit: int = TIME_LIMIT_SECONDS, nudged: bool = False
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Declares a task under its public name, in its queue, acknowledged only after it ran.

    One that is `nudged` is sent by `nudge`: it works on whatever is due, and on more than it was sent for.
    """
    _queue_of[name] = queue

    def declare(function: Callable[P, R]) -> Task[P, R]:
        declared: Task[P, R] = shared_task(
            name=name,
            acks_late=True,
            ignore_result=True,
            time_limit=time_limit,
            soft_time_limit=time_limit - 10,
        )(_begun(name, function) if nudged else function)
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


def nudge(name: str, *, queue: str = "", **arguments: Any) -> None:
    """Sends a task that works on whatever is due, unless one is on its way that has not begun.

    What it shall find is committed before. Without the cache every nudge is sent.
    """
    try:
        wanted = cache.add(_mark(name, arguments), 1, timeout=NUDGE_SECONDS)
    except (RedisError, OSError):
        wanted = True
    if wanted:
        enqueue(name, queue=queue, **arguments)


def nudge_on_commit(name: str, *, queue: str = "", **arguments: Any) -> None:
    """The same once the present transaction has committed, and once a transaction however often it is asked for."""
    wanted = partial(nudge, name, queue=queue, **arguments)
    waiting = (entry[1] for entry in transaction.get_connection().run_on_commit)
    if not any(_same(other, wanted) for other in waiting):
        transaction.on_commit(wanted, robust=True)


def _begun(name: str, function: Callable[P, R]) -> Callable[P, R]:
    """The work of a nudged task: from now on a further nudge is one of its own, for what this one may not see."""

    @wraps(function)
    def begin(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            cache.delete(_mark(name, kwargs))
        except (RedisError, OSError) as error:
            log.warning("queue.nudge_not_marked", task=name, error=type(error).__name__)
        return function(*args, **kwargs)

    return begin


def _mark(name: str, arguments: Mapping[str, Any]) -> str:
    return ":".join(["nudge", name, *(f"{key}={arguments[key]}" for key in sorted(arguments))])


def _same(other: object, wanted: partial[None]) -> bool:
    return (
        isinstance(other, partial)
        and other.func is wanted.func
        and (other.args, other.keywords) == (wanted.args, wanted.keywords)
    )
