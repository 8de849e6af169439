"""Who changed a row, and on which page: told to the database once in a transaction, not before every statement.

django-pghistory puts the context of a request in front of each statement that writes, as two settings of the
transaction. They hold until it ends, or until a savepoint that was set before them is rolled back; so in a transaction
they are a statement of their own before the first that writes, and the others go to the server as they are, where a
statement that comes again can be kept ready.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from pghistory import config, runtime

Execute = Callable[[Any, Any, bool, dict[str, Any]], Any]

_TELL: Final = "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"
_told_each_time: Final = runtime._inject_history_context


@dataclass(frozen=True, slots=True)
class _Told:
    """The place in a transaction where the context was told, and what was told."""

    hooks: list[Any]
    """Django begins a new list with every transaction, and with every savepoint that is rolled back."""
    savepoints: Sequence[Any]
    context: Any
    metadata: dict[str, Any]

    def holds(self) -> bool:
        told = len(self.savepoints)
        return (
            connection.in_atomic_block
            and self.hooks is connection.run_on_commit
            and self.savepoints == tuple(connection.savepoint_ids[:told])
            and self.context is runtime._tracker.value.id
            and self.metadata == runtime._tracker.value.metadata
        )


def install() -> None:
    """Takes the place of what tells the context before every statement."""
    runtime._inject_history_context = _told_once


def _told_once(execute: Execute, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 -- Django's
    if runtime._is_ignored_statement(sql):
        return execute(sql, params, many, context)
    if not connection.in_atomic_block:
        return _told_each_time(execute, sql, params, many, context)
    told: _Told | None = getattr(connection, "_history_told", None)
    if (told is None or not told.holds()) and runtime._can_inject_variable(context["cursor"], sql):  # type: ignore[no-untyped-call]
        execute(_TELL, _words(), False, context)  # noqa: FBT003 -- Django's
        connection._history_told = _here()  # type: ignore[attr-defined] # beside what it describes
    return execute(sql, params, many, context)


def _words() -> tuple[str, str]:
    value = runtime._tracker.value
    return str(value.id), json.dumps(value.metadata, cls=config.json_encoder())


def _here() -> _Told:
    value = runtime._tracker.value
    return _Told(connection.run_on_commit, tuple(connection.savepoint_ids), value.id, dict(value.metadata))
