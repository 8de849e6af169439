"""The PostgreSQL of the suite: one throwaway server that every run on this machine shares.

Each run holds a shared lock; the last one to leave stops the server.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from scripts.engines.postgres import THROWAWAY, Postgres

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "test-engine"


def url_of(server_url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{database}"))


@contextmanager
def running_server() -> Iterator[str]:
    """The URL of a running server; `TEST_DATABASE_URL` names one that is run elsewhere."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    server = Postgres(FOLDER, options=dict(THROWAWAY))
    locks = FOLDER.parent
    locks.mkdir(exist_ok=True)
    with (locks / "test-engine.start").open("w") as starting, (locks / "test-engine.users").open("w") as users:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_SH)
        if not server.ready():
            server.start().returncode = 0  # it outlives this run: nobody waits for it
        fcntl.flock(starting, fcntl.LOCK_UN)
        try:
            yield server.url("postgres")
        finally:
            _leave(server, starting.fileno(), users.fileno())


def _leave(server: Postgres, starting: int, users: int) -> None:
    fcntl.flock(starting, fcntl.LOCK_EX)
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    server.stop()
