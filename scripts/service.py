"""What the supervisor needs to know about a program, whatever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.processes import POLITE, Steps


def always() -> bool:
    return True


def nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Service:
    """`prepare` runs before each start; `ready` tells when others may rely on it."""

    name: str
    command: list[str]
    folder: Path
    environment: Mapping[str, str]
    log: Path
    prepare: Callable[[], None] = nothing
    ready: Callable[[], bool] = always
    ready_seconds: float = 60
    stop: Steps = POLITE
    account: Mapping[str, Any] = field(default_factory=dict)


def last_line(log: Path) -> str:
    """The last thing a program said before it ended."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "it left no log"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].rstrip(".")[-300:] if lines else "it said nothing"
