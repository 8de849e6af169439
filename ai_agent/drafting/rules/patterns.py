"""Pieces of patterns that several rules share. All are free of nested repetition, so they run in linear time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ai_agent.drafting.rules import english_numbers, money, swahili_numbers


def any_of(words: Iterable[str]) -> str:
    """An alternation, longest first, where a space stands for any run of spaces and line ends."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(word.replace(" ", r"\s+") for word in ordered) + ")"


DIGITS: Final = r"(?:\d{1,3}(?: \d{3}){1,4}(?!\d)|\d{1,15})(?:[.,']\d{1,15}){0,4}"
_WORD: Final = any_of(
    [
        *english_numbers.VALUES,
        *english_numbers.SCALES,
        *swahili_numbers.VALUES,
        *swahili_numbers.SCALES,
        "hundred",
        "dozen",
        "half",
        "nusu",
        "dazeni",
    ]
)
SPELLED: Final = rf"(?:\b(?:an?\s+)?{_WORD}\b(?:[\s-]+(?:(?:and|na)\s+)?(?:a\s+)?{_WORD}\b){{0,6}})"
COUNT: Final = rf"(?:{DIGITS}|{SPELLED})"
PERCENT_SIGN: Final = r"(?:%|\bper\s?cent\b|\bpct\b)"
PERCENT: Final = rf"(?:{DIGITS}\s?{PERCENT_SIGN}|\basilimia\s+{COUNT}|{SPELLED}\s+{PERCENT_SIGN})"

_CURRENCY_BEFORE: Final = rf"(?:{money.BEFORE}\s?)"
_CURRENCY_AFTER: Final = rf"(?:\s?{money.AFTER})"
AMOUNT: Final = (
    rf"(?:{_CURRENCY_BEFORE}?{DIGITS}(?:\s?(?:k|m|thousand|million|grand)\b)?{_CURRENCY_AFTER}?"
    rf"|{_CURRENCY_BEFORE}?{SPELLED}{_CURRENCY_AFTER}?)"
)
# Tax as a charge, not the trade of those who sell advice about it.
TAX: Final = (
    r"(?:\bv\.a\.t\.?|\bvat\b|\b(?:sales\s+)?tax(?:es)?\b|\bgst\b|\bkodi\b|\bushuru\b|\bmwst\b)"
    r"(?!\s+(?:returns?|registration|advice|advisory|filing|consult\w*|compliance|audits?|planning|training|"
    r"prep\w*|agents?|refunds?"
    "|reclaim|numbers?|pin|software|course|workshop|review|accounting|services?|computation|certificate|"
    r"advisor|lawyer|specialist)\b)"
)

# Between two words of one phrase: spaces, and the commas or colons that people put there.
GAP: Final = r"[\s,:-]+"
