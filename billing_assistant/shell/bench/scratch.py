"""Databases of the bench, beside the one of the instance: one that is dropped afterwards, and large ones that stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from billing_assistant.core.ids import uuid7

PREFIX: Final = "bench_"
KEPT_PREFIX: Final = "scale_"


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


@contextmanager
def kept_database(name: str, *, stamp: str, fill: Callable[[], None], fresh: bool) -> Iterator[bool]:
    """Switches this process to a database that stays for the next run; yields whether it was filled just now.

    It is filled again when `stamp` (what the rows are made from) differs, or with `fresh`. Migrations that came since
    are run on it.
    """
    original, name = connection.settings_dict["NAME"], f"{KEPT_PREFIX}{name}"
    with connection.cursor() as cursor:
        filling = fresh or _stamp(cursor, name) != stamp
        if filling:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        _switch(connection, name)
        call_command("migrate", verbosity=0, interactive=False)
        if filling:
            fill()
            with connection.cursor() as cursor:
                cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS '{stamp}'")
        yield filling
    finally:
        _switch(connection, str(original))


def _stamp(cursor: CursorWrapper, name: str) -> str:
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    found = cursor.fetchone()
    return (found[0] or "") if found else ""


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
