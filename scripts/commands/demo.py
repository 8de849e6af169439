"""`./dev demo`: see `manage.py demo_story --help`."""

from __future__ import annotations

from scripts.commands.on_instance import manage


def run(arguments: list[str]) -> int:
    return manage("demo_story", arguments, whole=True)
