"""The words, figures and marks of a request, each with its place in the text.

A figure is a number with what belongs to it: sign, currency, "k", "/=", per cent. Whether it is a price or a count is
decided later, from the pieces around it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ai_agent.drafting.rules import dates, english_numbers, money, swahili_numbers, units
from ai_agent.drafting.rules.numbers import LITERAL, literal_value, read_words
from ai_agent.drafting.rules.wordsets import word_set

MAX_FIGURE_LENGTH: Final = 40
_MAX_WORDS: Final = 14
_MULTIPLIERS: Final = {
    "k": 1_000, "m": 1_000_000, "mn": 1_000_000, "mil": 1_000_000, "thousand": 1_000, "grand": 1_000,
    "million": 1_000_000, "hundred": 100, "elfu": 1_000, "laki": 100_000, "milioni": 1_000_000,
}  # fmt: skip
_GLUED_ONLY: Final = frozenset({"m", "mil"})
_AFTER_MILLIONS: Final = word_set(
    "for of per each total flat in on at and plus na ya kwa za wa to with less minus as due pls please only"
)
_FRACTIONS: Final = {
    "1/2": Decimal("0.5"),
    "1/4": Decimal("0.25"),
    "3/4": Decimal("0.75"),
    "1/3": Decimal(1) / 3,
    "2/3": Decimal(2) / 3,
}
_CONTINENTAL: Final = re.compile(r"[1-9]\d{0,2}\.\d{3}(?!\d)")
# Before "minus" these make it a sign; behind an item "minus" takes something off.
_OPENERS: Final = frozenset({"¶", "§", "@", "at", "for", ":", "\n"})
_ONES: Final = word_set("this that the last each every same which new next old other another previous first")
_VAGUE: Final = word_set("several few various multiple many some numerous couple kadhaa baadhi chache wachache kiasi")


class Kind(StrEnum):
    WORD = "word"
    FIGURE = "figure"
    MARK = "mark"
    LINE = "line"
    CUSTOMER = "customer"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as typed. `currency` is an ISO code; `plain` says that nothing about its look makes it money."""

    value: Decimal
    currency: str | None = None
    percent: bool = False
    plain: bool = True
    spelled: bool = False
    vague: bool = False
    glued: bool = False


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


@dataclass(slots=True)
class _Raw:
    """A token before numbers are put together."""

    group: str
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower()


def split(text: str) -> list[Piece]:
    """All pieces of a cleaned text, in order."""
    raws = [
        _Raw(_SAME_AS.get(match.lastgroup or "", match.lastgroup or "mark"), match[0], match.start(), match.end())
        for match in _RAW.finditer(text)
    ]
    return _Joiner(text, raws).join()


