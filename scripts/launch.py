"""The first half of `./dev`: runs on any Python 3.11, makes the virtual environment, then runs inside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts import say
from scripts.catalogue import COMMANDS, help_text
from scripts.errors import DevError
from scripts.paths import PYTHON, ROOT, VENV
from scripts.setup import python_packages, system_packages

HELP = {"help", "-h", "--help"}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or ["help"]
    try:
        if name in HELP:
            say.plain(help_text())
            return 0
        return _run(name, rest)
    except DevError as error:
        say.fault(str(error))
        return 1
    except PermissionError as error:
        say.fault(f"{error.filename}: permission denied. Work in a checkout of your own, or use --data DIR.")
        return 1
    except KeyboardInterrupt:
        return 130


def _run(name: str, arguments: list[str]) -> int:
    command = COMMANDS.get(name)
    if command is None:
        raise DevError(f"There is no command {name!r}.", "See: ./dev help")
    _writable(ROOT)
    python_packages.installed(python_packages.DEVELOPMENT if command.development else python_packages.RUNTIME)
    if command.pdf:
        system_packages.pdf_libraries()
    if Path(sys.prefix) != VENV:
        os.execv(PYTHON, [str(PYTHON), str(ROOT / "dev"), name, *arguments])  # noqa: S606
    return command.load()(arguments)


def _writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise DevError(f"{folder} cannot be written.", "Work in a copy of your own, or change its owner.")
