"""Starts services, keeps them running, stops them in order."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum, auto

from scripts import say
from scripts.errors import DevError
from scripts.instance import Instance
from scripts.processes import AT_ONCE, end
from scripts.service import Service, last_line

LOOK_SECONDS = 0.2
READY_POLL_SECONDS = 0.03
STEADY_SECONDS = 60
LONGEST_PAUSE = 30.0
LARGEST_LOG = 10 * 2**20


@dataclass
class Child:
    """A service and its process. After each death the pause before the next start doubles."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0
    start_at: float | None = None

    def launch(self) -> int:
        """Starts the program and returns its pid."""
        service = self.service
        service.prepare()
        if service.log.exists() and service.log.stat().st_size > LARGEST_LOG:
            service.log.replace(service.log.with_suffix(".old"))
        with service.log.open("ab") as log:
            self.process = subprocess.Popen(
                service.command,
                cwd=service.folder,
                env=dict(service.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **service.account,
            )
        self.started = time.monotonic()
        self.start_at = None
        return self.process.pid

    def ending(self) -> str:
        """How the process ended, in a few words."""
        code = self.process.returncode if self.process else None
        if code is not None and code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with code {code} ({last_line(self.service.log)[:160]})"

    def wait_ready(self, stopping: threading.Event) -> None:
        limit = time.monotonic() + self.service.ready_seconds
        while not (self.service.ready() or stopping.is_set()):
            if self.process is None or self.process.poll() is not None or time.monotonic() > limit:
                said = last_line(self.service.log)
                raise DevError(f"{self.service.name} did not start: {said}.", f"Read {self.service.log}")
            time.sleep(READY_POLL_SECONDS)

    def pause(self) -> float:
        if time.monotonic() - self.started > STEADY_SECONDS:
            self.deaths = 0
        self.deaths += 1
        return min(2.0 ** (self.deaths - 1), LONGEST_PAUSE)


class Phase(Enum):
    STARTING = auto()
    WATCHING = auto()
    STOPPING = auto()


@dataclass
class Supervisor:
    instance: Instance
    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    phase: Phase = Phase.STARTING

    def start(self, *services: Service) -> None:
        """Starts them side by side and returns when each is ready."""
        born = [Child(service) for service in services]
        self.children.extend(born)
        with ThreadPoolExecutor(max_workers=max(len(born), 1)) as pool:
            for started in [pool.submit(self._start, child) for child in born]:
                started.result()

    def ask_to_stop(self) -> None:
        """From a signal: ends the watch, or breaks off the start; while stopping it changes nothing."""
        phase, self.phase = self.phase, Phase.STOPPING
        self.stopping.set()
        if phase is Phase.STARTING:
            raise KeyboardInterrupt

    def watch(self) -> None:
        """Returns when told to stop; until then whoever dies is started again."""
        self.phase = Phase.WATCHING
        while not self.stopping.wait(LOOK_SECONDS):
            for child in self.children:
                self._look_after(child)

    def stop(self) -> None:
        """The last started goes first, so that nobody loses what it stands on."""
        self.phase = Phase.STOPPING
        for child in reversed(self.children):
            if child.process is not None:
                end(child.process.pid, child.service.stop)
                child.process.poll()
            self.instance.pid_file(child.service.name).remove()
        self.children.clear()

    def _start(self, child: Child) -> None:
        self._launch(child)
        child.wait_ready(self.stopping)

    def _launch(self, child: Child) -> None:
        self.instance.pid_file(child.service.name).write(child.launch())

    def _look_after(self, child: Child) -> None:
        if child.start_at is None and child.process is not None and child.process.poll() is not None:
            pause = child.pause()
            child.start_at = time.monotonic() + pause
            say.step(f"{child.service.name} {child.ending()}; starting it again in {pause:.0f} s")
            for left in self.instance.pid_file(child.service.name).alive():
                end(left, AT_ONCE)
        elif child.start_at is not None and time.monotonic() >= child.start_at:
            self._launch(child)
