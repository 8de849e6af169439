"""Names and signs of currencies (section 8 of the drafting rules). Nothing is ever converted."""

from __future__ import annotations

import re
from typing import Final

from ai_agent.drafting.rules import english_numbers, swahili_numbers
from ai_agent.drafting.rules.wordsets import word_list

# Codes of the currencies that a request may name beside a figure, in capitals or not.
_CODES: Final = word_list(
    "USD GBP EUR KES TZS UGX RWF ETB NGN GHS ZAR INR JPY CNY AED CHF CAD AUD NZD SEK NOK DKK PLN KWD BHD"
)
_SIGNS: Final = {"$": "USD", "us$": "USD", "£": "GBP", "€": "EUR"}
_WORDS: Final[dict[str, str]] = {
    "usd": "USD", "dollar": "USD", "dollars": "USD", "us dollars": "USD", "buck": "USD", "bucks": "USD", "dola": "USD",
    "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "pounds sterling": "GBP", "sterling": "GBP", "quid": "GBP",
    "pauni": "GBP", "pence": "GBP",
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "yuro": "EUR",
    "kes": "KES", "ksh": "KES", "kshs": "KES", "sh": "KES", "shs": "KES", "bob": "KES", "shilling": "KES",
    "shillings": "KES", "shilingi": "KES", "kenya shillings": "KES", "kenyan shillings": "KES",
    "/=": "KES", "/-": "KES",
}  # fmt: skip
NAMES: Final[dict[str, str]] = {code.lower(): code for code in _CODES} | _SIGNS | _WORDS
CENTS: Final = frozenset({"cent", "cents", "c", "pence", "p", "senti"})

_BEFORE_WORDS: Final = (
    "us dollars|kenyan? shillings?|pounds sterling|shilingi|dola|pauni|yuro|kshs?|shs?|euros?|"
) + "|".join(code.lower() for code in _CODES)
_AFTER_WORDS: Final = (
    r"us\s+dollars|dollars?|bucks?|pounds(?:\s+sterling)?|sterling|quid|euros?|kenyan?\s+shillings?|"
    "shillings?|shilingi|bob"
    r"|kshs?|shs?|" + "|".join(code.lower() for code in _CODES)
)
# Beside a figure: "KES 15,000", "Ksh.5000", "$40", "shilingi elfu kumi"; "85 quid", "15,000/=", "640 €".
BEFORE: Final = rf"(?:us\$|[$£€]|\b(?:{_BEFORE_WORDS})\b\.?)".replace(" ", r"\s+")
AFTER: Final = rf"(?:/=|/-(?!\d)|[$£€]|\b(?:{_AFTER_WORDS})\b)"

# A currency named away from any figure: "bill it in dollars", "invoice in KES", "all amounts in GBP".
_NUMBER_WORDS: Final = "|".join([*english_numbers.VALUES, *swahili_numbers.VALUES, *swahili_numbers.SCALES])
_STANDING: Final = re.compile(
    rf"\b(?:in|prices?\s+in|kwa)\s+({_AFTER_WORDS}|dola|pauni|yuro)\b(?!\s*(?:\d|(?:{_NUMBER_WORDS})\b))"
    rf"|\(\s*({'|'.join(_CODES).lower()})\s*\)|\bcurrency\s*(?:is|:)?\s*({_AFTER_WORDS})\b",
    re.IGNORECASE,
)


def code_of(name: str) -> str | None:
    """The ISO code of a sign, code or word: "$" USD, "bob" KES, "quid" GBP."""
    key = " ".join(name.lower().split())
    return NAMES.get(key) or NAMES.get(key.rstrip("."))


def find_standing(text: str) -> re.Match[str] | None:
    """The first currency that is named without a figure beside it."""
    return _STANDING.search(text)


def standing_code(match: re.Match[str]) -> str | None:
    name = next(group for group in match.groups() if group)
    return code_of(name)
