"""Brings every sealed text under the active key, so that an old key can be taken out of the ring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pgtrigger
from django.apps import apps
from django.db.models import Model

from billing_assistant.core import crypto
from billing_assistant.core.models.sealed import (
    FINGERPRINT,
    SEALED,
    SealedText,
    fingerprint_of,
    sealed_texts,
    sealing_models,
)

CHUNK: Final = 500
Report = Callable[[str, int], None]


def sealed_rows_reseal(*, report: Report | None = None) -> int:
    """Reseals what another key than the active one sealed, in rows and in their histories; returns how many texts.

    `report` is told each table with its count. Nothing is locked: a text that somebody writes meanwhile stays as
    written, under the active key. Safe to repeat, and to break off. Raises SealedTooOld for a text whose key is gone.
    """
    total = 0
    for model in sealing_models():
        with pgtrigger.ignore():  # the same text under another key is no history
            for table in (model, *_histories(model)):
                count = sum(_reseal(model, table, text) for text in sealed_texts(model) if _keeps(table, text))
                total += count
                if report is not None:
                    report(table._meta.db_table, count)
    return total


def _histories(model: type[Model]) -> list[type[Model]]:
    return [one for one in apps.get_models() if getattr(one, "pgh_tracked_model", None) is model]


def _keeps(table: type[Model], text: SealedText) -> bool:
    """A history may be kept without the sealed text."""
    return any(each.name == text.name + SEALED for each in table._meta.concrete_fields)


def _reseal(model: type[Model], table: type[Model], text: SealedText) -> int:
    """`table` is the model's own, or a history of it with the same columns."""
    column = text.name + SEALED
    waiting = table._default_manager.exclude(**{column: ""}).exclude(
        **{f"{column}__startswith": f"{crypto.VERSION}.{crypto.active_key_id()}."}
    )
    count = 0
    while rows := list(waiting.order_by("pk").values("pk", "id", column)[:CHUNK]):
        count += sum(_reseal_row(model, table, text, row) for row in rows)
    return count


def _reseal_row(model: type[Model], table: type[Model], text: SealedText, row: dict[str, Any]) -> int:
    column, place = text.name + SEALED, {"table": model._meta.db_table, "column": text.name, "row": row["id"]}
    changes = {column: crypto.reseal(row[column], **place)}
    if text.searchable:
        plain = crypto.unseal(row[column], **place)
        changes[text.name + FINGERPRINT] = fingerprint_of(model._meta.label_lower, text.name, plain)
    return table._default_manager.filter(pk=row["pk"], **{column: row[column]}).update(**changes)
