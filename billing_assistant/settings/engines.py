"""Turns the URLs of the engines into what Django, Celery and the cache expect."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from psycopg.conninfo import conninfo_to_dict

IDLE_SECONDS = 60
PREPARE_FROM = 2
"""From its third time on the server keeps a statement of `core.prepared` ready."""
LOCK_TIMEOUT = "-c lock_timeout=10s"
"""Nobody waits longer for a lock, in any transaction, unless the work itself says how long (`core.db`)."""


def database(url: str, *, pool_max: int = 0) -> dict[str, Any]:
    """A PostgreSQL connection from any libpq URL, sockets (`?host=/path`) included.

    A thread pool serves the web processes; a worker process has one connection and needs none.
    """
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    options: dict[str, Any] = {
        name: value for name, value in parts.items() if name not in {"dbname", "user", "password", "host", "port"}
    }
    options["prepare_threshold"] = PREPARE_FROM
    options["options"] = f"{LOCK_TIMEOUT} {options.get('options', '')}".strip()
    if pool_max:
        options["pool"] = {"min_size": 1, "max_size": pool_max, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0 if pool_max else IDLE_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def broker_url(redis_url: str) -> str:
    """Celery spells a unix socket differently from the Redis client."""
    url = urlsplit(redis_url)
    if url.scheme != "unix":
        return redis_url
    number = parse_qs(url.query).get("db", ["0"])[0]
    return f"redis+socket://{url.path}?virtual_host={number}"


def cache_url(redis_url: str) -> str:
    """Database 1 of the same server, so that clearing the cache never touches the queue."""
    url = urlsplit(redis_url)
    if url.scheme == "unix":
        return f"unix://{url.path}?db=1"
    return urlunsplit(url._replace(path="/1"))
