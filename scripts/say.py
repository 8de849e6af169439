"""What the tool prints: results on standard output; steps and faults, one line each, on standard error."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TextIO


def step(text: str) -> None:
    _print(f"· {text}", sys.stderr)


def plain(text: str) -> None:
    _print(text, sys.stdout)


def fault(text: str) -> None:
    _print(f"./dev: {text}", sys.stderr)


def _print(text: str, to: TextIO) -> None:
    """A terminal that was closed must not keep anybody from stopping in order."""
    with suppress(OSError):
        print(text, file=to, flush=True)
