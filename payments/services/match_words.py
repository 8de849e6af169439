"""How alike two words of names are: the same, mistyped, abbreviated, or one letter for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

LONG: Final = 5
SOLID: Final = 4
"""A word this long that is written out makes a name; initials and abbreviations alone do not."""
SHORTEST: Final = 3
STARTS: Final = 2
VOWELS: Final = frozenset("AEIOUY")


class Alike(IntEnum):
    """How a word stands for another."""

    NOT = 0
    INITIAL = 1
    SHORT = 2
    NEARLY = 3
    SAME = 4


Pair = tuple[int, int, Alike]
"""The place of a word in a name, that of what stands for it, and how."""


@lru_cache(maxsize=200_000)
def alike(mine: str, written: str) -> Alike:
    """How what is written stands for a word of a name."""
    if mine == written:
        return Alike.SAME
    if not written.isalpha() or not mine.isalpha():
        return Alike.NOT
    if _nearly(mine, written):
        return Alike.NEARLY
    if mine[0] != written[0]:
        return Alike.NOT
    if len(written) == 1 and len(mine) >= SHORTEST:
        return Alike.INITIAL
    return Alike.SHORT if _abbreviates(written, mine) else Alike.NOT


def _nearly(mine: str, written: str) -> bool:
    """Whether a word has one typing error, or is a long beginning of another."""
    if min(len(mine), len(written)) < LONG:
        return False
    return mine.startswith(written) or OSA.distance(mine, written, score_cutoff=1) <= 1


def paired(mine: Sequence[str], written: Sequence[str], *, cut: bool = False) -> list[Pair]:
    """The words of a name with those that stand for them, the surest first; each word counts once.

    A text that was cut may end within a word: then its last word may be the beginning of one.
    """
    levels = sorted(
        (
            (-_level(word, other, cut=cut and there == len(written) - 1), abs(here - there), here, there)
            for here, word in enumerate(mine)
            for there, other in enumerate(written)
            if _level(word, other, cut=cut and there == len(written) - 1)
        ),
    )
    found: list[Pair] = []
    used_mine: set[int] = set()
    used_written: set[int] = set()
    for level, _apart, here, there in levels:
        if here not in used_mine and there not in used_written:
            used_mine.add(here)
            used_written.add(there)
            found.append((here, there, Alike(-level)))
    return found


def _level(mine: str, written: str, *, cut: bool) -> Alike:
    found = alike(mine, written)
    if cut and found < Alike.NEARLY and len(written) >= STARTS and mine.startswith(written):
        return Alike.NEARLY
    return found


def _abbreviates(short: str, whole: str) -> bool:
    """ "CONST" is the beginning of CONSTRUCTION; "MFG", "INTL" and "BROS" leave out letters but neither end."""
    if not SHORTEST <= len(short) < len(whole) - 1:
        return False
    if whole.startswith(short):
        return True
    return short[-1] in {whole[-1], "S"} and _in_order(short, whole) and _mostly_consonants(short)


def _in_order(short: str, whole: str) -> bool:
    left = iter(whole)
    return all(sign in left for sign in short)


def _mostly_consonants(word: str) -> bool:
    return 2 * sum(sign in VOWELS for sign in word) < len(word)
