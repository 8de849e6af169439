"""Many rows at once: what cannot be meant is refused before anything is written."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, transaction

from billing_assistant.core.actors import ActorKind
from billing_assistant.core.bulk import COPY_FROM, rows_insert
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import Event, EventDelivery
from tests.conftest import NOW


def test_rows_that_name_other_columns_than_the_first_are_refused() -> None:
    rows = [{"subscriber": "a"}] * COPY_FROM + [{"subscriber": "a", "attempts": 3}]
    with pytest.raises(ValueError, match="same columns"):
        rows_insert(EventDelivery, rows)


def test_a_row_that_lacks_a_column_is_refused() -> None:
    rows = [{"subscriber": "a", "attempts": 3}] * COPY_FROM + [{"subscriber": "a"}]
    with pytest.raises(ValueError, match="same columns"):
        rows_insert(EventDelivery, rows)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, COPY_FROM])
def test_few_rows_and_many_are_written_alike(count: int) -> None:
    rows = [
        {
            "id": uuid7(),
            "name": "thing.done",
            "subject_kind": "thing",
            "subject_id": uuid7(),
            "created_at": NOW,
            "actor_kind": ActorKind.SYSTEM,
            "data": {"text": "it’s 100 % — “so”", "number": number, "none": None},
        }
        for number in range(count)
    ]
    rows_insert(Event, rows)

    kept = list(Event.objects.order_by("id"))
    assert [(event.pk, event.name, event.created_at, event.actor_kind, event.data) for event in kept] == [
        (row["id"], "thing.done", NOW, "system", row["data"]) for row in sorted(rows, key=lambda row: str(row["id"]))
    ]
    assert {(event.actor_label, event.customer_id) for event in kept} == {("", None)}


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, COPY_FROM])
def test_what_the_database_refuses_is_an_error_of_django_however_many_rows(count: int) -> None:
    row = {"event_id": uuid7(), "subscriber": "a", "due_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_insert(EventDelivery, [row] * count)
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        rows_insert(EventDelivery, [row | {"subscriber": f"{number}\x00"} for number in range(count)])
