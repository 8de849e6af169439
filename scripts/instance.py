"""One instance: a data folder, its engines and the environment that everything in it runs with."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import socket
import sys
from dataclasses import dataclass
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path

from scripts.catalogue import DEFAULT_PORT
from scripts.engines.mailbox import HOST, Mailbox
from scripts.engines.postgres import Postgres
from scripts.engines.valkey import Valkey
from scripts.errors import DevError
from scripts.paths import ROOT, VAR
from scripts.processes import PidFile
from scripts.setup.stamps import Stamp


def read_dotenv(path: Path) -> dict[str, str]:
    """KEY=VALUE lines; a comment begins with #."""
    if not path.is_file():
        return {}
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return {key.strip(): value.strip().strip("\"'") for key, value in pairs if value.strip()}


@dataclass
class Instance:
    folder: Path
    port: int = DEFAULT_PORT

    @classmethod
    def at(cls, folder: str | None, *, port: int = DEFAULT_PORT) -> Instance:
        """The instance in `folder` (default: var/, or VAR_DIR); it must be writable."""
        place = _place(folder)
        try:
            (place / "run").mkdir(parents=True, exist_ok=True)
            (place / "log").mkdir(exist_ok=True)
            (place / "run" / "writable").write_text("", encoding="utf-8")
        except OSError as error:
            raise DevError(
                f"{place} cannot be written ({error.strerror}).", "Choose another with --data DIR, or change its owner."
            ) from error
        return cls(folder=place, port=port)

    @classmethod
    def found(cls, folder: str | None, *, port: int) -> Instance:
        """An instance that `./dev up` has begun to make; nothing is made here."""
        made = cls(folder=_place(folder), port=port)
        if not (made.folder / "run" / "lock").is_file():
            raise made.missing()
        return cls.at(folder, port=port)

    def is_made(self) -> bool:
        """Its first start went as far as the tables."""
        return self.stamp("migrations").path.is_file()

    def missing(self) -> DevError:
        option = "" if self.folder == VAR else f" --data {shlex.quote(str(self.folder))}"
        return DevError(f"There is no instance in {self.folder}.", f"Make it: ./dev up{option}")

    @cached_property
    def given(self) -> dict[str, str]:
        """What the person set: .env first, then the environment."""
        return read_dotenv(ROOT / ".env") | dict(os.environ)

    @cached_property
    def postgres(self) -> Postgres | None:
        return None if self.given.get("DATABASE_URL") else Postgres(self.folder / "postgres")

    @cached_property
    def valkey(self) -> Valkey | None:
        return None if self.given.get("REDIS_URL") else Valkey(self.folder / "valkey")

    @cached_property
    def mailbox(self) -> Mailbox | None:
        return None if self.given.get("EMAIL_URL") else Mailbox(self.folder / "mail", free_port())

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def log(self, name: str) -> Path:
        return self.folder / "log" / f"{name}.log"

    def pid_file(self, name: str) -> PidFile:
        return PidFile(self.folder / "run" / f"{name}.pid")

    def stamp(self, name: str) -> Stamp:
        return Stamp(self.folder / "run" / f"{name}.stamp")

    @cached_property
    def environment(self) -> dict[str, str]:
        """For every program of this instance; what the person set wins."""
        ours = {
            "DJANGO_SETTINGS_MODULE": "billing_assistant.settings.dev",
            "PUBLIC_BASE_URL": self.address,
            "STATIC_ROOT": str(self.folder / "static"),
            "DEMO": "1",
            "LANGSMITH_TRACING": "false",
            "PYTHONUNBUFFERED": "1",
        }
        for name, engine in (("DATABASE_URL", self.postgres), ("REDIS_URL", self.valkey), ("EMAIL_URL", self.mailbox)):
            if engine is not None:
                ours[name] = engine.url()
        given = {name: value for name, value in self.given.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**ours, **given, "VAR_DIR": str(self.folder), "PATH": _path_with_venv()}

    def publish(self) -> None:
        """Writes down what another command needs to use these engines while they run."""
        names = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "PUBLIC_BASE_URL")
        path = self._published
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            json.dump({name: self.environment[name] for name in names}, file)

    def withdraw(self) -> None:
        self._published.unlink(missing_ok=True)

    def adopt(self) -> None:
        """Takes over what a running instance has published."""
        try:
            published = json.loads(self._published.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise DevError(
                f"This instance is just starting or stopping (process and address: {self.holder()}).",
                "Try again in a moment.",
            ) from error
        self.environment = {**self.environment, **published}

    @property
    def _published(self) -> Path:
        return self.folder / "run" / "environment.json"

    def lock(self) -> TextIOWrapper | None:
        """The instance's lock, to be held while its engines run; None when somebody else holds it."""
        file = (self.folder / "run" / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        file.truncate(0)
        file.write(f"{os.getpid()} {self.address}\n")
        file.flush()
        return file

    def holder(self) -> str:
        """Who holds the lock: a pid and an address."""
        return (self.folder / "run" / "lock").read_text(encoding="utf-8").strip()


def _place(folder: str | None) -> Path:
    return Path(folder or os.environ.get("VAR_DIR") or VAR).absolute()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise DevError(f"Port {port} needs more rights.", "Use one above 1023: ./dev up --port 8000") from error
        except OSError as error:
            raise DevError(f"Port {port} is taken.", f"Use another: ./dev up --port {port + 1}") from error


def _path_with_venv() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
