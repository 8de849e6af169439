"""Numbers that are names: orders, accounts, telephones, phases. They are no quantities, prices or dates (section 3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.figures import Figure
from ai_agent.drafting.rules.pieces import Kind, Piece
from ai_agent.drafting.rules.text import squeeze
from ai_agent.drafting.rules.wordsets import word_set

_CODE: Final = r"(?:[A-Za-z]{0,6}[-/]?\d[\w/-]*)"
_NUMBER_SIGN: Final = r"(?:\s*(?:no\b\.?|nos\b\.?|number|num\b\.?|nambari|namba|#|:|\.)){0,6}\s*"
_SURE: Final = (
    r"(?:l\.?p\.?o|p\.?o|purchase\s+order|local\s+purchase\s+order|ref(?:erence)?|our\s+ref|your\s+ref|pin|"
    r"kra\s+pin|till|paybill|lpo/po|po/lpo|grn|delivery\s+note"
    r"|kumbukumbu|rejea|vat\s+reg(?:istration)?|reg(?:istration)?|p\.?o\.?\s+box|serial|imei|sku)"
)
_LIKELY: Final = (
    "(?:invoice|inv|order|quote|quotation|estimate|proforma|contract|job|ticket|case|account|acc|a/c|"
    r"agreement|work\s+order|wo|receipt|project|ankara|oda)"
)
_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+-]+@[\w-]+\.[\w.-]+|https?://\S+|\bwww\.\S+",
        r"(?:\b(?:as\s+per|per|against|under|on|for|ref|re|see|your|their|our|kwa|ya)\s+){0,6}(?:the\s+|"
        rf"their\s+|your\s+)?\b{_SURE}\b{_NUMBER_SIGN}{_CODE}",
        rf"(?:\b(?:as\s+per|per|against|under|ref|see)\s+){{0,6}}\b{_LIKELY}\b(?:\s*(?:no\b\.?|number|nambari|"
        rf"#)\s*:?\s*)(?:#\s*)?{_CODE}",
        rf"(?:\b(?:as\s+per|per|against|under|ref|see)\s+){{0,6}}\b{_LIKELY}\b\s+(?-i:[A-Z]{{1,6}}[-/]?\d[\w/-]*)",
        r"\b(?:as\s+per|per|against|under|see)\s+(?:the\s+|your\s+|our\s+|their\s+)?(?:order|quote|"
        r"quotation|estimate|contract|ticket|agreement|job)\s+\d{2,}\b(?!\s*(?:x|@))",
        r"\b(?:order|quote|quotation|contract|ticket|case)\s+\d{3,}(?=\s*(?:[,.;)\n-]|$))",
        r"\b(?-i:INV|CUST|LPO|PO|REF|QUO|QT|EST|SO|DN|JOB|TKT|CR|GRN)[-/]?\d[\w/-]*",
        r"\b(?:phone|tel|telephone|mobile|mob|cell|simu|whatsapp|fax|call)\s*(?:no\b\.?|"
        r"number)?\s*:?\s*\+?\d[\d\s-]{4,}\d",
        r"#\s?\d[\w-]*",
        r"(?<![\w.,$£€])\+?(?:254|255|256|44|1)[\s-]?\d(?:[\s-]?\d){7,10}(?![\d.,]\d)",
        r"(?<![\w.,$£€])0[17]\d(?:[\s-]?\d){7}\b(?![.,]\d)",
        r"(?<![\w.,$£€])\d{9,}\b(?![.,]\d|\s*(?:/=|kes|ksh|sh|bob|usd|eur|gbp))",
    )
)
_LABELS: Final = word_set(
    "phase stage version ver v level floor room block lot batch sprint module chapter tier grade class "
    "form zone gate bay route windows office season episode"
    " part step section plot apartment apt suite term semester milestone option awamu darasa chumba jengo "
    "ghorofa kidato toleo highway junction model series"
    " iphone galaxy type size no number week day month quarter year session page line item"
)
# These name a place only with a capital: "Unit 4", "Villa 12"; "dog house 90" is a price.
_PLACES: Final = frozenset(
    {"Unit", "Site", "House", "Villa", "Shed", "Warehouse", "Hall", "Building", "Cabin", "Tower", "Wing"}
)
_PER: Final = frozenset({"per", "a", "an", "each", "every", "/", "kwa", "kila", "the"})
_MAX_LABEL: Final = 100
_EACH_AHEAD: Final = 4
_LIST_NUMBER: Final = re.compile(r"(?:^|(?<=\n))(?:- )?\(?\d{1,2}[.)]\)?[ \t]+(?=\S)")
_INLINE_NUMBER: Final = re.compile(r"(?<![\w$£€.,@])\(?(?:\d|[ivx]{1,3}|[a-f])\)\s+(?=[A-Za-z\d$£€])")
_MIN_LIST: Final = 2


def blank_all(text: str) -> str:
    """The text without reference numbers, addresses and telephones."""
    for pattern in _PATTERNS:
        text = squeeze(pattern.sub(" ", text))
    return text


def without_list_numbers(text: str) -> str:
    """ "1. Logo 500" at the start of lines and "(1) logo (2) banner" within one, without their numbers."""
    if len(_LIST_NUMBER.findall(text)) >= _MIN_LIST or re.match(r"\d\.\s+[A-Za-z]", text):
        text = _LIST_NUMBER.sub("- ", text)
    markers = _INLINE_NUMBER.findall(text)
    if len(markers) >= _MIN_LIST and re.search(r"\(?(?:1|i|a)\)", text):
        text = _INLINE_NUMBER.sub("; ", text)
    return text


def label_numbers(pieces: Sequence[Piece]) -> list[Piece]:
    """The numbers of "phase 2" and "grade 4" as words: they belong to a name."""
    out: list[Piece] = []
    for at, piece in enumerate(pieces):
        figure = piece.figure
        if figure is None or not _could_be_label(piece) or not _after_label(out) or _is_counted(pieces, at):
            out.append(piece)
        else:
            out.append(replace(piece, kind=Kind.WORD, figure=None))
    return out


def article_counts(pieces: Sequence[Piece]) -> list[Piece]:
    """The "a" of "a year of hosting" and "for a day" as the number one; "20 a month" is a price per month."""
    out = list(pieces)
    for at in range(len(out) - 1):
        before, follower = out[at - 1].low if at else "", out[at + 2].low if at + 2 < len(out) else ""
        article = out[at].kind is Kind.WORD and out[at].low in {"a", "an"}
        timed = units.canonical(out[at + 1].low) in units.TIMES and out[at + 1].low in units.SINGULARS
        free = at == 0 or out[at - 1].figure is None
        if article and timed and free and (follower == "of" or before == "for"):
            out[at] = replace(out[at], kind=Kind.FIGURE, figure=Figure(Decimal(1), spelled=True))
    return out


def _could_be_label(piece: Piece) -> bool:
    figure = piece.figure
    return (
        figure is not None
        and figure.plain
        and not (figure.percent or figure.vague or figure.glued)
        and 0 < figure.value < _MAX_LABEL
    )


def _after_label(before: Sequence[Piece]) -> bool:
    if not before or not (before[-1].low in _LABELS or before[-1].text in _PLACES):
        return False
    return len(before) == 1 or before[-2].low not in _PER


def _is_counted(pieces: Sequence[Piece], at: int) -> bool:
    """ "office 5 days", "session 4 x 500", "classroom 3 at 900 each": the number goes with what follows."""
    follower = pieces[at + 1] if at + 1 < len(pieces) else None
    if follower is not None and follower.low in {"@", "at", "kwa"}:
        return any(piece.low in {"each", "kila", "apiece"} for piece in pieces[at + 2 : at + 2 + _EACH_AHEAD])
    return follower is not None and (
        follower.low == "x" or units.is_plural(follower.low) or follower.low in units.INVARIANT
    )
