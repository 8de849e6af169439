"""Brings an instance up: engines, migrations, demo data, programs; and down again."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import redis

from scripts import programs, say
from scripts.errors import DevError
from scripts.instance import Instance
from scripts.paths import ROOT
from scripts.processes import Steps, end
from scripts.service import Service
from scripts.setup import front_end
from scripts.setup.stamps import digest_of
from scripts.supervisor import Supervisor

NAMES = (front_end.PID_NAME, "beat", "worker", "web", "mail", "valkey")
ORPHAN: Steps = ((signal.SIGTERM, 3.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 5.0))
SIGN_INS = "sign-ins.txt"


@contextmanager
def supervised(instance: Instance) -> Iterator[Supervisor]:
    """The instance's lock, what a killed run left behind ended, and at the close everything stopped in order."""
    lock = instance.lock()
    if lock is None:
        raise DevError(
            f"This instance is already running (process and address: {instance.holder()}).",
            "Stop that one, or start another with --data DIR --port N.",
        )
    supervisor = Supervisor(instance)
    with lock, _stop_on_signals(supervisor):
        try:
            _end_orphans(instance)
            yield supervisor
        finally:
            instance.withdraw()
            supervisor.stop()
            lock.truncate(0)


def try_given(instance: Instance) -> None:
    """The engines that are given from outside answer; tried before anything else would stumble over them."""
    if instance.postgres is None:
        _try_database(instance.given["DATABASE_URL"])
    if instance.valkey is None:
        _try_redis(instance.given["REDIS_URL"])


def start_engines(supervisor: Supervisor) -> None:
    """The embedded engines, side by side."""
    instance = supervisor.instance
    services: list[Service] = []
    if instance.postgres is not None:
        services.append(instance.postgres.service())
    if instance.valkey is not None:
        services.append(instance.valkey.service())
    if instance.mailbox is not None:
        services.append(instance.mailbox.service(log=instance.log("mail"), environment=instance.environment))
    supervisor.start(*services)
    instance.publish()


def migrate(instance: Instance) -> None:
    """Brings the tables up to date; skipped on our own database when no migration has changed since."""
    paths = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py"), ROOT / "requirements.txt"]
    state = digest_of(paths)
    marker = instance.stamp("migrations")
    created = _identity(instance)
    if instance.postgres is not None and marker.matches(state + created):
        return
    say.step("bringing the tables up to date")
    front_end.run_manage(["migrate", "--verbosity", "0"], instance.environment)
    marker.set(state + created)


def seed(instance: Instance) -> None:
    """The demo company, once; what the command prints (the sign-ins) is kept to be shown at every start."""
    path = instance.folder / SIGN_INS
    marker = instance.stamp("seeded")
    created = _identity(instance)
    if marker.matches(created):
        return
    say.step("seeding the demo company")
    path.write_text(front_end.run_manage(["seed_demo"], instance.environment), encoding="utf-8")
    path.chmod(0o600)
    marker.set(created)


def start_programs(supervisor: Supervisor) -> None:
    instance = supervisor.instance
    supervisor.start(programs.web(instance))
    supervisor.start(programs.worker(instance))
    supervisor.start(programs.beat(instance))


def _identity(instance: Instance) -> str:
    """Differs for a database that was made anew, or for another one."""
    if instance.postgres is not None:
        return str(instance.postgres.data.stat().st_ino)
    with psycopg.connect(instance.given["DATABASE_URL"], connect_timeout=5) as connection:
        known = connection.execute("select oid from pg_database where datname = current_database()").fetchone()
        return f"{connection.info.host}:{connection.info.port}/{connection.info.dbname} {known}"


def _try_database(url: str) -> None:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.ProgrammingError as error:  # its text would repeat the URL, password and all
        raise DevError(
            "DATABASE_URL is not the address of a PostgreSQL database.",
            "It looks like postgresql://user:password@host:5432/name; unset it to use the embedded one.",
        ) from error
    except psycopg.Error as error:
        raise DevError(
            f"DATABASE_URL cannot be reached: {_one_line(error)}.",
            "Start that server, correct the URL, or unset it to use the embedded one.",
        ) from error


def _try_redis(url: str) -> None:
    try:
        redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except ValueError as error:
        raise DevError(
            "REDIS_URL is not the address of a Redis or Valkey.",
            "It looks like redis://user:password@host:6379/0; unset it to use the embedded one.",
        ) from error
    except redis.RedisError as error:
        raise DevError(
            f"REDIS_URL cannot be reached: {_one_line(error)}.",
            "Start that server, correct the URL, or unset it to use the embedded one.",
        ) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _end_orphans(instance: Instance) -> None:
    """A killed supervisor could not stop its children: they are ended now, by the pids it wrote down."""
    files = [instance.pid_file(name) for name in NAMES]
    pids = [pid for file in files for pid in file.alive()]
    if pids:
        say.step("ending what a killed run left behind")
    for pid in pids:
        end(pid, ORPHAN)
    for file in files:
        file.remove()
    if instance.postgres is not None:
        instance.postgres.stop()


@contextmanager
def _stop_on_signals(supervisor: Supervisor) -> Iterator[None]:
    """Ctrl-C and SIGTERM ask for an orderly end, also while things are still starting."""

    def ask(_number: int, _frame: Any) -> None:
        supervisor.ask_to_stop()

    signs = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before: dict[signal.Signals, Callable[..., Any] | int | None] = {sign: signal.signal(sign, ask) for sign in signs}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
