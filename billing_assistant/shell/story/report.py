"""The table of steps, with timings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol


class Out(Protocol):
    """Where lines are written."""

    def write(self, msg: str) -> object: ...


@dataclass(slots=True)
class Step:
    """One step of the story: what came out of it, and how long it took."""

    title: str
    results: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def say(self, result: str) -> None:
        self.results.append(result)


class Report:
    """Prints each step when it is done."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self.steps: list[Step] = []

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Times a step. What it says is printed under its title."""
        step = Step(f"{len(self.steps) + 1}. {title}")
        self.steps.append(step)
        started = time.perf_counter()
        yield step
        step.seconds = time.perf_counter() - started
        self._out.write(f"{step.title:<64} {step.seconds * 1000:>9,.0f} ms")
        for result in step.results:
            self._out.write(f"     {result}")

    def end(self) -> None:
        total = sum(step.seconds for step in self.steps)
        self._out.write("-" * 77)
        self._out.write(f"{'The whole story':<64} {total * 1000:>9,.0f} ms")
