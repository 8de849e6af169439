"""What a bank's text says of invoice numbers: which are named, how surely, and which are meant with a typing error.

"INV-2026-0012" is named by "inv 2026/0012", "INV12", "invoice 0012", and with an error by "INV-2026-0021".
Nothing here reads the database.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from payments.services.match_mentions import REF_WORDS, SHORTEST, WINDOW, YEAR, Mention, plain

LONGEST_KEY: Final = 12
ENDS_LOST: Final = 3
"""So many signs may be missing at the end of a number that was cut."""
LEAST_OF_A_CUT: Final = 5
LONG: Final = 8
"""From so many digits on two errors are seen through."""
_RUN: Final = re.compile(r"[A-Z]+|[0-9]+")
_DIGIT: Final = re.compile(r"[0-9]")
_YEAR_LAST: Final = re.compile(r"(?:20)?[0-9]{2}")


class Named(IntEnum):
    """How surely a text names a number."""

    NOT = 0
    DOUBT = 1
    TYPO = 2
    BARE = 3
    TAIL = 4
    FULL = 5


@dataclass(frozen=True, slots=True)
class NumberForms:
    """An invoice number taken apart: signs without separators, digits, the last group, and that without zeros."""

    canonical: str
    digits: str
    tail: str
    heads: tuple[str, ...]
    prefix: str

    @property
    def key(self) -> str:
        """What the number is found by: as `invoices.number_tails` indexes it."""
        return self.tail.lstrip("0") or self.tail[-1:]


@lru_cache(maxsize=100_000)
def forms_of(number: str) -> NumberForms:
    """The forms of an invoice number."""
    runs = _RUN.findall(plain(number))
    digits = [run for run in runs if run.isdigit()]
    at = _counting(digits)
    first = runs[0] if runs and not runs[0].isdigit() else ""
    return NumberForms(
        canonical="".join(runs),
        digits="".join(digits),
        tail=digits[at] if digits else "",
        heads=tuple(run for place, run in enumerate(digits) if place != at),
        prefix=first,
    )


def _counting(digits: Sequence[str]) -> int:
    """Which group counts: the last one, or the one before it where a year ends the number, as in "A0012/26"."""
    if len(digits) < 2 or not _YEAR_LAST.fullmatch(digits[-1]):  # noqa: PLR2004
        return len(digits) - 1
    before = digits[-2]
    return len(digits) - (1 if len(before) < SHORTEST or YEAR.fullmatch(before) else 2)


def named(mentions: Sequence[Mention], number: NumberForms) -> Named:
    """How surely a text names a number, without typing errors."""
    if not number.tail:
        return Named.NOT
    best = Named.NOT
    for one in mentions:
        level = _level(one, number)
        most = Named.TYPO if one.fixed else (Named.BARE if one.guessed else Named.FULL)
        best = max(best, min(level, most))
    return best


def nearly_named(mentions: Sequence[Mention], number: NumberForms) -> Named:
    """How surely a text names a number with an error: TYPO for a sign too many, too few, another one, two turned or the
    last one lost; DOUBT for two errors in many digits, or more of the end lost.
    """
    return max((_near(one, number) for one in mentions if not _heads(one, mentions, number)), default=Named.NOT)


def turned(mentions: Sequence[Mention], number: NumberForms) -> bool:
    """Whether a text has a number with two neighbouring digits turned, which happens more often than other errors."""
    pairs = [pair for one in mentions for pair in ((one.raw, number.tail), (one.key, number.key))]
    return any(sorted(written) == sorted(meant) and OSA.distance(written, meant) == 1 for written, meant in pairs)


def like_another(mentions: Sequence[Mention], number: NumberForms) -> bool:
    """Whether a text has a number of the same series as this one, written out, that is another."""
    shape = _shape(number.canonical)
    return bool(number.prefix or number.heads) and any(
        window != number.canonical and _shape(window) == shape for one in mentions for window in one.windows
    )


def another_number(mentions: Sequence[Mention], numbers: Sequence[NumberForms]) -> bool:
    """Whether a text has a number of an invoice that is none of these, not even with an error: one of the same series
    that is written out, or one as long that a word announces or that has the zeros of the series.
    """
    others = [one for one in mentions if not any(_stands_for(one, each) for each in numbers)]
    return any(_announced(one, each) or like_another([one], each) for one in others for each in numbers)


def _stands_for(one: Mention, number: NumberForms) -> bool:
    return named([one], number) > Named.NOT or nearly_named([one], number) >= Named.TYPO


def _announced(one: Mention, number: NumberForms) -> bool:
    if one.guessed or len(one.key) < SHORTEST or YEAR.fullmatch(one.raw):
        return False
    zeros = one.raw.startswith("0") and len(one.raw) == len(number.tail)
    as_long = abs(len(one.key) - len(number.key)) <= 1
    return zeros or (as_long and (_introduced(one, number) or one.word in REF_WORDS))


def _shape(number: str) -> str:
    """A number with its digits left open."""
    return _DIGIT.sub("0", number)


def _level(one: Mention, number: NumberForms) -> Named:
    if number.canonical in one.windows and (number.prefix or len(number.digits) > WINDOW):
        return Named.FULL
    if number.heads and number.digits in one.digit_windows:
        return Named.FULL
    if one.key != number.key:
        return Named.TYPO if len(number.key) >= SHORTEST and number.key in one.keys else Named.NOT
    if _other_head(one, number):
        return Named.TYPO
    if _introduced(one, number) or (len(one.raw) >= SHORTEST and one.raw == number.tail and one.raw.startswith("0")):
        return Named.TAIL
    return Named.BARE if len(one.raw) >= SHORTEST else Named.NOT


def _introduced(one: Mention, number: NumberForms) -> bool:
    """Whether what stands before a group says that a number of an invoice comes: a word, the prefix, the year."""
    if one.listed or one.word in REF_WORDS or (number.prefix and one.word.endswith(number.prefix)):
        return True
    return len(one.digit_windows) > 1 and one.digit_windows[1].removesuffix(one.raw) in number.heads


def _other_head(one: Mention, number: NumberForms) -> bool:
    """Whether another year stands right before the group."""
    if len(one.digit_windows) <= 1 or not number.heads:
        return False
    before = one.digit_windows[1].removesuffix(one.raw)
    years = [head for head in number.heads if YEAR.fullmatch(head)]
    return bool(YEAR.fullmatch(before)) and bool(years) and before not in years


def _near(one: Mention, number: NumberForms) -> Named:
    """An error in the digits or a lost end; letters do not count once digits stand for a number of their own."""
    best = max(_cut(window, number.canonical) for window in one.windows)
    if len(number.digits) > len(number.tail):
        long = [window for window in one.digit_windows if len(window) > len(number.tail)]
        best = max([best, *(_mistyped(window, number.digits) for window in long)])
    if len(one.digit_windows) > 1 and number.heads and one.digit_windows[1].removesuffix(one.raw) not in number.heads:
        return best
    for mine, theirs in ((number.tail, one.raw), (number.key, one.key)):
        if len(mine) >= SHORTEST and len(theirs) >= 2:  # noqa: PLR2004
            best = max(best, _mistyped(theirs, mine))
    return best


def _heads(one: Mention, mentions: Sequence[Mention], number: NumberForms) -> bool:
    """Whether a group is the year (or what else stands before) of a number that the text goes on with: "2026" before
    "273" is no error of the 2126 in "INV-2026-2126".
    """
    return one.raw in number.heads and any(other.digit_windows[1:2] == (one.raw + other.raw,) for other in mentions)


def _mistyped(written: str, meant: str) -> Named:
    most = 2 if min(len(written), len(meant)) >= LONG else 1
    errors = OSA.distance(written, meant, score_cutoff=most)
    return Named.NOT if errors > most else (Named.TYPO if errors <= 1 else Named.DOUBT)


def _cut(written: str, meant: str) -> Named:
    """Whether a number was cut before its end. One sign is an error as others are; more leave several to choose."""
    if len(written) < max(LEAST_OF_A_CUT, len(meant) - ENDS_LOST) or not meant.startswith(written):
        return Named.NOT
    return Named.TYPO if len(meant) - len(written) <= 1 else Named.DOUBT
