"""What every test stands on: a real PostgreSQL, a fixed clock, closed sockets, books that are checked."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.utils import translation
from pytest_django import DjangoDbBlocker

from billing_assistant.settings import engines
from tests.support import engine, reset, sockets
from tests.support.database import fresh_database, template_begin

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, noon in Nairobi

reset.install()
sockets.close_to_the_world()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="also run the long forms of tests")


def pytest_configure(config: pytest.Config) -> None:
    """The database is made while the processes collect their tests."""
    if config.getoption("numprocesses", None):
        template_begin()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long begins first, so that at the end no process waits for another one's last test."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if not config.getoption("--deep"):
        for item in items:
            if item.get_closest_marker("deep"):
                item.add_marker(pytest.mark.skip(reason="only with --deep"))


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the garbage collector need not go through it again and again, nor come so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with engine.running_server() as url:
        yield url


@pytest.fixture(scope="session")
def database_url(server_url: str) -> Iterator[str]:
    """This run's own database, also for tests that start processes of their own."""
    with fresh_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def django_db_setup(database_url: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Takes the place of Django's own creation: a copy of a migrated template takes a second, not twenty."""
    with django_db_blocker.unblock():
        connections["default"].settings_dict.update(
            {**engines.database(database_url), "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
        )
        import_module("tests.support.books").install()
        import_module("tests.support.signing_in").install()
        yield
        connections.close_all()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at `NOW`; `clock.shift(...)` and `clock.move_to(...)` move it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def now(clock: time_machine.Traveller) -> datetime:
    return NOW


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    yield
    if settings.configured:
        cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A page that was asked for in Swahili leaves the thread in Swahili: the next test begins in its own language."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def check_books_after(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that moves money ends with books that tie."""
    if request.node.get_closest_marker("money") is None:
        yield
        return
    request.getfixturevalue("db")
    yield
    violations = import_module("tests.support.books").books_broken(now=NOW)
    assert not violations, "\n".join(str(violation) for violation in violations)
