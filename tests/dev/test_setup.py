"""The steps of a start: what a killed run left of them is ended, and what fails is one line."""

from __future__ import annotations

import fcntl
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import say, stack
from scripts.engines import postgres
from scripts.errors import DevError
from scripts.instance import Instance
from scripts.processes import PidFile, Stat
from scripts.setup import front_end, turns
from scripts.supervisor import Supervisor


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(front_end, "ROOT", tmp_path)
    (tmp_path / "log").mkdir()
    return tmp_path


@pytest.fixture
def left_over() -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True) as process:
        yield process.pid
        process.kill()


def _environment(folder: Path) -> dict[str, str]:
    return {"VAR_DIR": str(folder), "PATH": os.environ["PATH"]}


def test_a_step_is_known_by_its_pid_file_while_it_runs(product: Path) -> None:
    (product / "manage.py").write_text("import pathlib; print(pathlib.Path('run/manage.pid').exists())")
    (product / "run").mkdir()
    (product / "run" / "manage.pid").write_text("1 1\n")
    assert front_end.run_manage(["migrate"], _environment(product)) == "True\n"
    assert not (product / "run" / "manage.pid").exists()


def test_a_step_that_fails_is_one_line_and_a_log(product: Path) -> None:
    (product / "manage.py").write_text("raise SystemExit('first line\\nThe role may not do this.')")
    with pytest.raises(DevError) as caught:
        front_end.run_manage(["migrate"], _environment(product))
    log = product / "log" / "manage.log"
    assert str(caught.value) == f"manage.py migrate failed: The role may not do this. Read {log}"
    assert log.read_text() == "first line\nThe role may not do this.\n"


def test_an_error_is_told_by_its_first_line(product: Path) -> None:
    (product / "manage.py").write_text("raise OSError('permission denied for schema public\\nLINE 1: CREATE\\n  ^')")
    with pytest.raises(
        DevError, match=r"^manage\.py migrate failed: OSError: permission denied for schema public\. Read"
    ):
        front_end.run_manage(["migrate"], _environment(product))


def test_a_full_disk_is_named(product: Path) -> None:
    (product / "manage.py").write_text("raise OSError(28, 'No space left on device')")
    with pytest.raises(DevError, match=r"^The disk is full\. Make room"):
        front_end.run_manage(["collectstatic"], _environment(product))


def test_the_next_start_ends_a_step_that_a_killed_run_left(tmp_path: Path, left_over: int) -> None:
    instance = Instance.at(str(tmp_path))
    instance.given = {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://x", "EMAIL_URL": "smtp://x"}
    instance.pid_file(front_end.PID_NAME).write(left_over)
    with stack.supervised(instance):
        assert Stat.of(left_over) is None


def test_a_half_made_data_folder_is_made_again_after_its_maker_is_ended(tmp_path: Path, left_over: int) -> None:
    engine = postgres.Postgres(tmp_path)
    engine.account.own(engine.data)
    (engine.data / "half").write_text("made")
    PidFile(engine.home / "initdb.pid").write(left_over)

    engine.prepare()

    assert Stat.of(left_over) is None
    assert not (engine.data / "half").exists()
    assert (engine.data / "PG_VERSION").exists()
    assert not (engine.home / "initdb.pid").exists()


def test_two_that_install_take_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(turns, "VAR", tmp_path)
    entered = threading.Event()

    def second() -> None:
        with turns.alone():
            entered.set()

    with (tmp_path / "setup.lock").open("a") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        waiting = threading.Thread(target=second)
        waiting.start()
        assert not entered.wait(0.05)
    waiting.join(10)
    assert entered.is_set()
    assert capsys.readouterr().err == "· waiting for another ./dev that is installing\n"


def test_a_closed_terminal_does_not_keep_anybody_from_stopping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Closed())
    say.step("stopping")
    Supervisor(Instance.at(str(tmp_path))).stop()
