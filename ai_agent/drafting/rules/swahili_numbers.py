"""Number words of Swahili: "elfu kumi na tano" 15,000, "mia mbili hamsini" 250, "milioni moja na nusu".

The scale comes first and its count after it. Counts agree with their noun (tatu, watatu, mitatu, vitatu, matatu).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

_UNITS: Final = {
    "moja": 1, "mmoja": 1, "kimoja": 1, "limoja": 1,
    "mbili": 2, "wawili": 2, "miwili": 2, "viwili": 2, "mawili": 2,
    "tatu": 3, "watatu": 3, "mitatu": 3, "vitatu": 3, "matatu": 3,
    "nne": 4, "wanne": 4, "minne": 4, "vinne": 4, "manne": 4,
    "tano": 5, "watano": 5, "mitano": 5, "vitano": 5, "matano": 5,
    "sita": 6, "saba": 7,
    "nane": 8, "wanane": 8, "minane": 8, "vinane": 8, "manane": 8,
    "tisa": 9, "sifuri": 0,
}  # fmt: skip
_TENS: Final = {
    "kumi": 10, "ishirini": 20, "thelathini": 30, "arobaini": 40, "arubaini": 40, "hamsini": 50,
    "sitini": 60, "sabini": 70, "themanini": 80, "tisini": 90,
}  # fmt: skip
VALUES: Final[dict[str, int]] = _UNITS | _TENS
# Forms that agree with a noun: they count it, whatever else the sentence says.
AGREEING: Final = frozenset(word for word in _UNITS if word.startswith(("wa", "mi", "vi", "ma", "mmoja", "kimoja")))
SCALES: Final = {"milioni": 1_000_000, "laki": 100_000, "elfu": 1_000, "mia": 100}
_SHARES: Final = {"nusu": Decimal("0.5"), "robo": Decimal("0.25")}
DOZEN: Final = "dazeni"

_Read = tuple[Decimal, int]


def _small(words: Sequence[str], at: int) -> _Read | None:
    """One to ninety-nine, "kumi na tano", or plain digits."""
    word = words[at] if at < len(words) else ""
    if word in _UNITS:
        return Decimal(_UNITS[word]), at + 1
    if word in _TENS:
        value = Decimal(_TENS[word])
        if at + 2 < len(words) and words[at + 1] == "na" and _UNITS.get(words[at + 2], 0) > 0:
            return value + _UNITS[words[at + 2]], at + 3
        return value, at + 1
    if word[:1].isdigit():
        try:
            return Decimal(word.replace(",", "")), at + 1
        except InvalidOperation:
            return None
    return None


def _count(words: Sequence[str], at: int, scale: int) -> _Read:
    """The count after a scale: "elfu [kumi na tano]", "elfu [mia mbili]"; none said is one."""
    follower = words[at] if at < len(words) else ""
    if follower == "mia" and scale > SCALES["mia"]:
        return _scaled(words, at)
    return _small(words, at) or (Decimal(1), at)


def _scaled(words: Sequence[str], at: int) -> _Read:
    scale = SCALES[words[at]]
    count, at = _count(words, at + 1, scale)
    value = count * scale
    if at + 1 < len(words) and words[at] == "na" and words[at + 1] in _SHARES:
        return value + _SHARES[words[at + 1]] * scale, at + 2
    return value, at


def _next_part(words: Sequence[str], at: int, limit: Decimal) -> _Read | None:
    """The next smaller part of the number, with or without "na" before it."""
    skip = 1 if at < len(words) and words[at] == "na" else 0
    word = words[at + skip] if at + skip < len(words) else ""
    if word in SCALES and SCALES[word] < limit:
        return _scaled(words, at + skip)
    if word in VALUES:
        part = _small(words, at + skip)
        return part if part is not None and part[0] < limit else None
    return None


def _leading(words: Sequence[str]) -> _Read | None:
    if words[0] in SCALES:
        return _scaled(words, 0)
    if words[0] in _SHARES and words[0] == "nusu":
        return _SHARES["nusu"], 1
    small = _small(words, 0)
    if small is None:
        return None
    value, at = small
    follower = words[at] if at < len(words) else ""
    if follower in SCALES and follower != "mia":  # "10 elfu", "kumi elfu"
        return value * SCALES[follower], at + 1
    if at + 1 < len(words) and follower == "na" and words[at + 1] in _SHARES:
        return value + _SHARES[words[at + 1]], at + 2
    return (value, at) if words[0] in VALUES else None


def _dozens(words: Sequence[str]) -> _Read | None:
    if words[0] != DOZEN:
        return None
    count, at = _small(words, 1) or (Decimal(1), 1)
    return count * 12, at


def read(words: Sequence[str]) -> _Read | None:
    """The Swahili number that starts the words, and how many words it takes. Plain digits alone are not one."""
    if not words:
        return None
    reading = _dozens(words) or _leading(words)
    if reading is None:
        return None
    value, at = reading
    last = Decimal(SCALES.get(words[0], 0))
    while last and (part := _next_part(words, at, last)) is not None:
        last = Decimal(SCALES.get(words[at + (words[at] == "na")], 0))
        value, at = value + part[0], part[1]
    return value, at
