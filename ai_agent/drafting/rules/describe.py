"""What is billed, in the words that were typed, without figures and connecting words (section 3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from ai_agent.drafting.rules import lexicon
from ai_agent.drafting.rules.pieces import Kind, Piece

MAX_LENGTH: Final = 300
_JOINING_MARKS: Final = frozenset({"/", "&", "+", "'", "."})
_LEADING: Final = lexicon.EDGES | frozenset({"more", "another", "zaidi", "total", "flat", "fixed", "less", "jumla"})
_TRAILING: Final = lexicon.EDGES | frozenset(
    {
        "total",
        "amount",
        "flat",
        "fixed",
        "net",
        "price",
        "priced",
        "cost",
        "costs",
        "costing",
        "rate",
        "charged",
        "jumla",
    }
)
_PARENTHESES: Final = frozenset({"(", ")", "[", "]"})
_DETERMINERS: Final = frozenset({"the", "a", "an", "of", "for", "on", "our", "their", "his", "her", "this"})


def content(pieces: Sequence[Piece], used: Collection[int]) -> list[int]:
    """The places of the words that could name something to bill."""
    return [
        at
        for at, piece in enumerate(pieces)
        if at not in used and piece.kind is Kind.WORD and lexicon.is_content(piece.text)
    ]


def describe(pieces: Sequence[Piece], used: Collection[int]) -> str:
    """The description: what is left of the pieces, without connecting words at its edges."""
    kept = [at for at in range(len(pieces)) if at not in used]
    text = ""
    for run, comma in _runs(pieces, kept):
        if run:
            joint = "" if not text else (", " if comma else " ")
            text += joint + _written(pieces, run)
    return capitalised(_tidy(text))[:MAX_LENGTH]


def _runs(pieces: Sequence[Piece], kept: Sequence[int]) -> list[tuple[list[int], bool]]:
    """Stretches between taken-out figures and separators, trimmed at both ends, and whether a comma stood before."""
    runs: list[tuple[list[int], bool]] = [([], False)]
    for position, at in enumerate(kept):
        gap = position > 0 and kept[position - 1] != at - 1 and not _bridges(pieces, kept[position - 1], at)
        comma = _separates(pieces, at)
        if gap or comma:
            runs.append(([], comma and not gap))
        if not comma and pieces[at].text not in _PARENTHESES:
            runs[-1][0].append(at)
    return [(_trimmed(pieces, run), comma) for run, comma in runs]


def _bridges(pieces: Sequence[Piece], before: int, after: int) -> bool:
    """ "deposit for the [9,000] website": one figure between an article and its noun leaves no gap."""
    if after - 1 != before + 1 or pieces[before + 1].figure is None:
        return False
    into_noun = pieces[before].low in _DETERMINERS and lexicon.is_content(pieces[after].text)
    out_of_noun = lexicon.is_content(pieces[before].text) and pieces[after].low in {"for", "of", "on", "to"}
    return into_noun or out_of_noun


def _separates(pieces: Sequence[Piece], at: int) -> bool:
    piece = pieces[at]
    return piece.kind is Kind.MARK and piece.text not in _JOINING_MARKS | _PARENTHESES and not _inside_word(pieces, at)


def _inside_word(pieces: Sequence[Piece], at: int) -> bool:
    """A mark that touches both neighbours, as in "R&D" or "CI/CD"."""
    if not 0 < at < len(pieces) - 1:
        return False
    return pieces[at - 1].end == pieces[at].start and pieces[at].end == pieces[at + 1].start


def _trimmed(pieces: Sequence[Piece], run: list[int]) -> list[int]:
    run = list(run)
    while run and _is_edge(pieces[run[0]], _LEADING):
        run.pop(0)
    while run and _is_edge(pieces[run[-1]], _TRAILING):
        run.pop()
    return run


def _is_edge(piece: Piece, words: frozenset[str]) -> bool:
    if piece.kind in {Kind.MARK, Kind.LINE}:
        return True
    return piece.kind is Kind.WORD and piece.low in words


def _written(pieces: Sequence[Piece], run: Sequence[int]) -> str:
    text = ""
    for position, at in enumerate(run):
        touches = position > 0 and run[position - 1] == at - 1 and pieces[at - 1].end == pieces[at].start
        text += pieces[at].text if touches or not text else f" {pieces[at].text}"
    return text


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,.;:-/&+")


def capitalised(text: str) -> str:
    """The text with a capital first letter; "iPhone" stays as it is."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.islower() else text
