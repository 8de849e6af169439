"""Figures: numbers with what belongs to them, such as sign, currency, "k", "/=" and per cent (section 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from ai_agent.drafting.rules import english_numbers, money, swahili_numbers, units
from ai_agent.drafting.rules.numbers import literal_value, read_words
from ai_agent.drafting.rules.tokens import Token, Tokens
from ai_agent.drafting.rules.wordsets import word_set

MAX_FIGURE_LENGTH: Final = 40
MULTIPLIERS: Final = {
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
_OPENERS: Final = frozenset({"¶", "@", "at", "for"})
_ONES: Final = word_set("this that the last each every same which new next old other another previous first")


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


class FigureReader:
    """Reads the figure that starts at a token."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    def read(self, start: int) -> tuple[Figure, int] | None:
        """The figure and the place after it; None where none starts."""
        sign, at = self._sign(start)
        percent, at = self._percent_before(at)
        currency, at = self._currency_before(at)
        if currency is not None and not sign:
            sign, at = self._inner_sign(at)
        number = self._number(at)
        if number is None:
            return None
        figure, at = number
        figure, at = self._after(figure, currency, at)
        figure = _continental(figure, self.tokens.typed(start, at))
        if sign:
            figure = replace(figure, value=-figure.value)
        return replace(figure, percent=figure.percent or percent), at

    def _sign(self, at: int) -> tuple[bool, int]:
        raw, before, follower = self.tokens.get(at), self.tokens.get(at - 1), self.tokens.get(at + 1)
        if raw is None or follower is None:
            return False, at
        opens_request = before is None or before.text in _OPENERS
        if (raw.low == "negative" or (raw.low == "minus" and opens_request)) and follower.group in {
            "number",
            "currency",
            "word",
        }:
            return (True, at + 1) if self._number(at + 1) or follower.group == "currency" else (False, at)
        opens = before is None or not self.tokens.glued(at) or before.text in "(@:$£€/"
        is_number = follower.group in {"number", "currency"} and self.tokens.glued(at + 1)
        return (True, at + 1) if raw.text == "-" and opens and is_number else (False, at)

    def _inner_sign(self, at: int) -> tuple[bool, int]:
        """ "$-50"."""
        raw = self.tokens.get(at)
        if raw is not None and raw.text == "-" and self.tokens.glued(at + 1):
            return True, at + 1
        return False, at

    def _percent_before(self, at: int) -> tuple[bool, int]:
        raw = self.tokens.get(at)
        if raw is not None and raw.low == "asilimia" and self._number(at + 1) is not None:
            return True, at + 1
        return False, at

    def _currency_before(self, at: int) -> tuple[str | None, int]:
        raw = self.tokens.get(at)
        if raw is None or raw.group not in {"currency", "word", "mark"}:
            return None, at
        pair = self.tokens.get(at + 1)
        if pair is not None and pair.group == "word" and (code := money.code_of(f"{raw.low} {pair.low}")):
            return (code, at + 2) if self._number_or_sign(at + 2) else (None, at)
        code = money.code_of(raw.low)
        if code is None or raw.low in money.CENTS or raw.low in {"quid", "bucks"} or raw.text == "Bob":
            return None, at
        skip = 1 if (dot := self.tokens.get(at + 1)) is not None and dot.text == "." and self._number(at + 2) else 0
        return (code, at + 1 + skip) if self._number_or_sign(at + 1 + skip) else (None, at)

    def _number_or_sign(self, at: int) -> bool:
        raw = self.tokens.get(at)
        if raw is not None and raw.text == "-" and self.tokens.glued(at + 1):
            at += 1
        return self._number(at) is not None

    def _number(self, at: int) -> tuple[Figure, int] | None:
        """A number in digits with its multiplier, or in words."""
        raw = self.tokens.get(at)
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
        raw = self.tokens.all[at]
        words = self.tokens.words_from(at)
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
        return Figure(value, spelled=True, plain=value < MULTIPLIERS["k"]), at + count

    def _is_name(self, at: int, count: int) -> bool:
        """ "Mia" and "Sita" at a capital are people; "the last one" and "one of" are no counts."""
        raw, before, after = self.tokens.all[at], self.tokens.get(at - 1), self.tokens.get(at + count)
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
        raw, follower = self.tokens.all[at], self.tokens.get(at + 1)
        value = literal_value(raw.text)
        grouped = any(mark in raw.text for mark in ", .")
        if follower is not None and follower.group == "part" and not grouped:
            return Figure(value + _FRACTIONS[follower.text]), at + 2
        figure = Figure(value, plain=not grouped)
        if follower is None or follower.group not in {"word", "slash_unit"}:
            return figure, at + 1
        if self.tokens.glued(at + 1):
            return self._digits_with(figure, follower, at)
        scale = MULTIPLIERS.get(follower.low) if follower.low not in _GLUED_ONLY else None
        return (replace(figure, value=value * scale, plain=False), at + 2) if scale else (figure, at + 1)

    def _digits_with(self, figure: Figure, tail: Token, at: int) -> tuple[Figure, int] | None:
        """Digits with letters that touch them: "85k", "14hrs"; "3D", "5th" and "2m fence panels" are names."""
        scale = MULTIPLIERS.get(tail.low)
        is_length = tail.low in _GLUED_ONLY and self._names_thing(at + 2) and not self._is_money(at)
        if scale is not None and not is_length:
            return replace(figure, value=figure.value * scale, plain=False), at + 2
        if scale is None and _may_touch(tail.text):
            return replace(figure, glued=True), at + 1
        return None

    def _is_money(self, at: int) -> bool:
        before = self.tokens.get(at - 1)
        return before is not None and money.code_of(before.low) is not None

    def _names_thing(self, at: int) -> bool:
        raw = self.tokens.get(at)
        return (
            raw is not None
            and raw.group == "word"
            and raw.low not in _AFTER_MILLIONS
            and money.code_of(raw.low) is None
        )

    def _after(self, figure: Figure, currency: str | None, at: int) -> tuple[Figure, int]:
        """What follows the number: "/=", a currency, cents, per cent."""
        raw, following = self.tokens.get(at), self.tokens.get(at + 1)
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
        return word not in {"c", "p"} or self.tokens.glued(at)

    def _currency_after(self, figure: Figure, currency: str | None, at: int) -> tuple[Figure, int]:
        raw, following = self.tokens.get(at), self.tokens.get(at + 1)
        if raw is None:
            return _priced(figure, currency), at
        if following is not None:
            code = money.code_of(f"{raw.low} {following.low}")
            if code is not None:
                return _priced(figure, currency or code), at + 2
        code = money.code_of(raw.low)
        is_sign = raw.text in {"$", "£", "€"}
        belongs_to_next = (
            is_sign and self.tokens.glued(at + 1) and following is not None and following.group == "number"
        )
        if code is None or raw.low in money.CENTS or belongs_to_next or self._is_code_of_next(at):
            return _priced(figure, currency), at
        return _priced(figure, currency or code), at + 1

    def _is_code_of_next(self, at: int) -> bool:
        """ "3 KES 500": a code before a number belongs to that number."""
        raw, following = self.tokens.all[at], self.tokens.get(at + 1)
        return raw.group == "currency" and following is not None and following.group == "number"


def _number_before(raw: Token | None) -> bool:
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
    if figure.currency != "EUR" or not _CONTINENTAL.search(typed) or figure.value >= MULTIPLIERS["k"]:
        return figure
    return replace(figure, value=figure.value * MULTIPLIERS["k"])


def _priced(figure: Figure, currency: str | None) -> Figure:
    return figure if currency is None else replace(figure, currency=currency, plain=False)
