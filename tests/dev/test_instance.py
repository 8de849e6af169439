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


def test_an_instance_that_is_not_there_is_not_made_by_looking_for_it(tmp_path: Path) -> None:
    place = tmp_path / "nothing"
    with pytest.raises(DevError, match=rf"^There is no instance in {place}\. Make it: \./dev up --data {place}$"):
        Instance.found(str(place), port=9999)
    assert not place.exists()


def test_an_instance_whose_first_start_broke_off_is_not_there_either(running: Instance, tmp_path: Path) -> None:
    lock = running.lock()
    assert lock is not None
    lock.close()
    found = Instance.found(str(tmp_path), port=9999)
    assert not found.is_made()
    found.stamp("migrations").set("made")
    assert found.is_made()


def test_instances_share_nothing_but_the_code(tmp_path: Path) -> None:
    first, second = Instance.at(str(tmp_path / "1")), Instance.at(str(tmp_path / "2"))
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "VAR_DIR", "STATIC_ROOT"):
        assert first.environment[name] != second.environment[name]
    for made in (first, second):
        assert Path(made.environment["STATIC_ROOT"]).is_relative_to(made.folder)


def test_only_one_holds_an_instance(running: Instance, tmp_path: Path) -> None:
    lock = running.lock()
    assert lock is not None
    with lock:
        assert Instance.at(str(tmp_path)).lock() is None
        assert running.holder().endswith("http://127.0.0.1:8123")
    again = running.lock()
    assert again is not None
    again.close()
