"""Statements that go to the server one after the other, without waiting for the answer to each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from psycopg.pq import PipelineStatus

from billing_assistant.core.prepared import PreparedCursor


@contextmanager
def pipelined(*, when: bool = True) -> Iterator[None]:
    """For the writes of one act: what `bulk` and `prepared_cursor` send in the block is sent while the server still
    works on the statement before; whoever reads rows waits for them, and so does any other statement for its answer.

    Inside a transaction, for few rows: a COPY has to stand outside, and `bulk` writes by INSERT meanwhile. What the
    server refuses is raised by the next statement that waits, or at the end of the block, as Django's errors, and ends
    the block: a savepoint in it cannot be gone back to after that.
    `when` is whether the act is one of few rows; others go on as ever.
    """
    if not when:
        yield
        return
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Statements are pipelined inside a transaction.")
    with connection.wrap_database_errors, connection.connection.pipeline() as pipeline:

        def answered(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 -- Django's
            """Rows that Django counts after its own statements are there when it does."""
            answer = execute(sql, params, many, context)
            if not isinstance(context["cursor"].cursor, PreparedCursor):
                pipeline.sync()
            return answer

        with connection.execute_wrapper(answered):
            yield


def is_pipelined() -> bool:
    """Whether the connection is in such a block, where no COPY can be."""
    raw = connection.connection
    return raw is not None and raw.info.pipeline_status != PipelineStatus.OFF
