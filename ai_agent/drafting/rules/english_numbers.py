"""Number words of English: "two hundred and fifty", "two and a half", "half a dozen"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from ai_agent.drafting.rules.wordsets import word_list

_BELOW_TWENTY: Final = word_list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
)
_SMALL: Final = {word: value for value, word in enumerate(_BELOW_TWENTY)} | {"fourty": 40}
_TENS: Final = {
    word: value * 10
    for value, word in enumerate(word_list("twenty thirty forty fifty sixty seventy eighty ninety"), start=2)
}
_TEN: Final = 10
_UNITS: Final = {word: value for word, value in _SMALL.items() if 0 < value < _TEN}
VALUES: Final[dict[str, int]] = (
    _SMALL | _TENS | {f"{ten}-{unit}": _TENS[ten] + _UNITS[unit] for ten in _TENS for unit in _UNITS}
)
SCALES: Final = {"thousand": 1_000, "thousands": 1_000, "grand": 1_000, "million": 1_000_000, "millions": 1_000_000}
_HALF: Final = Decimal("0.5")
_DOZEN: Final = frozenset({"dozen", "dozens"})
_HUNDRED: Final = 100


def _digits(word: str) -> Decimal | None:
    if not word[:1].isdigit():
        return None
    try:
        return Decimal(word.replace(",", "")) if word.replace(",", "").replace(".", "", 1).isdigit() else None
    except InvalidOperation:
        return None


class _Reader:
    """Reads words from the left until one no longer belongs to the number."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.at = 0
        self.whole = Decimal(0)
        self.part: Decimal | None = None
        self.scale = Decimal(1)
        self.spelled = False

    def word(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.words[index] if index < len(self.words) else ""

    def read(self) -> tuple[Decimal, int] | None:
        if not (self._half_of() or self._start()):
            return None
        while self._step():
            pass
        return (self.whole + (self.part or 0), self.at) if self.spelled else None

    def _half_of(self) -> bool:
        """ "half", "half a dozen", "half a million"."""
        if self.word() != "half":
            return False
        skip = 2 if self.word(1) in {"a", "an"} else 1
        unit = self.word(skip)
        if unit in _DOZEN or unit in SCALES:
            self.part = _HALF
            self.at = skip
            return True
        self.whole, self.at, self.spelled = _HALF, 1, True
        return True

    def _start(self) -> bool:
        if self.word() in {"a", "an"} and (self.word(1) in SCALES or self.word(1) in {"hundred", "dozen"}):
            self.part, self.at = Decimal(1), 1
            return True
        digits = _digits(self.word())
        if digits is not None:
            self.part, self.at = digits, 1
            return True
        return self.word() in VALUES or self.word() in SCALES or self.word() in {"hundred", "dozen"}

    def _step(self) -> bool:
        word = self.word()
        return (
            self._value(word)
            or self._hundred(word)
            or self._scale(word)
            or self._dozen(word)
            or self._point(word)
            or self._and(word)
        )

    def _fits(self, value: int) -> bool:
        if self.part is None:
            return self.scale == 1 or value < self.scale
        if not self.spelled:
            return False
        room = _HUNDRED if self.part % _HUNDRED == 0 else (_TEN if self.part % _TEN == 0 else 0)
        return self.part > 0 and 0 < value < room and not (room == _TEN and self.part % _HUNDRED == _TEN)

    def _value(self, word: str) -> bool:
        value = VALUES.get(word)
        if value is None or not self._fits(value):
            return False
        self.part = (self.part or Decimal(0)) + value
        return self._taken()

    def _hundred(self, word: str) -> bool:
        if word not in {"hundred", "hundreds"} or (self.part or 1) >= _HUNDRED:
            return False
        self.part = (self.part if self.part is not None else Decimal(1)) * _HUNDRED
        return self._taken()

    def _scale(self, word: str) -> bool:
        scale = SCALES.get(word)
        if scale is None or (self.part is None and self.whole):
            return False
        self.whole += (self.part if self.part is not None else Decimal(1)) * scale
        self.part, self.scale = None, Decimal(scale)
        return self._taken()

    def _dozen(self, word: str) -> bool:
        if word not in _DOZEN or (self.part is None and self.whole):
            return False
        self.whole += (self.part if self.part is not None else Decimal(1)) * 12
        self.part, self.scale = None, Decimal(1)
        return self._taken()

    def _point(self, word: str) -> bool:
        if word != "point" or self.part is None or not self.spelled:
            return False
        count = 1
        while self.word(count) in VALUES and VALUES[self.word(count)] < _TEN:
            self.part += Decimal(VALUES[self.word(count)]).scaleb(-count)
            count += 1
        self.at += count
        return count > 1

    def _and(self, word: str) -> bool:
        """ "and a half" adds half of the last scale; "and fifty" goes on where a hundred or a scale came before."""
        if word != "and" or (self.part is None and not self.whole):
            return False
        skip = 2 if self.word(1) in {"a", "one"} else 1
        if self.word(skip) in {"half", "quarter"}:
            share = _HALF if self.word(skip) == "half" else _HALF / 2
            return self._add_share(share, skip + 1)
        value = VALUES.get(self.word(1))
        after_round = self.part is None or (self.part >= _HUNDRED and self.part % _HUNDRED == 0)
        if value is None or not self.spelled or not after_round or not self._fits(value):
            return False
        self.part = (self.part or Decimal(0)) + value
        return self._taken(2)

    def _add_share(self, share: Decimal, words: int) -> bool:
        scale = self.scale if self.part is None else Decimal(1)
        if self.word(words) in _DOZEN.union(SCALES) and self.part is not None:
            self.part += share
        else:
            self.whole += share * scale
            self.whole += self.part or 0
            self.part = None
            self.scale = Decimal(1)
        return self._taken(words)

    def _taken(self, count: int = 1) -> bool:
        self.at += count
        self.spelled = True
        return True


def read(words: Sequence[str]) -> tuple[Decimal, int] | None:
    """The English number that starts the words, and how many words it takes. Plain digits alone are not one."""
    return _Reader(words).read()
