"""Looks for costly patterns only near the words that they need, so that long texts cost little."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

BEFORE: Final = 100
AFTER: Final = 160

Place = tuple[int, int]


def near(text: str, trigger: re.Pattern[str]) -> list[Place]:
    """The stretches of a text around each trigger word; stretches that touch are one."""
    places: list[Place] = []
    for match in trigger.finditer(text):
        start, end = max(0, match.start() - BEFORE), min(len(text), match.end() + AFTER)
        if places and start <= places[-1][1]:
            places[-1] = (places[-1][0], end)
        else:
            places.append((start, end))
    return places


def matches(pattern: re.Pattern[str], text: str, places: Sequence[Place]) -> Iterator[re.Match[str]]:
    """The matches of a pattern in some stretches of a text, without empty ones."""
    for start, end in places:
        for match in pattern.finditer(text, start, end):
            if match[0].strip():
                yield match


def overlaps(places: Sequence[Place], start: int, end: int) -> bool:
    """Whether a stretch meets one of the others."""
    return any(start < other_end and other_start < end for other_start, other_end in places)
