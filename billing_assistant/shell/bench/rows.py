"""A figure of the bench, and how figures are gathered."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from statistics import quantiles
from typing import Any, Final

from billing_assistant.core.money import quantize_places

MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `raw` is the same work without any rule, measured in the same run; `ratio` is value / raw."""

    name: str
    n: int
    value: Decimal
    unit: str
    raw: Decimal | None = None
    ratio: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """The row for a program; its figures are exact numbers, for `exact_json`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Times:
    """How long each of some calls took, in seconds."""

    seconds: tuple[float, ...] = ()

    def __add__(self, other: Times) -> Times:
        return Times(self.seconds + other.seconds)

    @property
    def rate(self) -> float:
        """Calls per second."""
        return len(self.seconds) / sum(self.seconds)

    def percentile(self, percent: int) -> float:
        """Milliseconds that so many per cent of the calls stayed under."""
        if len(self.seconds) == 1:
            return self.seconds[0] * MS
        return quantiles(self.seconds, n=100, method="inclusive")[percent - 1] * MS


def timed(calls: int, work: Callable[[int], object]) -> Times:
    """Times a piece of work, call by call."""
    seconds = []
    for index in range(calls):
        started = time.perf_counter()
        work(index)
        seconds.append(time.perf_counter() - started)
    return Times(tuple(seconds))


def figure(value: float) -> Decimal:
    """Three decimals are more than a timing is worth."""
    return quantize_places(Decimal(repr(value)), 3)


def rate_row(name: str, n: int, value: float, raw: float | None = None) -> Row:
    """So many per second, and what share of the raw limit that is."""
    limit = figure(raw) if raw else None
    share = quantize_places(figure(value) / limit, 3) if limit else None
    return Row(name, n, figure(value), "1/s", limit, share)


def time_rows(name: str, times: Times) -> list[Row]:
    """Median and 95th percentile in milliseconds."""
    n = len(times.seconds)
    return [Row(f"{name} p{percent}", n, figure(times.percentile(percent)), "ms") for percent in (50, 95)]
