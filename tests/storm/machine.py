"""A machine of its own for a storm: PostgreSQL, broker and mail server, workers and schedulers, all killable."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from celery import Celery
from kombu.exceptions import OperationalError

from scripts.engines.postgres import DURABLE, Postgres, sized_by_machine
from scripts.engines.valkey import Valkey
from tests.support.engine import ROOT
from tests.support.smtp import MailServer, mail_server

QUEUES = "default,mail,pdf"


@dataclass
class Machine:
    """`fails` is what FAIL_POINTS says to the workers that are started from then on."""

    folder: Path
    mail: MailServer
    fails: str = ""
    chunk: int = 20
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.postgres = Postgres(self.folder / "postgres", options=sized_by_machine() | DURABLE)
        self.valkey = Valkey(self.folder / "valkey")

    # Programs

    def django(self, *arguments: str) -> str:
        """Runs a program of the product to its end; what it said."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2_000:]
        return done.stdout

    def books(self, call: str) -> str:
        """Calls a function of `tests.storm.books` inside the product."""
        return self.django("-c", f"import django; django.setup(); from tests.storm.books import *; {call}")

    def worker_start(self, name: str) -> None:
        options = ["worker", "--concurrency", "2", "--queues", QUEUES, "--without-gossip", "--without-mingle"]
        self._celery(name, [*options, "--hostname", f"{name}@%h"])

    def beat_start(self, name: str) -> None:
        self._celery(name, ["beat", "--pidfile", str(self.folder / f"{name}.pid")])

    def kill(self, name: str) -> None:
        """SIGKILL to a program and all its children at once."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
        (self.folder / f"{name}.pid").unlink(missing_ok=True)

    def child_kill(self, name: str, chance: random.Random) -> bool:
        """SIGKILL to one of the processes in which a worker does its work."""
        children = Path(f"/proc/{self.running[name].pid}/task/{self.running[name].pid}/children").read_text().split()
        if not children:
            return False
        try:
            os.kill(int(chance.choice(children)), signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def deaths(self) -> int:
        """How many working processes were found dead by their masters."""
        return sum(log.read_text(errors="replace").count("signal 9 (SIGKILL)") for log in self.folder.glob("*.log"))

    # Engines

    def broker_start(self) -> None:
        service = self.valkey.service()
        service.prepare()
        with (self.folder / "valkey.log").open("ab") as out:
            self.running["valkey"] = subprocess.Popen(service.command, stdout=out, stderr=out, start_new_session=True)
        _until(self.valkey.ready)

    def broker_restart(self) -> None:
        self.kill("valkey")
        self.broker_start()

    def postgres_restart(self) -> None:
        """Without a checkpoint, as when the machine's power went: it recovers from its log."""
        pid = self.postgres.running_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        self.server.wait(60)
        _until(lambda: self.postgres.running_pid() is None)
        self.postgres_start()

    def postgres_start(self) -> None:
        self.server = self.postgres.start()

    def postgres_stop(self) -> None:
        self.postgres.stop()
        self.server.wait(60)

    # What is seen from outside

    def count(self, statement: str) -> int:
        with psycopg.connect(self.postgres.url(), autocommit=True) as connection:
            row = connection.execute(statement.encode()).fetchone()
        return int(row[0]) if row else 0

    def nudge(self, task: str, queue: str = "default") -> None:
        """Fires a task as a scheduler does; a broker that is away loses it."""
        url = self.valkey.url().replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
        with Celery(broker=url) as app:
            try:
                app.send_task(task, queue=queue, ignore_result=True, retry=False)
            except (OperationalError, OSError):
                return

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.books("report()").splitlines()[-1])
        return found

    def _celery(self, name: str, arguments: list[str]) -> None:
        command = [sys.executable, "-m", "celery", "--app", "billing_assistant", *arguments, "--loglevel", "WARNING"]
        with (self.folder / f"{name}.log").open("ab") as out:
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(), stdout=out, stderr=out, start_new_session=True
            )

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "billing_assistant.settings.dev",
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": self.valkey.url(),
            "EMAIL_URL": self.mail.url,
            "VAR_DIR": str(self.folder / "var"),
            "BILLING_CHUNK": str(self.chunk),
            "BILLING_WORKERS": "8",
            "FAIL_POINTS": self.fails,
            "LOG_LEVEL": "WARNING",
        }


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """A machine with its engines up and its database migrated; all its processes end with it."""
    with mail_server() as mail:
        made = Machine(folder, mail)
        (folder / "var").mkdir()
        made.postgres_start()
        try:
            made.broker_start()
            made.django("manage.py", "migrate", "--verbosity", "0")
            yield made
        finally:
            for name in list(made.running):
                made.kill(name)
            made.postgres_stop()


def _until(holds: Any, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "An engine did not come up or go down in time."
        time.sleep(0.05)
