"""Processes of ours, known by a pid file that also holds the start time: a pid alone may be somebody else's by now."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
POLL_SECONDS = 0.02
Steps = Sequence[tuple[signal.Signals, float]]
POLITE: Steps = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
AT_ONCE: Steps = ((signal.SIGKILL, 5.0),)


@dataclass(frozen=True, slots=True)
class Stat:
    """The few fields of /proc/PID/stat that matter here."""

    state: str
    session: int
    started: int

    @classmethod
    def of(cls, pid: int) -> Stat | None:
        """None for a process that is gone, or that is only waiting to be reaped."""
        try:
            text = (PROC / str(pid) / "stat").read_text()
        except OSError:
            return None
        fields = text.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else cls(state=fields[0], session=int(fields[3]), started=int(fields[19]))


@dataclass(frozen=True, slots=True)
class PidFile:
    path: Path

    def write(self, pid: int) -> None:
        stat = Stat.of(pid)
        if stat is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(f"{pid} {stat.started}\n")

    def alive(self) -> list[int]:
        """The process we wrote down, or, when it is gone, what it left behind in its session."""
        try:
            pid, started = map(int, self.path.read_text().split())
        except (OSError, ValueError):
            return []
        leader = Stat.of(pid)
        if leader is not None:
            return [pid] if leader.started == started else []
        return [member for member in _session(pid) if _started(member) >= started]

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def end(pid: int, steps: Steps = POLITE) -> None:
    """Sends each signal and waits its time; the last one goes to the whole session."""
    stat = Stat.of(pid)
    if stat is None:
        return
    for sign, seconds in steps:
        members = [pid, *_session(pid)] if sign is signal.SIGKILL else [pid]
        for member in members:
            _signal(member, sign)
        if _gone(pid, stat.started, seconds):
            return


def _gone(pid: int, started: int, seconds: float) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        reap(pid)
        stat = Stat.of(pid)
        if stat is None or stat.started != started:
            return True
        time.sleep(POLL_SECONDS)
    return False


def reap(pid: int) -> None:
    """Takes the exit code of a child that has ended; does nothing for a process that is not a child."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _session(leader: int) -> list[int]:
    pids = [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]
    return [pid for pid in pids if (stat := Stat.of(pid)) and stat.session == leader and pid != leader]


def _started(pid: int) -> int:
    stat = Stat.of(pid)
    return stat.started if stat else -1


def _signal(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return
