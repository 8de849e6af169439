"""Empties the database after a test that committed.

Django's flush cannot: our ledger refuses TRUNCATE by trigger. As superuser we delete with triggers and
foreign keys off, and only from tables that hold something.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import TransactionTestCase

KEPT = {"django_content_type", "auth_permission", "django_migrations", "django_site"}


def reset_database(*_args: Any, **_kwargs: Any) -> None:
    filled = _filled_tables()
    if not filled:
        return
    quote = connection.ops.quote_name
    deletes = "; ".join(f"DELETE FROM {quote(table)}" for table in filled)
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes}; COMMIT")


def _filled_tables() -> list[str]:
    quote = connection.ops.quote_name
    tables = [name for name in connection.introspection.table_names() if name not in KEPT]
    probes = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(probes))
        return [row[0] for row in cursor.fetchall()]


def install() -> None:
    """Takes the place of the flush in every `transaction=True` test."""
    setattr(TransactionTestCase, "_fixture_teardown", reset_database)  # noqa: B010
