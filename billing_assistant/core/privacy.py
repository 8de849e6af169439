"""Personal data: each app says in its `privacy.py` what it holds on a person, hands it out, and erases it.

A test walks every column of every model and fails for one that may be personal and that no holder speaks for. What the
law says must be kept (issued documents, payments, the journal) stays as it is, and the holder says until when and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise

from billing_assistant.core.models import StoredFile
from billing_assistant.core.money import quantize

Text = str | Promise


class Fate(StrEnum):
    ERASED = "erased"
    KEPT = "kept by law"
    NOT_PERSONAL = "not personal"


@dataclass(frozen=True, slots=True)
class Treatment:
    """What erasing does to a column, and for one that stays, why."""

    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about: a customer with all people there and all that was merged into it, or one contact alone.

    `customer_ids` is empty for a contact alone; `home_id` is the customer in both cases. `user_ids` are sign-ins that
    nobody else shares. `words` are addresses and names that find what no key refers to; `refs` are the ids of all rows
    that are about the subject, and what providers call them.
    """

    profile_id: UUID
    home_id: UUID
    number: str
    customer_ids: frozenset[UUID]
    contact_ids: frozenset[UUID]
    user_ids: frozenset[UUID] = frozenset()
    words: frozenset[str] = frozenset()
    refs: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether a whole customer is meant."""
        return bool(self.customer_ids)

    @property
    def alias(self) -> str:
        """What stands where a name was."""
        return f"Erased {self.number}"


@dataclass(frozen=True, slots=True)
class HeldFile:
    path: str
    stored: StoredFile


@dataclass(frozen=True, slots=True)
class Held:
    """Rows of one kind that are held on a subject, as JSON, with their files."""

    name: str
    label: Text
    rows: Sequence[Mapping[str, Any]]
    files: Sequence[HeldFile] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What erasing leaves: `last_day` is the day of the latest document, from which the years are counted."""

    label: Text
    count: int
    reason: Text
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What erasing did: numbers of rows by label, and what stays."""

    done: Sequence[tuple[Text, int]] = ()
    kept: Sequence[Kept] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What is past its time in one business profile: texts of messages, raw webhooks and import files before these."""

    profile_id: UUID
    messages_before: datetime
    payloads_before: datetime


def _keeps_all(_limits: Limits) -> int:
    return 0


def _nothing(_subject: Subject) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, slots=True)
class Holder:
    """What one app holds. `export` reads; `erase` runs inside the caller's transaction. `obstacles` are sentences that
    say what has to be done before erasing, `refs` the ids of its rows about a subject. `expire` forgets one chunk of
    what is past its time, inside the caller's transaction, and says how many rows that were: 0 when nothing is left."""

    app: str
    fields: Mapping[str, Treatment]
    export: Callable[[Subject], Iterable[Held]]
    erase: Callable[[Subject, datetime], Outcome]
    refs: Callable[[Subject], Iterable[object]] = field(default=_nothing)
    obstacles: Callable[[Subject], Iterable[str]] = field(default=_nothing)
    expire: Callable[[Limits], int] = field(default=_keeps_all)


_holders: dict[str, Holder] = {}


def register_holder(holder: Holder) -> None:
    """Says what an app holds on people."""
    if holder.app in _holders:
        raise ValueError(f"{holder.app} has a holder already.")
    _holders[holder.app] = holder


def holders() -> Mapping[str, Holder]:
    """What was registered, by app, the lowest floor first."""
    return _holders


def erased(model: str, *names: str) -> dict[str, Treatment]:
    return _treated(model, names, Treatment(Fate.ERASED))


def kept_by_law(model: str, *names: str, reason: str) -> dict[str, Treatment]:
    return _treated(model, names, Treatment(Fate.KEPT, reason))


def not_personal(model: str, *names: str, reason: str) -> dict[str, Treatment]:
    return _treated(model, names, Treatment(Fate.NOT_PERSONAL, reason))


def _treated(model: str, names: Iterable[str], treatment: Treatment) -> dict[str, Treatment]:
    return {f"{model}.{name}": treatment for name in names}


def with_refs(subject: Subject) -> Subject:
    """The subject with the ids of all rows that are about it, as every app knows them."""
    refs = set(map(str, subject.customer_ids | subject.contact_ids | subject.user_ids))
    for holder in _holders.values():
        refs.update(str(ref) for ref in holder.refs(subject) if ref)
    return replace(subject, refs=frozenset(refs))


def obstacles_to(subject: Subject) -> list[str]:
    """What has to be done before the subject can be erased, as sentences; empty when nothing stands in the way."""
    return [text for holder in _holders.values() for text in holder.obstacles(subject)]


def held_on(subject: Subject) -> Iterator[tuple[str, Held]]:
    """All that is held on a subject, by app, as far as there is something."""
    for app, holder in _holders.items():
        for held in holder.export(subject):
            if held.rows or held.files:
                yield app, held


def erase_all(subject: Subject, now: datetime) -> Outcome:
    """Erases everywhere, the highest floor first, inside the caller's transaction."""
    outcomes = [holder.erase(subject, now) for holder in reversed(_holders.values())]
    done: dict[str, int] = {}
    for label, number in (entry for outcome in outcomes for entry in outcome.done):
        if number:
            done[str(label)] = done.get(str(label), 0) + number
    return Outcome(list(done.items()), [kept for outcome in outcomes for kept in outcome.kept if kept.count])


def kept_until(day: date, years: int) -> date:
    """The last day on which a document of `day` is kept: the end of the year, so many years on."""
    return date(day.year + years, 12, 31)


def rows_of(rows: Iterable[models.Model], *names: str) -> list[dict[str, Any]]:
    """Rows as JSON, with these attributes. Amounts are strings with as many decimals as the row's currency."""
    return [{name: _plain(getattr(row, name), getattr(row, "currency", "")) for name in names} for row in rows]


def _plain(value: Any, currency: str) -> Any:
    match value:
        case Decimal():
            return str(quantize(value, currency)) if currency else str(value)
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value


def history_of(model: type[models.Model]) -> list[QuerySet[Any]]:
    """The rows that keep what rows of a model once were (see django-pghistory)."""
    events: Mapping[str, Any] = getattr(model, "pgh_event_models", {})
    return [event_model._default_manager.all() for event_model in events.values()]


def history_forget(model: type[models.Model], **where: Any) -> None:
    """Deletes what rows of a model once were."""
    for rows in history_of(model):
        rows.filter(**where).delete()


def history_blank(model: type[models.Model], ids: Iterable[UUID], values: Mapping[str, Any]) -> None:
    """Overwrites values in all that some rows of a model once were."""
    for rows in history_of(model):
        known = {one.name for one in rows.model._meta.concrete_fields}
        fitting = {name: value for name, value in values.items() if name in known}
        if fitting:
            rows.filter(pgh_obj_id__in=list(ids)).update(**fitting)
