"""Which few of many amounts come to a sum. Amounts are whole minor units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Final

MOST_FOUND: Final = 40


def subsets_of(amounts: Sequence[int], total: int, *, most: int) -> list[tuple[int, ...]]:
    """The sets of two to `most` (at most four) places whose amounts come to a total, small sets first.

    At most forty: whoever asks wants to know whether there is one. Steps grow with the square of the amounts.
    """
    found: list[tuple[int, ...]] = []
    places = [at for at, amount in enumerate(amounts) if 0 < amount < total]
    pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one, other in combinations(places, 2):
        together = amounts[one] + amounts[other]
        if together <= total:
            pairs[together].append((one, other))
    found += pairs.get(total, [])
    if most >= 3:  # noqa: PLR2004
        found += _triples(amounts, places, pairs, total)
    if most >= 4 and len(found) < MOST_FOUND:  # noqa: PLR2004
        found += _fours(pairs, total)
    return found[:MOST_FOUND]


def _triples(
    amounts: Sequence[int], places: Sequence[int], pairs: dict[int, list[tuple[int, int]]], total: int
) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for first in places:
        for one, other in pairs.get(total - amounts[first], ()):
            if first < one:
                found.append((first, one, other))
        if len(found) >= MOST_FOUND:
            break
    return found


def _fours(pairs: dict[int, list[tuple[int, int]]], total: int) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for half, those in pairs.items():
        rest = pairs.get(total - half)
        if rest is None or half > total - half:
            continue
        for first, second in those:
            for third, fourth in rest:
                four = tuple(sorted({first, second, third, fourth}))
                if len(four) == 4 and four not in found:  # noqa: PLR2004
                    found.append(four)
                    if len(found) >= MOST_FOUND:
                        return found
    return found
