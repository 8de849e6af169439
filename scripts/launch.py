"""The first half of `./dev`: runs on any Python 3.11, makes the virtual environment, then runs inside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scripts import say
from scripts.catalogue import COMMANDS, HELP, Command, help_text
from scripts.errors import DevError, Misuse
from scripts.paths import PYTHON, ROOT, VENV
from scripts.setup import python_packages, system_packages
from scripts.setup.turns import alone

ASKING = {"help", *HELP}


def main(arguments: list[str]) -> int:
    name, *rest = arguments or ["help"]
    try:
        if name in ASKING:
            say.plain(_command(rest[0]).help() if rest else help_text())
            return 0
        return _run(_command(name), rest)
    except DevError as error:
        say.fault(str(error))
        return error.exit_code
    except PermissionError as error:
        say.fault(f"{error.filename}: permission denied. Work in a checkout of your own, or use --data DIR.")
        return 1
    except OSError as error:
        said = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
        say.fault(f"{said}. See that the disk has room and can be written, or use --data DIR.")
        return 1
    except KeyboardInterrupt:
        return 130


def _command(name: str) -> Command:
    command = COMMANDS.get(name)
    if command is None:
        raise Misuse(f"There is no command {name!r}.", "See: ./dev help")
    return command


def _run(command: Command, arguments: list[str]) -> int:
    if command.wants_help(arguments):
        say.plain(command.help())
        return 0
    command.check(arguments)
    _writable(ROOT)
    with alone():
        python_packages.installed(python_packages.DEVELOPMENT if command.development else python_packages.RUNTIME)
    if Path(sys.prefix) != VENV:
        os.execv(PYTHON, [str(PYTHON), str(ROOT / "dev"), command.name, *arguments])  # noqa: S606
    if command.pdf:
        system_packages.pdf_libraries()
    return command.load()(arguments)


def _writable(folder: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise DevError(f"{folder} cannot be written.", "Work in a copy of your own, or change its owner.")
