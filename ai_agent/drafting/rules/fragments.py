"""Cuts a request at its commas, lines and "and"s. Whether neighbours belong together is decided by what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from ai_agent.drafting.rules import lead, units
from ai_agent.drafting.rules.pieces import Kind, Piece, parts_cells
from ai_agent.drafting.rules.wordsets import word_set

MAX_PIECES = 80


class Break(IntEnum):
    """How a fragment is parted from the one before it, weakest first."""

    NONE = 0
    COLON = 1
    PAREN = 2
    COMMA = 3
    DASH = 4
    AND = 5
    PLUS = 6
    LINE = 7
    STOP = 8
    BULLET = 9
    START = 10


@dataclass(frozen=True, slots=True)
class Fragment:
    """Pieces between two separators. `asked`: an opening such as "bill them for" stands before it."""

    pieces: tuple[Piece, ...]
    brk: Break
    separators: tuple[Piece, ...] = ()
    asked: bool = False
    question: bool = False

    @property
    def start(self) -> int:
        return self.pieces[0].start

    @property
    def end(self) -> int:
        return self.pieces[-1].end


_MARKS = {
    ",": Break.COMMA, "|": Break.COMMA, ";": Break.STOP, ".": Break.STOP, "!": Break.STOP, "?": Break.STOP,
    ":": Break.COLON, "(": Break.PAREN, ")": Break.PAREN, "[": Break.PAREN, "]": Break.PAREN, "&": Break.AND,
    "+": Break.PLUS,
}  # fmt: skip
_WORDS = {
    "and": Break.AND,
    "na": Break.AND,
    "plus": Break.PLUS,
    "then": Break.PLUS,
    "but": Break.STOP,
    "lakini": Break.STOP,
    "halafu": Break.PLUS,
}
_OPENS_PAIR = word_set(
    "terms supply design deliver fit cut paint collect print wash pick load buy source plan write shoot "
    "film record clean strip"
    " remove test install repair service bed research profit wear arts food black sales supplying designing"
)
_SUMS = word_set("total subtotal totals jumla sum")
_DROPPED = frozenset({'"', "'", "*", "_", "~", "`", "<", ">", "{", "}", "\\"})


def cut(pieces: Sequence[Piece]) -> list[Fragment]:
    """The fragments of a request in order, without their separators."""
    return _Cutter(pieces).cut()


class _Cutter:
    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.out: list[Fragment] = []
        self.current: list[Piece] = []
        self.brk = Break.START
        self.separators: list[Piece] = []
        self.asked = False

    def cut(self) -> list[Fragment]:
        for at, piece in enumerate(self.pieces):
            if piece.text == lead.MARK:
                self._flush(Break.STOP)
                self.asked = True
            elif (brk := self._break_at(at, piece)) is not None:
                self._flush(brk, question=piece.text == "?")
                self.separators.append(piece)
            elif piece.text not in _DROPPED and piece.kind is not Kind.CUSTOMER:
                self._take(piece)
        self._flush(Break.STOP)
        return self.out

    def _take(self, piece: Piece) -> None:
        """Nobody says so much of one thing: an endless fragment is cut, so that reading it stays quick."""
        if len(self.current) >= MAX_PIECES:
            self._flush(Break.STOP)
        self.current.append(piece)

    def _break_at(self, at: int, piece: Piece) -> Break | None:
        if piece.kind is Kind.LINE:
            return Break.LINE
        if piece.kind is Kind.MARK:
            return self._mark(at, piece)
        if piece.kind is Kind.WORD and piece.low in _WORDS and not self._joins_names(at):
            return _WORDS[piece.low]
        return None

    def _mark(self, at: int, piece: Piece) -> Break | None:
        if piece.text == "-":
            return self._dash(at, piece)
        before, after = self._near(at)
        if parts_cells(before, piece, after):
            return Break.COMMA
        if piece.text in {"&", "+"} and before and after and before.end == piece.start and after.start == piece.end:
            return None  # "R&D"
        if piece.text == "&" and self._joins_names(at):
            return None
        if piece.text == ":" and before is not None and before.low in _SUMS:
            return None
        return _MARKS.get(piece.text)

    def _dash(self, at: int, piece: Piece) -> Break | None:
        before, after = self._near(at)
        if before is None or before.kind is Kind.LINE:
            return Break.BULLET
        if after is not None and (before.end < piece.start or after.start > piece.end):
            return Break.DASH
        return None

    def _near(self, at: int) -> tuple[Piece | None, Piece | None]:
        before = self.pieces[at - 1] if at else None
        after = self.pieces[at + 1] if at + 1 < len(self.pieces) else None
        return before, after

    def _joins_names(self, at: int) -> bool:
        """ "pamoja na": the preposition, not the conjunction; "terms and conditions", "supply and fit": one name."""
        before, after = self._near(at)
        if before is None or after is None:
            return False
        if self.pieces[at].low == "na":
            return before.low in {"pamoja", "mbali", "karibu"}
        lonely = len(self.current) == 1 and before is self.current[-1]
        return lonely and after.figure is None and before.low in _OPENS_PAIR

    def _flush(self, brk: Break, *, question: bool = False) -> None:
        if self.current:
            fragment = Fragment(tuple(self.current), self.brk, tuple(self.separators), self.asked, question)
            self.out.append(fragment)
            self.current, self.separators = [], []
            self.brk = brk
            if brk >= Break.LINE:
                self.asked = False
        else:
            self.brk = max(self.brk, brk) if self.out or brk is Break.BULLET else Break.START
            if brk in {Break.LINE, Break.STOP} and self.out:
                self.asked = False


def is_unit_word(piece: Piece) -> bool:
    return piece.kind is Kind.WORD and units.canonical(piece.text) is not None
