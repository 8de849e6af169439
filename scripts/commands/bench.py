"""`./dev bench`: see `manage.py bench --help`."""

from __future__ import annotations

from scripts.commands.on_instance import manage


def run(arguments: list[str]) -> int:
    return manage("bench", arguments, pages=True)
