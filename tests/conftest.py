"""What every test stands on: a real PostgreSQL, a fixed clock, closed sockets, books that are checked."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache

from billing_assistant.settings.engines import database
from tests.support import engine, reset, sockets

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, noon in Nairobi

reset.install()
sockets.close_to_the_world()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with engine.running_server() as url:
        yield url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(server_url: str) -> None:
    """Points Django at the suite's server, with a database name that no other run has."""
    from django.db import connections  # noqa: PLC0415

    name = os.environ.get("TEST_DB_NAME", f"test_{os.getpid()}")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    connections["default"].settings_dict.update(
        {**database(server_url), "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    )
    connections["default"].settings_dict["TEST"]["NAME"] = f"{name}_{worker}" if worker else name


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at `NOW`; `clock.shift(...)` and `clock.move_to(...)` move it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def now(clock: time_machine.Traveller) -> datetime:  # noqa: ARG001
    return NOW


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    if settings.configured:
        cache.clear()


@pytest.fixture(autouse=True)
def check_books_after(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that moves money ends with books that tie."""
    if request.node.get_closest_marker("money") is None:
        yield
        return
    request.getfixturevalue("db")
    yield
    violations = import_module("billing_assistant.ledger.books").check_books()
    assert not violations, "\n".join(str(violation) for violation in violations)
