"""Only processes that we started are ended, and those for sure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.processes import PidFile, Stat, end

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)"
)


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _start(code: str, started: list[subprocess.Popen[str]]) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True)
    started.append(process)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def _wait_until_gone(pid: int) -> None:
    limit = time.monotonic() + 5
    while Stat.of(pid) is not None:
        assert time.monotonic() < limit, f"{pid} still lives"


def test_a_pid_file_finds_its_process(tmp_path: Path, started: list[subprocess.Popen[str]]) -> None:
    process, _ = _start(DEAF, started)
    file = PidFile(tmp_path / "web.pid")
    file.write(process.pid)
    assert file.alive() == [process.pid]


def test_a_pid_that_is_somebody_elses_by_now_is_left_alone(
    tmp_path: Path, started: list[subprocess.Popen[str]]
) -> None:
    process, _ = _start(DEAF, started)
    (tmp_path / "web.pid").write_text(f"{process.pid} 1\n")
    assert PidFile(tmp_path / "web.pid").alive() == []


@pytest.mark.parametrize("content", ["", "12", "not a pid", "999999999 5"])
def test_a_broken_or_stale_pid_file_names_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / "web.pid").write_text(content)
    assert PidFile(tmp_path / "web.pid").alive() == []
    assert PidFile(tmp_path / "missing.pid").alive() == []


def test_what_a_killed_leader_left_in_its_session_is_found(
    tmp_path: Path, started: list[subprocess.Popen[str]]
) -> None:
    leader, child = _start(PARENT, started)
    file = PidFile(tmp_path / "worker.pid")
    file.write(leader.pid)

    os.kill(leader.pid, signal.SIGKILL)
    leader.wait()

    assert file.alive() == [int(child)]
    end(int(child))
    _wait_until_gone(int(child))
    assert file.alive() == []


def test_a_process_that_does_not_listen_is_killed_after_its_time(started: list[subprocess.Popen[str]]) -> None:
    process, _ = _start(DEAF, started)
    end(process.pid, ((signal.SIGTERM, 0.1), (signal.SIGKILL, 5.0)))
    assert Stat.of(process.pid) is None


def test_the_last_signal_reaches_the_whole_session(started: list[subprocess.Popen[str]]) -> None:
    leader, child = _start(PARENT, started)
    end(leader.pid, ((signal.SIGKILL, 5.0),))
    _wait_until_gone(int(child))
