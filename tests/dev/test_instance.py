"""An instance: its own folder, one holder at a time, and what others need to use its engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.errors import DevError
from scripts.instance import Instance

GIVEN = {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://queue/0", "EMAIL_URL": "smtp://mail:25"}


@pytest.fixture
def running(tmp_path: Path) -> Instance:
    made = Instance.at(str(tmp_path), port=8123)
    made.given = dict(GIVEN)
    return made


def test_another_command_takes_over_the_engines_of_a_running_instance(running: Instance, tmp_path: Path) -> None:
    running.publish()
    other = Instance.at(str(tmp_path), port=9999)
    other.given = {}

    other.adopt()

    assert {name: other.environment[name] for name in GIVEN} == GIVEN
    assert other.environment["PUBLIC_BASE_URL"] == "http://127.0.0.1:8123"


def test_what_is_published_is_private(running: Instance, tmp_path: Path) -> None:
    running.publish()
    assert (tmp_path / "run" / "environment.json").stat().st_mode & 0o777 == 0o600


def test_an_instance_that_is_starting_or_stopping_cannot_be_used(running: Instance) -> None:
    lock = running.lock()
    assert lock is not None
    running.publish()
    running.withdraw()
    with lock, pytest.raises(DevError, match=r"just starting or stopping .* Try again in a moment\."):
        running.adopt()


def test_what_a_person_set_wins(running: Instance) -> None:
    running.given["DEMO"] = "0"
    assert running.environment["DEMO"] == "0"
    assert running.environment["DATABASE_URL"] == "postgresql://db/x"
    assert running.environment["VAR_DIR"] == str(running.folder)


def test_only_one_holds_an_instance(running: Instance, tmp_path: Path) -> None:
    lock = running.lock()
    assert lock is not None
    with lock:
        assert Instance.at(str(tmp_path)).lock() is None
        assert running.holder().endswith("http://127.0.0.1:8123")
    again = running.lock()
    assert again is not None
    again.close()
