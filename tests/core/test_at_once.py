"""Operations of a migration that are run at once do what they do one by one."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from billing_assistant.core.at_once import AtOnce
from tests.support.own_models import OURS

CREATES = [
    migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]),
    migrations.CreateModel("Book", [("id", models.BigAutoField(primary_key=True)), ("title", models.TextField())]),
]
ADDS = [
    migrations.AddField("book", "shelf", models.ForeignKey("at_once.shelf", models.CASCADE, null=True)),
    migrations.AddIndex("book", models.Index(fields=["title"], name="at_once_title")),
    migrations.AddConstraint("shelf", models.UniqueConstraint(fields=["name"], name="at_once_name")),
    migrations.AddConstraint(
        "book",
        models.UniqueConstraint(
            fields=["title"], condition=models.Q(shelf__isnull=False), name="at_once_title_on_a_shelf"
        ),
    ),
]


class Books(migrations.Migration):
    operations = [AtOnce(CREATES), AtOnce(ADDS)]


class BooksOneByOne(migrations.Migration):
    operations: list[Operation] = [*CREATES, *ADDS]


@pytest.mark.django_db
def test_the_tables_are_there_and_go_away_again() -> None:
    migration = Books("0001_books", "at_once")
    before, after = ProjectState(), migration.mutate_state(ProjectState())
    with connection.schema_editor() as editor:
        migration.apply(before.clone(), editor)
    assert {"at_once_book", "at_once_shelf"} <= set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        made = connection.introspection.get_constraints(cursor, "at_once_book")
        assert "at_once_title" in made
        assert ("at_once_shelf", "id") in [entry["foreign_key"] for entry in made.values()]
        assert "at_once_name" in connection.introspection.get_constraints(cursor, "at_once_shelf")

    with connection.schema_editor() as editor:
        migration.unapply(before.clone(), editor)
    assert not {"at_once_book", "at_once_shelf"} & set(connection.introspection.table_names())
    assert ("at_once", "book") in after.models


def test_the_state_is_that_of_the_operations_one_by_one() -> None:
    together = Books("0001_books", "at_once").mutate_state(ProjectState())
    one_by_one = BooksOneByOne("0001_books", "at_once").mutate_state(ProjectState())

    assert together == one_by_one


def test_models_are_rendered_once_and_not_after_each_operation() -> None:
    state = ProjectState()
    assert state.apps is not None
    with patch.object(ModelState, "render", autospec=True, side_effect=ModelState.render) as render:
        AtOnce(CREATES).state_forwards("at_once", state)
        AtOnce(ADDS).state_forwards("at_once", state)
        assert render.call_count == 0
        assert state.apps.get_model("at_once", "book")
        assert render.call_count == 2


MOST_ONE_BY_ONE = 3
"""Of a few operations, each costs less by itself than all models do together."""


def test_no_migration_of_ours_renders_the_models_again_after_each_of_many_operations() -> None:
    ours = {model._meta.app_label for model in OURS}
    disk = MigrationLoader(None).disk_migrations
    own = {key: _one_by_one(migration) for key, migration in disk.items() if key[0] in ours}
    assert len(own) > 50
    assert [key for key, count in own.items() if count > MOST_ONE_BY_ONE] == []


def test_negative_control_many_operations_one_by_one_are_counted() -> None:
    assert _one_by_one(Books("0001_books", "at_once")) == 0
    assert _one_by_one(BooksOneByOne("0001_books", "at_once")) == len(CREATES) + len(ADDS)


def _one_by_one(migration: migrations.Migration) -> int:
    """How many of its operations change the models, each by itself."""
    free = (AtOnce, migrations.RunSQL, migrations.RunPython)
    return sum(not isinstance(operation, free) for operation in migration.operations)
