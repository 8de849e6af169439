"""Many operations of a migration at once: the models' state is rendered once, not again after each of them.

Django renders every model that is related to a changed one after each operation. Here each model is related to each
other one by the profile and the user, so that a migration of a hundred operations rendered ten thousand models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class AtOnce(Operation):
    """Runs operations of which none looks at what another one of them made.

    Models are created in one of these, without the fields that are added later; fields, indexes, constraints and
    triggers are added in the next one.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """One by one, each with the models that it had before it: a condition may name a field that came with it."""
        steps, after = [], to_state
        for operation in self.operations:
            before, after = after, after.clone()
            operation.state_forwards(app_label, after)
            steps.append((operation, before, after))
        for operation, before, made in reversed(steps):
            operation.database_backwards(app_label, schema_editor, made, before)

    def describe(self) -> str:
        return f"{len(self.operations)} operations at once"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"operations": self.operations}
