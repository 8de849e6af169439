"""The transactional outbox: services record events, apps subscribe, the relay delivers each at least once.

An event and one delivery a subscriber are written in the service's own transaction. The relay claims due deliveries
with SKIP LOCKED, runs the handler outside that claim, and marks the delivery done. A handler is idempotent: after a
crash it is run again. It raises RetryLater when its moment has not come.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.utils.encoding import force_str

from billing_assistant.core import queue as jobs
from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import rows_insert
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event, EventDelivery

Handler = Callable[[Event], None]
Concerns = Callable[["EventInput"], bool]


class Subject(Protocol):
    """What an event is about: a row with a UUID."""

    @property
    def pk(self) -> Any: ...

    @property
    def _meta(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A handler by name, for some event names, run in a queue; only for those events that it is concerned with."""

    name: str
    handler: Handler
    queue: str
    concerns: Concerns | None = None

    def wants(self, entry: EventInput) -> bool:
        """Whether an event of a name that it subscribed to is to be delivered to it."""
        return self.concerns is None or self.concerns(entry)


@dataclass(frozen=True, slots=True)
class EventInput:
    """One event to be written. `data` is JSON: ids and words, amounts as strings."""

    name: str
    subject: Subject
    actor: Actor
    now: datetime
    profile_id: UUID | None
    customer_id: UUID | None = None
    label: str = ""
    data: dict[str, Any] = field(default_factory=dict)


_by_event: dict[str, list[Subscriber]] = defaultdict(list)
_by_name: dict[str, Subscriber] = {}
_gathered: ContextVar[list[EventInput] | None] = ContextVar("gathered_events", default=None)


def subscribe(
    *event_names: str, name: str, queue: str = jobs.DEFAULT, concerns: Concerns | None = None
) -> Callable[[Handler], Handler]:
    """Registers a handler (in an app's `subscriptions.py`) for events by name.

    `concerns` looks at an event as it is written and says whether the handler has anything to do with it: what it
    declines costs no delivery. It reads what the event carries, never the database.
    """

    def register(handler: Handler) -> Handler:
        subscriber = Subscriber(name, handler, queue, concerns)
        if name in _by_name:
            raise ValueError(f"Two subscribers are named {name}.")
        _by_name[name] = subscriber
        for event_name in event_names:
            _by_event[event_name].append(subscriber)
        return handler

    return register


def subscriber(name: str) -> Subscriber | None:
    """The subscriber of that name, if the code still has it."""
    return _by_name.get(name)


def subscribers_of(event_name: str) -> Sequence[Subscriber]:
    return tuple(_by_event.get(event_name, ()))


def record(
    *,
    name: str,
    subject: Subject,
    actor: Actor,
    now: datetime,
    profile_id: UUID | None,
    customer_id: UUID | None = None,
    label: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Writes one event and its deliveries into the present transaction."""
    _write([EventInput(name, subject, actor, now, profile_id, customer_id, label, data or {})])


def record_many(entries: Iterable[EventInput]) -> None:
    """Writes many events in two statements, and wakes the relay when the transaction commits."""
    _write(list(entries))


@contextmanager
def together() -> Iterator[None]:
    """What is recorded in the block is written when it ends, in its order and in two statements for all of it.

    For a block in which nothing is undone on its own: what fails in it fails as a whole.
    """
    if _gathered.get() is not None:
        yield
        return
    entries: list[EventInput] = []
    token = _gathered.set(entries)
    try:
        yield
    finally:
        _gathered.reset(token)
    if entries:
        _write(entries)


def _write(entries: Sequence[EventInput]) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event is recorded inside the transaction that makes it true.")
    if (gathered := _gathered.get()) is not None:
        gathered += entries
        return
    rows = [_row(entry) for entry in entries]
    rows_insert(Event, rows)
    wanted = [
        (row, to)
        for row, entry in zip(rows, entries, strict=True)
        for to in _by_event.get(entry.name, ())
        if to.wants(entry)
    ]
    rows_insert(
        EventDelivery,
        [
            {"event_id": row["id"], "subscriber": to.name, "queue": to.queue, "due_at": row["created_at"]}
            for row, to in wanted
        ],
    )
    for queue in sorted({to.queue for _, to in wanted}):
        jobs.nudge_on_commit("core.relay_events", queue=queue, only=queue)


def _row(entry: EventInput) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "name": entry.name,
        "created_at": entry.now,
        "profile_id": entry.profile_id,
        "subject_kind": entry.subject._meta.model_name,
        "subject_id": entry.subject.pk,
        "subject_label": force_str(entry.label or getattr(entry.subject, "number", ""))[:120],
        "customer_id": entry.customer_id,
        "actor_kind": entry.actor.kind.value,
        "actor_id": entry.actor.id,
        "actor_label": entry.actor.label[:150],
        "data": entry.data,
    }