class _Joiner:
    """Puts raw tokens together to figures, from left to right."""

    def __init__(self, text: str, raws: Sequence[_Raw]) -> None:
        self.text = text
        self.raws = raws
        self.at = 0
        self.pieces: list[Piece] = []

    def join(self) -> list[Piece]:
        while self.at < len(self.raws):
            if not (self._range() or self._figure()):
                self._other()
        return self.pieces

    # --- looking around -----------------------------------------------------------------------------------

    def raw(self, index: int) -> _Raw | None:
        return self.raws[index] if 0 <= index < len(self.raws) else None

    def _glued(self, index: int) -> bool:
        """Whether a token touches the one before it."""
        before, here = self.raw(index - 1), self.raw(index)
        return before is not None and here is not None and before.end == here.start

    def _words_from(self, index: int) -> list[str]:
        words: list[str] = []
        while (raw := self.raw(index)) is not None and raw.group in {"word", "number"} and len(words) < _MAX_WORDS:
            words.append(raw.low)
            index += 1
        return words

    # --- what is not a figure -------------------------------------------------------------------------------

    def _other(self) -> None:
        raw = self.raws[self.at]
        if raw.group == "number" and self._glued(self.at + 1) and self.raws[self.at + 1].group == "word":
            self._add(Kind.WORD, self.at, self.at + 2, None)  # "3D"
            return
        kinds = {"line": Kind.LINE, "customer": Kind.CUSTOMER, "date": Kind.DATE}
        words = {"word", "slash_unit", "time", "slashed", "currency"}
        kind = kinds.get(raw.group) or (Kind.WORD if raw.group in words else Kind.MARK)
        figure = None
        if raw.low in _VAGUE:
            figure = Figure(Decimal(0), vague=True)
        self._add(kind if figure is None else Kind.FIGURE, self.at, self.at + 1, figure)

    def _add(self, kind: Kind, first: int, after: int, figure: Figure | None) -> None:
        start, end = self.raws[first].start, self.raws[after - 1].end
        self.pieces.append(Piece(kind, self.text[start:end], start, end, figure))
        self.at = after

    # --- figures --------------------------------------------------------------------------------------------

    def _range(self) -> bool:
        """ "2-3 hours" says no one count."""
        first, dash, second = (self.raw(self.at + ahead) for ahead in range(3))
        if first is None or dash is None or second is None:
            return False
        if first.group != "number" or second.group != "number" or dash.low not in {"-", "to", "or"}:
            return False
        if dash.text == "-" and not (self._glued(self.at + 1) and self._glued(self.at + 2)):
            return False
        low, high = literal_value(first.text), literal_value(second.text)
        if not low < high < _MULTIPLIERS["k"]:
            return False
        self._add(Kind.FIGURE, self.at, self.at + 3, Figure(Decimal(0), vague=True))
        return True

    def _figure(self) -> bool:
        start = at = self.at
        sign, at = self._sign(at)
        percent, at = self._percent_before(at)
        currency, at = self._currency_before(at)
        if currency is not None and not sign:
            sign, at = self._inner_sign(at)
        number = self._number(at)
        if number is None:
            return False
        figure, at = number
        figure, at = self._after(figure, currency, at)
        figure = _continental(figure, self.text[self.raws[start].start : self.raws[at - 1].end])
        if sign:
            figure = replace(figure, value=-figure.value)
        self._add(Kind.FIGURE, start, at, replace(figure, percent=figure.percent or percent))
        return True

    def _sign(self, at: int) -> tuple[bool, int]:
        raw, before, follower = self.raw(at), self.raw(at - 1), self.raw(at + 1)
        if raw is None or follower is None:
            return False, at
        opens_request = before is None or before.text in _OPENERS
        if (raw.low == "negative" or (raw.low == "minus" and opens_request)) and follower.group in {
            "number",
            "currency",
            "word",
        }:
            return (True, at + 1) if self._number(at + 1) or follower.group == "currency" else (False, at)
        opens = before is None or not self._glued(at) or before.text in "(@:$£€/"
        is_number = follower.group in {"number", "currency"} and self._glued(at + 1)
        return (True, at + 1) if raw.text == "-" and opens and is_number else (False, at)

    def _inner_sign(self, at: int) -> tuple[bool, int]:
        """ "$-50"."""
        raw = self.raw(at)
        if raw is not None and raw.text == "-" and self._glued(at + 1):
            return True, at + 1
        return False, at

    def _percent_before(self, at: int) -> tuple[bool, int]:
        raw = self.raw(at)
        if raw is not None and raw.low == "asilimia" and self._number(at + 1) is not None:
            return True, at + 1
        return False, at

    def _currency_before(self, at: int) -> tuple[str | None, int]:
        raw = self.raw(at)
        if raw is None or raw.group not in {"currency", "word", "mark"}:
            return None, at
        pair = self.raw(at + 1)
        if pair is not None and pair.group == "word" and (code := money.code_of(f"{raw.low} {pair.low}")):
            return (code, at + 2) if self._number_or_sign(at + 2) else (None, at)
        code = money.code_of(raw.low)
        if code is None or raw.low in money.CENTS or raw.low in {"quid", "bucks"} or raw.text == "Bob":
            return None, at
        skip = 1 if (dot := self.raw(at + 1)) is not None and dot.text == "." and self._number(at + 2) else 0
        return (code, at + 1 + skip) if self._number_or_sign(at + 1 + skip) else (None, at)

    def _number_or_sign(self, at: int) -> bool:
        raw = self.raw(at)
        if raw is not None and raw.text == "-" and self._glued(at + 1):
            at += 1
        return self._number(at) is not None

    def _number(self, at: int) -> tuple[Figure, int] | None:
        """A number in digits with its multiplier, or in words."""
        raw = self.raw(at)
        if raw is None or raw.group not in {"number", "word", "part"}:
            return None
        if raw.group == "part":
            return Figure(_FRACTIONS[raw.text]), at + 1
        spelled = self._spelled(at)
        if spelled is not None:
            return spelled
        if raw.group != "number" or len(raw.text) > MAX_FIGURE_LENGTH:
            return None
        return self._digits(at)

    def _spelled(self, at: int) -> tuple[Figure, int] | None:
        raw = self.raws[at]
        words = self._words_from(at)
        reading = read_words(words)
        if reading is None or self._is_name(at, reading[1]):
            return None
        value, count = reading
        if raw.group == "number":  # "2 dozen" and "1.5 million": the digits as people type them
            first = literal_value(raw.text)
            again = read_words([format(first, "f"), *words[1:]])
            if again is None or count == 1:
                return None
            value, count = again
        return Figure(value, spelled=True, plain=value < _MULTIPLIERS["k"]), at + count

    def _is_name(self, at: int, count: int) -> bool:
        """ "Mia" and "Sita" at a capital are people; "the last one" and "one of" are no counts."""
        raw, before, after = self.raws[at], self.raw(at - 1), self.raw(at + count)
        if count > 1:
            return False
        word = raw.low
        swahili = word in swahili_numbers.SCALES or word in swahili_numbers.VALUES
        if swahili and raw.text[:1].isupper() and before is not None and before.group != "line":
            return True
        if word == "one":
            of = after is not None and after.low == "of"
            return of or (before is not None and before.low in _ONES)
        if word in {"nusu", "half"}:
            return False
        return word in english_numbers.SCALES | {"hundred": 1} and not _number_before(before)

    def _digits(self, at: int) -> tuple[Figure, int] | None:
        raw, follower = self.raws[at], self.raw(at + 1)
        value = literal_value(raw.text)
        grouped = any(mark in raw.text for mark in ", .")
        if follower is not None and follower.group == "part" and not grouped:
            return Figure(value + _FRACTIONS[follower.text]), at + 2
        figure = Figure(value, plain=not grouped)
        if follower is None or follower.group not in {"word", "slash_unit"}:
            return figure, at + 1
        if self._glued(at + 1):
            return self._digits_with(figure, follower, at)
        scale = _MULTIPLIERS.get(follower.low) if follower.low not in _GLUED_ONLY else None
        return (replace(figure, value=value * scale, plain=False), at + 2) if scale else (figure, at + 1)

    def _digits_with(self, figure: Figure, tail: _Raw, at: int) -> tuple[Figure, int] | None:
        """Digits with letters that touch them: "85k", "14hrs"; "3D", "5th" and "2m fence panels" are names."""
        scale = _MULTIPLIERS.get(tail.low)
        is_length = tail.low in _GLUED_ONLY and self._names_thing(at + 2) and not self._is_money(at)
        if scale is not None and not is_length:
            return replace(figure, value=figure.value * scale, plain=False), at + 2
        if scale is None and _may_touch(tail.text):
            return replace(figure, glued=True), at + 1
        return None

    def _is_money(self, at: int) -> bool:
        before = self.raw(at - 1)
        return before is not None and money.code_of(before.low) is not None

    def _names_thing(self, at: int) -> bool:
        raw = self.raw(at)
        return (
            raw is not None
            and raw.group == "word"
            and raw.low not in _AFTER_MILLIONS
            and money.code_of(raw.low) is None
        )

    def _after(self, figure: Figure, currency: str | None, at: int) -> tuple[Figure, int]:
        """What follows the number: "/=", a currency, cents, per cent."""
        raw, following = self.raw(at), self.raw(at + 1)
        if raw is None:
            return _priced(figure, currency), at
        if raw.text == "%" or raw.low in {"percent", "pct"}:
            return replace(figure, percent=True), at + 1
        if raw.low == "per" and following is not None and following.low == "cent":
            return replace(figure, percent=True), at + 2
        if raw.low in money.CENTS and self._means_cents(raw.low, at):
            cents = replace(figure, value=figure.value / 100, plain=False)
            named = currency or ("GBP" if raw.low in {"p", "pence"} else None)
            return _priced(cents, named), at + 1
        if raw.group == "equals":
            return _priced(figure, currency or "KES"), at + 1
        return self._currency_after(figure, currency, at)

    def _means_cents(self, word: str, at: int) -> bool:
        return word not in {"c", "p"} or self._glued(at)

    def _currency_after(self, figure: Figure, currency: str | None, at: int) -> tuple[Figure, int]:
        raw, following = self.raw(at), self.raw(at + 1)
        if raw is None:
            return _priced(figure, currency), at
        if following is not None:
            code = money.code_of(f"{raw.low} {following.low}")
            if code is not None:
                return _priced(figure, currency or code), at + 2
        code = money.code_of(raw.low)
        is_sign = raw.text in {"$", "£", "€"}
        belongs_to_next = is_sign and self._glued(at + 1) and following is not None and following.group == "number"
        if code is None or raw.low in money.CENTS or belongs_to_next or self._is_code_of_next(at):
            return _priced(figure, currency), at
        return _priced(figure, currency or code), at + 1

    def _is_code_of_next(self, at: int) -> bool:
        """ "3 KES 500": a code before a number belongs to that number."""
        raw, following = self.raws[at], self.raw(at + 1)
        return raw.group == "currency" and following is not None and following.group == "number"


