"""`./dev shell`: see `manage.py shell --help`."""

from __future__ import annotations

from scripts.commands.on_instance import manage


def run(arguments: list[str]) -> int:
    return manage("shell", arguments)
