"""What the tool prints: one line a step, faults on standard error."""

from __future__ import annotations

import sys


def step(text: str) -> None:
    print(f"· {text}", flush=True)


def plain(text: str) -> None:
    print(text, flush=True)


def fault(text: str) -> None:
    print(f"./dev: {text}", file=sys.stderr, flush=True)