def _number_before(raw: _Raw | None) -> bool:
    return raw is not None and (raw.group == "number" or raw.low in english_numbers.VALUES or raw.low in {"a", "per"})


def _may_touch(typed: str) -> bool:
    """Words that people write right behind a number: "14hrs", "2x", "50c", "5kg", "60pm"; "3D" is a name."""
    word = typed.lower()
    return not (len(typed) == 1 and typed.isupper()) and (
        word in units.ALIASES
        or word in units.ADVERBS
        or word in money.CENTS
        or money.code_of(word) is not None
        or word in {"x", "ea", "each", "percent"}
    )


def _continental(figure: Figure, typed: str) -> Figure:
    """ "1.250 €": with this currency a point before exactly three digits groups thousands."""
    if figure.currency != "EUR" or not _CONTINENTAL.search(typed) or figure.value >= _MULTIPLIERS["k"]:
        return figure
    return replace(figure, value=figure.value * _MULTIPLIERS["k"])


def _priced(figure: Figure, currency: str | None) -> Figure:
    return figure if currency is None else replace(figure, currency=currency, plain=False)


def parts_cells(before: Piece | None, slash: Piece, after: Piece | None) -> bool:
    """ "mattresses / 48 / 4,750": a slash with room on both sides, before a figure; "$50 / 1,000 words" is a price."""
    if slash.text != "/" or before is None or after is None or after.figure is None:
        return False
    is_price = before.figure is not None and before.figure.currency is not None
    return not is_price and before.end < slash.start and slash.end < after.start


def first_figure(text: str) -> Figure | None:
    """The first figure in a phrase, with its currency."""
    return next((piece.figure for piece in split(text) if piece.figure is not None), None)
