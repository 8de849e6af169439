"""The pieces of one item and what can be asked about the neighbours of a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final

from ai_agent.drafting.rules import lexicon, units
from ai_agent.drafting.rules.figures import Figure
from ai_agent.drafting.rules.pieces import Kind, Piece
from ai_agent.drafting.rules.wordsets import word_set

MODIFIERS: Final = word_set(
    "more fewer less extra additional further full whole calendar working business man person billable other new "
    "solid remaining months' days' zaidi"
)
HALVES: Final = frozenset({"half", "nusu"})
_ENDS: Final = word_set("at for to by with from on in @ per each and or of kwa ya za na is are due plus x less")


class Role(StrEnum):
    PRICE = "price"
    COUNT = "count"
    TOTAL = "total"
    SHARE = "share"
    BARE = "bare"
    IGNORED = "ignored"


class Strength(IntEnum):
    WEAK = 1
    FAIR = 2
    STRONG = 3


@dataclass(slots=True)
class Slot:
    """One figure of an item. `used` are the pieces that belong to it and are no part of the description."""

    at: int
    figure: Figure
    role: Role
    strength: Strength
    unit: str = ""
    per: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    starts: bool = False
    each: bool = False
    covers: bool = False
    adjective: bool = False
    after_x: bool = False
    for_marked: bool = False


class Context:
    """The pieces of one item and questions about the neighbours of a figure."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces

    def low(self, at: int) -> str:
        return self.pieces[at].low if 0 <= at < len(self.pieces) else ""

    def is_word(self, at: int) -> bool:
        return 0 <= at < len(self.pieces) and self.pieces[at].kind is Kind.WORD

    def is_figure(self, at: int) -> bool:
        return 0 <= at < len(self.pieces) and self.pieces[at].figure is not None

    def figure(self, at: int) -> Figure | None:
        return self.pieces[at].figure if 0 <= at < len(self.pieces) else None

    def unit(self, at: int) -> str | None:
        """The canonical unit of a word; "man-days" counts days."""
        if not self.is_word(at):
            return None
        word = self.low(at)
        return units.canonical(word) or (units.canonical(word.rpartition("-")[2]) if "-" in word else None)

    def is_content(self, at: int) -> bool:
        return self.is_word(at) and lexicon.is_content(self.pieces[at].text)

    def is_noun(self, at: int) -> bool:
        """A word that can go on with a noun phrase: content, or a unit, or "extra"."""
        return self.is_word(at) and (
            self.is_content(at)
            or self.unit(at) is not None
            or self.low(at) in lexicon.WEAK
            or self.low(at) in MODIFIERS
        )

    def ends_phrase(self, at: int) -> bool:
        return not self.is_word(at) or self.low(at) in _ENDS or self.low(at) in lexicon.FUNCTION
