"""Patterns in lines that were billed: what comes again, how often, how surely."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from invoices.services.compute import LineInput

MONTHS_IN_A_YEAR: Final = 12
LONGEST_MONTH: Final = 31
ENDED_AFTER: Final = 2
"""A pattern that missed more than this many of its periods has ended."""
FEWEST: Final = 2
_CENT: Final = Decimal("0.01")
_DATED: Final = re.compile(
    r"\b(?:jan(?:uar[iy])?|feb(?:ruar[iy])?|mar(?:ch|chi)?|apr(?:il|ili)?|may|mei|june?|juni|july?|julai|aug(?:ust)?|agosti"
    r"|sep(?:t|tember|temba)?|oct(?:ober)?|oktoba|nov(?:ember|emba)?|dec(?:ember)?|desemba|q[1-4])\b|\d+(?:st|nd|rd|th)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Billed:
    """A line as it was billed on a date."""

    issued_on: date
    currency: str
    line: LineInput


@dataclass(frozen=True, slots=True)
class Pattern:
    """The same thing billed again and again; `months` between two of them, None where there is no rhythm."""

    line: LineInput
    currency: str
    times: int
    last_on: date
    months: int | None
    regularity: Decimal

    @property
    def confidence(self) -> Decimal:
        """Between 0 and 1: the share of regular gaps, less for few of them. Six regular months give 0.92."""
        return (self.regularity * (1 - Decimal(1) / (2 * self.times))).quantize(_CENT)

    @property
    def next_on(self) -> date | None:
        """When it comes next, on the day of the month of the last time or the month's last; None without a rhythm."""
        if self.months is None:
            return None
        last = self.last_on
        year, before = divmod(last.year * MONTHS_IN_A_YEAR + last.month - 1 + self.months, MONTHS_IN_A_YEAR)
        return date(year, before + 1, min(last.day, monthrange(year, before + 1)[1]))

    def is_going_on(self, today: date) -> bool:
        """Whether it has a rhythm that has not stopped."""
        return self.months is not None and _months(self.last_on, today) <= self.months * ENDED_AFTER


def key_of(description: str) -> str:
    """A description without its dates and counts: "Hosting, March 2026" and "Hosting, April 2026" are the same."""
    return " ".join(re.findall(r"[^\W_]+", _DATED.sub(" ", description).casefold()))


def patterns_of(billed: Iterable[Billed]) -> list[Pattern]:
    """What was billed at least twice, surest first, each with its newest line. Order of the input does not matter."""
    groups: dict[tuple[str, str], list[Billed]] = {}
    for one in billed:
        key = key_of(one.line.description)
        if key:
            groups.setdefault((key, one.currency), []).append(one)
    found = [_pattern(rows) for rows in groups.values()]
    kept = [pattern for pattern in found if pattern.times >= FEWEST]
    return sorted(kept, key=lambda pattern: (-pattern.confidence, -pattern.times, pattern.line.description))


def _pattern(rows: Sequence[Billed]) -> Pattern:
    ordered = sorted(rows, key=lambda one: one.issued_on)
    days = sorted({one.issued_on for one in ordered})
    gaps = [_months(first, second) for first, second in pairwise(days)]
    usual = int(median(gaps)) if gaps else 0
    regular = Decimal(sum(gap == usual for gap in gaps)) / len(gaps) if gaps else Decimal(0)
    newest = ordered[-1]
    return Pattern(
        line=newest.line,
        currency=newest.currency,
        times=len(days),
        last_on=newest.issued_on,
        months=usual or None,
        regularity=regular if usual else Decimal(0),
    )


def _months(first: date, second: date) -> int:
    """Months between two dates, to the nearest: 31 January to 28 February is one."""
    months = (second.year - first.year) * MONTHS_IN_A_YEAR + second.month - first.month
    return (months * LONGEST_MONTH + second.day - first.day + LONGEST_MONTH // 2) // LONGEST_MONTH
