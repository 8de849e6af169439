"""`./dev manage COMMAND`: any command of manage.py on this instance."""

from __future__ import annotations

from scripts.commands.on_instance import manage
from scripts.errors import Misuse


def run(arguments: list[str]) -> int:
    if not arguments:
        raise Misuse("Which command?", "For example: ./dev manage showmigrations")
    return manage(arguments[0], arguments[1:])
