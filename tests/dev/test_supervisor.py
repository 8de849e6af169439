"""Whoever dies is started again; everything stops in the reverse order; a killed supervisor leaves nothing for long."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import stack, supervisor
from scripts.errors import DevError
from scripts.instance import Instance
from scripts.processes import Stat, Steps, end
from scripts.service import Service
from scripts.supervisor import Child, Supervisor

SLEEPER = "import time; time.sleep(60)"


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    made = Instance.at(str(tmp_path))
    made.given = {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://x", "EMAIL_URL": "smtp://x"}
    return made


@pytest.fixture
def watched(instance: Instance) -> Iterator[Supervisor]:
    made = Supervisor(instance)
    yield made
    made.stop()


def _service(instance: Instance, name: str, code: str = SLEEPER, *, ready: Callable[[], bool] | None = None) -> Service:
    return Service(
        name=name,
        command=[sys.executable, "-c", code],
        folder=instance.folder,
        environment={},
        log=instance.log(name),
        ready=ready or (lambda: True),
        ready_seconds=5,
    )


def _pid(watched: Supervisor, name: str) -> int:
    child = next(child for child in watched.children if child.service.name == name)
    assert child.process is not None
    return child.process.pid


def _wait(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_a_program_that_dies_is_started_again(
    instance: Instance, watched: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Child, "pause", lambda _child: 0.0)
    monkeypatch.setattr(supervisor, "LOOK_SECONDS", 0.01)
    watched.start(_service(instance, "web"))
    first = _pid(watched, "web")
    watching = threading.Thread(target=watched.watch)
    watching.start()

    os.kill(first, signal.SIGKILL)
    _wait(lambda: _pid(watched, "web") != first)
    watched.ask_to_stop()
    watching.join()

    assert instance.pid_file("web").alive() == [_pid(watched, "web")]
    assert "web was ended by SIGKILL; starting it again in 0 s" in capsys.readouterr().err


def test_the_pause_doubles_up_to_half_a_minute(instance: Instance) -> None:
    child = Child(_service(instance, "web"), started=time.monotonic())
    assert [child.pause() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_long_life_forgets_the_deaths_before_it(instance: Instance) -> None:
    child = Child(_service(instance, "web"), deaths=5, started=time.monotonic() - 61)
    assert child.pause() == 1


def test_a_program_that_does_not_start_is_told_with_its_last_words(instance: Instance, watched: Supervisor) -> None:
    broken = _service(instance, "web", "raise SystemExit('the port is taken')", ready=lambda: False)
    with pytest.raises(DevError, match=r"^web did not start: the port is taken\. Read "):
        watched.start(broken)


def test_everything_stops_last_started_first(
    instance: Instance, watched: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("postgres", "web", "beat"):
        watched.start(_service(instance, name))
    names = {_pid(watched, name): name for name in ("postgres", "web", "beat")}
    order: list[str] = []

    def noted_end(pid: int, steps: Steps) -> None:
        order.append(names[pid])
        end(pid, steps)

    monkeypatch.setattr(supervisor, "end", noted_end)

    watched.stop()

    assert order == ["beat", "web", "postgres"]
    assert all(Stat.of(pid) is None for pid in names)


def test_the_next_start_ends_what_a_killed_supervisor_left(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = Supervisor(instance)
    killed.start(_service(instance, "web"), _service(instance, "worker"))
    orphans = [_pid(killed, "web"), _pid(killed, "worker")]

    with stack.supervised(instance):
        assert all(Stat.of(pid) is None for pid in orphans)

    assert "ending what a killed run left behind" in capsys.readouterr().err
    killed.stop()


def test_a_signal_while_starting_breaks_off(instance: Instance) -> None:
    with stack.supervised(instance) as started:
        started.start(_service(instance, "web"))
        web = _pid(started, "web")
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert Stat.of(web) is None
