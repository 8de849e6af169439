"""A database of its own for a run of the bench, beside the one of the instance, dropped afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from billing_assistant.core.ids import uuid7

PREFIX: Final = "bench_"


@contextmanager
def scratch_database() -> Iterator[dict[str, str]]:
    """Switches this process to a fresh, migrated database; yields the server's settings that make figures void."""
    original = connection.settings_dict["NAME"]
    name = f"{PREFIX}{uuid7().hex[-12:]}"
    with connection.cursor() as cursor:
        _drop_left_over(cursor)
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        _switch(connection, name)
        call_command("migrate", verbosity=0, interactive=False)
        yield _server()
    finally:
        _switch(connection, str(original))
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _drop_left_over(cursor: CursorWrapper) -> None:
    """What a killed run left behind: a database of the bench that nobody is connected to."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) "
        "AND datname NOT IN (SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)",
        [PREFIX],
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _switch(wrapper: BaseDatabaseWrapper, name: str) -> None:
    wrapper.close()
    close_pool = getattr(wrapper, "close_pool", None)
    if close_pool is not None:
        close_pool()
    wrapper.settings_dict["NAME"] = name


def _server() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings "
            "WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'server_version')"
        )
        return dict(cursor.fetchall())
