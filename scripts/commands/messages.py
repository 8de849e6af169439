"""`./dev messages`: brings the catalogues up to date and compiles them; `--check` only says what lacks."""

from __future__ import annotations

from scripts import messages, say


def run(arguments: list[str]) -> int:
    if "--check" not in arguments:
        messages.update_all()
        messages.compile_all()
    faults = messages.faults()
    for fault in faults:
        say.plain(fault)
    return 1 if faults else 0
