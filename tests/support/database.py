"""One database a run, copied from a template that is migrated once per state of the migrations."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import distributions
from pathlib import Path
from threading import Thread

import psycopg
from psycopg import sql

from tests.support.engine import ROOT, running_server, url_of

TEMPLATES_KEPT = 4


class MigrationsFailed(Exception):
    """The template could not be made."""


def template_begin() -> None:
    """Makes the template in the background where it is missing; who needs it waits, or tries and tells what fails."""

    def make() -> None:
        with running_server() as server_url, suppress(MigrationsFailed):
            _template(server_url)

    Thread(target=make, daemon=True).start()


@contextmanager
def fresh_database(server_url: str) -> Iterator[str]:
    """The URL of an empty, migrated database that no other run uses."""
    template = _template(server_url)
    name = _name()
    with psycopg.connect(server_url, autocommit=True) as connection:
        _drop_orphans(connection)
        connection.execute(_sql("drop database if exists {} with (force)", name))
        connection.execute(_sql("create database {} template {}", name, template))
    try:
        yield url_of(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(_sql("drop database if exists {} with (force)", name))


def _name() -> str:
    name = os.environ.get("TEST_DB_NAME", f"test_{os.getpid()}")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return f"{name}_{worker}" if worker else name


def _template(server_url: str) -> str:
    name = f"template_{_fingerprint()}"
    lock = ROOT / "var" / "test-engine.template"
    with lock.open("w") as file, psycopg.connect(server_url, autocommit=True) as connection:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            _drop_old_templates(connection)
            _build(connection, server_url, name)
    return name


def _build(connection: psycopg.Connection, server_url: str, name: str) -> None:
    draft = f"building_{name}"
    connection.execute(_sql("drop database if exists {} with (force)", draft))
    connection.execute(_sql("create database {}", draft))
    environment = os.environ | {
        "DATABASE_URL": url_of(server_url, draft),
        "DJANGO_SETTINGS_MODULE": "billing_assistant.settings.test",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MigrationsFailed(f"The migrations failed:\n{done.stderr[-4000:]}")
    connection.execute(_sql("alter database {} rename to {}", draft, name))
    connection.execute(_sql("alter database {} with allow_connections false", name))


def _fingerprint() -> str:
    """Changes with every migration of ours and with every version that is installed."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("*/*/migrations/*.py")):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    for name in sorted(f"{found.name}={found.version}" for found in distributions()):
        digest.update(name.encode())
    return digest.hexdigest()[:16]


def _drop_old_templates(connection: psycopg.Connection) -> None:
    found = connection.execute(
        "select datname from pg_database where datname ~ '^template_[0-9a-f]{16}$' order by oid desc offset %s",
        [TEMPLATES_KEPT - 1],
    )
    for (name,) in found.fetchall():
        connection.execute(_sql("drop database if exists {} with (force)", name))


def _drop_orphans(connection: psycopg.Connection) -> None:
    """What a killed run left behind: its process is gone."""
    for (name,) in connection.execute("select datname from pg_database").fetchall():
        owner = re.fullmatch(r"test_(\d+)(_gw\d+)?", name)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            connection.execute(_sql("drop database if exists {} with (force)", name))


def _sql(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*[sql.Identifier(name) for name in names])
