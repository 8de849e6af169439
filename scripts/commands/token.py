"""`./dev token`: see `manage.py make_token --help`."""

from __future__ import annotations

from scripts.commands.on_instance import manage


def run(arguments: list[str]) -> int:
    return manage("make_token", arguments)
