"""The first cut of a request: words, numbers, dates and marks, before numbers are put together to figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ai_agent.drafting.rules import dates, english_numbers, money
from ai_agent.drafting.rules.numbers import LITERAL

_MAX_WORDS: Final = 14
_CODE_WORDS: Final = money.BEFORE.replace(r"\b(?:", r"(?<![^\W\d_])(?:", 1).replace(r")\b\.?", r")\.?(?=\s?\d)", 1)
_SPELLED: Final = frozenset(word for word in english_numbers.VALUES if "-" not in word) | {"half"}
_TIME_WORDS: Final = "hours?|hrs?|days?|weeks?|months?|years?|pages?|minutes?|mins?|sessions?"
_RAW: Final = re.compile(
    "|".join(
        (
            r"(?P<line>\n+)",
            r"(?P<customer>§)",
            rf"(?P<date>{dates.ANY})",
            r"(?P<time>(?<![\w$£€.,])(?:1[0-2]|0?[1-9])(?:[ap]m\b)|\b\d{1,2}:\d{2}\b(?:\s?[ap]m\b)?)",
            r"(?P<part>(?<![\d/])(?:1/[234]|2/3|3/4)(?![\d/]))",
            r"(?P<slashed>\b\d+/\d+\b(?:/\d+)?)",
            rf"(?P<currency>{_CODE_WORDS})",
            rf"(?P<number>{LITERAL.pattern})",
            r"(?P<factor>\bx(?=\d))",
            rf"(?P<spelled>\b(?:{'|'.join(sorted(_SPELLED))})(?=-(?:{_TIME_WORDS})\b))",
            r"(?P<slash_unit>\bp\.?/?[mhdwau]\b\.?(?!\w)|\bp\.m\.|\bp\.a\.?|\bw/o?(?!\w)|\bc/o\b|\ba/c\b|\bn/a\b)",
            r"(?P<equals>/=|/-(?!\d))",
            r"(?P<word>[^\W\d_]+\d\w*(?:[-/]\w+)*|[^\W\d_]+-\d[\w-]*|[^\W\d_]+(?:['-][^\W\d_]+)*)",
            r"(?P<mark>[^\s])",
        )
    ),
    re.IGNORECASE,
)


_SAME_AS: Final = {"factor": "word", "spelled": "word"}


@dataclass(frozen=True, slots=True)
class Token:
    group: str
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower()


class Tokens:
    """All tokens of a cleaned text, and questions about neighbours."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.all = [
            Token(_SAME_AS.get(match.lastgroup or "", match.lastgroup or "mark"), match[0], match.start(), match.end())
            for match in _RAW.finditer(text)
        ]

    def __len__(self) -> int:
        return len(self.all)

    def get(self, index: int) -> Token | None:
        return self.all[index] if 0 <= index < len(self.all) else None

    def glued(self, index: int) -> bool:
        """Whether a token touches the one before it."""
        before, here = self.get(index - 1), self.get(index)
        return before is not None and here is not None and before.end == here.start

    def words_from(self, index: int) -> list[str]:
        words: list[str] = []
        while (token := self.get(index)) is not None and token.group in {"word", "number"} and len(words) < _MAX_WORDS:
            words.append(token.low)
            index += 1
        return words

    def typed(self, first: int, after: int) -> str:
        """The text from one token up to another, which is left out."""
        return self.text[self.all[first].start : self.all[after - 1].end]
