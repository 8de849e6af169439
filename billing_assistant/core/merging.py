"""Two rows that are one customer: what each app has of them, and how it moves to the one that is kept.

An app says in its `merging.py` what refers to a customer; a test fails for a foreign key that nobody speaks for.
What the database keeps from being changed (issued documents, the journal) may change its customer only while `move_all`
runs, from the one to the other and nothing besides: the triggers compare the setting that is made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.utils.functional import Promise

SETTING: Final = "billing.merge"


@dataclass(frozen=True, slots=True)
class Merge:
    """Everything of `merge_id` goes to `keep_id`."""

    keep_id: UUID
    merge_id: UUID


@dataclass(frozen=True, slots=True)
class Mover:
    """What refers to a customer: the model (`invoices.Invoice`) and its column. Without a label nobody is told."""

    model: str
    column: str
    label: str | Promise
    move: Callable[[Merge], object]

    def count(self, customer_id: UUID) -> int:
        return int(self.rows.filter(**{self.column: customer_id}).count())

    @property
    def rows(self) -> Any:
        return apps.get_model(self.model)._default_manager


_movers: dict[tuple[str, str], Mover] = {}


def register_mover(
    model: str,
    label: str | Promise = "",
    *,
    column: str = "customer_id",
    move: Callable[[Merge], object] | None = None,
) -> None:
    """Says that rows of a model go along with a merged customer: by a plain change of the column, or by `move`."""

    def plainly(merge: Merge) -> object:
        rows = apps.get_model(model)._default_manager
        return rows.filter(**{column: merge.merge_id}).update(**{column: merge.keep_id})

    if (model, column) in _movers:
        raise ValueError(f"{model}.{column} is moved already.")
    _movers[model, column] = Mover(model, column, label, move or plainly)


def movers() -> Mapping[tuple[str, str], Mover]:
    """What was registered, by model and column, in the order in which it moves."""
    return _movers


def counts_of(customer_id: UUID) -> list[tuple[str, int]]:
    """What would move, in words and numbers, as far as there is something."""
    counted = [(str(mover.label), mover.count(customer_id)) for mover in _movers.values() if mover.label]
    return [(label, number) for label, number in counted if number]


def move_all(merge: Merge) -> dict[str, int]:
    """Moves everything, inside the caller's transaction with both customers locked; returns how much, by model."""
    moved = {mover.model: mover.count(merge.merge_id) for mover in _movers.values() if mover.label}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, f"{merge.merge_id}>{merge.keep_id}"])
        for mover in _movers.values():
            mover.move(merge)
        cursor.execute("SELECT set_config(%s, '', true)", [SETTING])
    return {model: number for model, number in moved.items() if number}
