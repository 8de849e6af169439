"""`./dev check-books`: see `manage.py check_books --help`."""

from __future__ import annotations

from scripts.commands.on_instance import manage


def run(arguments: list[str]) -> int:
    return manage("check_books", arguments)
