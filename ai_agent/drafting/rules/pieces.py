"""The words, figures and marks of a request, each with its place in the text.

Whether a figure is a price or a count is decided later, from the pieces around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ai_agent.drafting.rules.figures import MULTIPLIERS, Figure, FigureReader
from ai_agent.drafting.rules.numbers import literal_value
from ai_agent.drafting.rules.tokens import Tokens
from ai_agent.drafting.rules.wordsets import word_set

_VAGUE: Final = word_set("several few various multiple many some numerous couple kadhaa baadhi chache wachache kiasi")
_KINDS: Final = {
    "line": "line", "customer": "customer", "date": "date", "word": "word", "slash_unit": "word", "time": "word",
    "slashed": "word", "currency": "word",
}  # fmt: skip


class Kind(StrEnum):
    WORD = "word"
    FIGURE = "figure"
    MARK = "mark"
    LINE = "line"
    CUSTOMER = "customer"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str
    start: int
    end: int
    figure: Figure | None = None

    @property
    def low(self) -> str:
        return self.text.lower()


def split(text: str) -> list[Piece]:
    """All pieces of a cleaned text, in order."""
    return _Joiner(Tokens(text)).join()


class _Joiner:
    """Puts tokens together to pieces, from left to right."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.figures = FigureReader(tokens)
        self.at = 0
        self.pieces: list[Piece] = []

    def join(self) -> list[Piece]:
        while self.at < len(self.tokens):
            if not (self._range() or self._figure()):
                self._other()
        return self.pieces

    def _other(self) -> None:
        here, follower = self.tokens.all[self.at], self.tokens.get(self.at + 1)
        touches = follower is not None and follower.group == "word" and self.tokens.glued(self.at + 1)
        if here.group == "number" and touches:
            self._add(Kind.WORD, self.at, self.at + 2)  # "3D"
        elif here.low in _VAGUE:
            self._add(Kind.FIGURE, self.at, self.at + 1, Figure(Decimal(0), vague=True))
        else:
            self._add(Kind(_KINDS.get(here.group, "mark")), self.at, self.at + 1)

    def _add(self, kind: Kind, first: int, after: int, figure: Figure | None = None) -> None:
        start, end = self.tokens.all[first].start, self.tokens.all[after - 1].end
        self.pieces.append(Piece(kind, self.tokens.typed(first, after), start, end, figure))
        self.at = after

    def _range(self) -> bool:
        """ "2-3 hours" says no one count."""
        first, dash, second = (self.tokens.get(self.at + ahead) for ahead in range(3))
        if first is None or dash is None or second is None:
            return False
        if first.group != "number" or second.group != "number" or dash.low not in {"-", "to", "or"}:
            return False
        if dash.text == "-" and not (self.tokens.glued(self.at + 1) and self.tokens.glued(self.at + 2)):
            return False
        low, high = literal_value(first.text), literal_value(second.text)
        if not low < high < MULTIPLIERS["k"]:
            return False
        self._add(Kind.FIGURE, self.at, self.at + 3, Figure(Decimal(0), vague=True))
        return True

    def _figure(self) -> bool:
        found = self.figures.read(self.at)
        if found is None:
            return False
        figure, after = found
        self._add(Kind.FIGURE, self.at, after, figure)
        return True


def parts_cells(before: Piece | None, slash: Piece, after: Piece | None) -> bool:
    """ "mattresses / 48 / 4,750": a slash with room on both sides, before a figure; "$50 / 1,000 words" is a price."""
    if slash.text != "/" or before is None or after is None or after.figure is None:
        return False
    is_price = before.figure is not None and before.figure.currency is not None
    return not is_price and before.end < slash.start and slash.end < after.start


def first_figure(text: str) -> Figure | None:
    """The first figure in a phrase, with its currency."""
    return next((piece.figure for piece in split(text) if piece.figure is not None), None)
