"""Discounts in words: percentages, amounts and free periods (section 5 of the drafting rules)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.patterns import AMOUNT, COUNT, PERCENT
from ai_agent.drafting.rules.pieces import first_figure
from ai_agent.drafting.rules.tax import percent_in
from ai_agent.drafting.rules.windows import matches, near, overlaps
from ai_agent.drafting.rules.words import significant
from ai_agent.drafting.rules.wordsets import word_set


class DiscountKind(StrEnum):
    PERCENT = "percent"
    AMOUNT = "amount"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class DiscountReading:
    """One discount: a percentage, an amount, or so many free units. `target` names a line, "" is all of them."""

    kind: DiscountKind
    value: Decimal
    words: str
    target: str = ""
    unit: str = ""
    each: bool = False


@dataclass(frozen=True, slots=True)
class DiscountPhrase:
    start: int
    end: int
    words: str


NOUN: Final = r"(?:discounts?|rebate|reduction|punguzo|markdown|concession|price\s+cut)"
END: Final = r"(?!\d|[.,]\d)"
_VERB: Final = (
    r"(?:less|minus|deduct(?:ing)?|subtract(?:ing)?|knock(?:ing)?\s+off|tak(?:e|ing)\s+off|shave\s+off"
    r"|discount(?:ed)?\s+by|punguza|toa|ondoa)"
)
_GIVE: Final = r"\b(?:knock|take|shave|get|give\s+(?:them|him|her))"
_BETWEEN: Final = r"(?:\s+(?:another|a\s+further|an?|the|extra|further|special)){0,3}\s*"
_PERIOD: Final = r"(?:hours?|days?|weeks?|months?|quarters?|years?|sessions?|mwezi|miezi|wiki|siku)"
_FREE: Final = (
    r"(?:for\s+free|free(?:\s+of\s+charge)?|on\s+us|on\s+the\s+house|at\s+no\s+(?:charge|cost)|no\s+charge"
    r"|gratis|waived|bure|bila\s+malipo)\b(?!\s+(?:range|lance|standing|form|style))"
)
# Which line the discount is on, up to the end of the clause.
_TARGET: Final = (
    r"(?P<target>[^,;:.\n()\d%$£€@+]{2,60}?)(?:\s+only\b|\s+line\b)?"
    r"(?=\s*(?:[,;:.\n()!]|$|\band\b|\bplus\b|\+|-\s))"
)
_THE: Final = r"(?:the\s+|all\s+(?:the\s+)?)?"
_ON: Final = rf"(?:\s+(?:only\s+)?(?:on|from|off|for|to|kwa|kwenye|ya)\s+{_THE}{_TARGET})?"
_OFF: Final = (
    r"\s+off\b(?!-)(?P<each>\s+(?:each|per\s+\w+))?(?:\s+(?:only\s+)?(?:on\s+|from\s+|"
    rf"for\s+)?{_THE}{_TARGET})?"
)
_EACH: Final = r"(?P<each>\s+(?:each|per\s+\w+))?"
_OF: Final = r"\s*(?:rate\s+)?(?:of|at|is|by|:|=|ya|la|ni|\()?\s*"
_QUALITY: Final = r"(?:\s+(?!off\b|on\b|of\b)[a-z][\w'-]*){0,3}?"
_PERCENT: Final = rf"(?P<percent>{PERCENT})"
_AMOUNT: Final = rf"(?P<amount>{AMOUNT}){END}"
# less the £500 deposit already paid
_PREPAID: Final = (
    r"(?P<tail>\s+(?:deposit|advance|prepayment|down\s?payment|retainer|payment)(?:\s+(?:which\s+|"
    r"that\s+)?(?:they\s+|was\s+|has\s+been\s+)?"
    r"(?:already\s+)?(?:paid|received|made))?)\b"
)
_ORDINAL: Final = r"\b(?:first|last|final|initial)\s+"

_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 10% off the engine service only; 5% loyalty discount on everything; discount 10%; less 10%
        rf"{_PERCENT}{_OFF}",
        rf"{_PERCENT}{_QUALITY}\s+{NOUN}\b{_ON}",
        rf"\b{NOUN}{_OF}{_PERCENT}\)?{_ON}",
        rf"\b{_VERB}{_BETWEEN}{_PERCENT}(?:\s+(?:off|{NOUN}))?{_ON}",
        # a quarter off, half price
        rf"\b{_VERB}\s+(?P<fraction>(?:an?|one)[\s-](?:half|third|quarter|fifth|tenth))\b(?!\s+(?:of|hour|day)){_ON}",
        r"(?P<fraction>(?<![\d/])1/[2345](?![\d/])|\bhalf|\bquarter|\bthird|\bfifth|\btenth|\bone[\s-](?:half|third|quarter|fifth)|\bnusu|\brobo)"
        rf"(?:{_OFF}|[\s-]price\b|\s+bei\b)",
        # first month free, 2 months free, free first month, mwezi wa kwanza bure
        rf"{_ORDINAL}(?P<free>{COUNT}\s+)?(?P<unit>{_PERIOD})\b\s*(?:is|are|being|at)?\s*{_FREE}",
        rf"(?P<free>{COUNT}|\ban?)\s+(?P<unit>{_PERIOD})\b\s*(?:is|are)?\s*{_FREE}",
        rf"\bfree\s+(?:first|last)\s+(?P<free>{COUNT}\s+)?(?P<unit>{_PERIOD})\b",
        rf"\b(?P<unit>mwezi|wiki|siku)\s+(?:wa|ya)\s+(?:kwanza|mwisho)\s+(?:ni\s+|iwe\s+)?{_FREE}",
        # knock off £150, take 20 off, less 2k, punguzo la 2,000, £50 off, $20 off each
        rf"{_GIVE}\s+{_AMOUNT}{_OFF}",
        rf"\b{_VERB}{_BETWEEN}{_AMOUNT}{_PREPAID}",
        rf"\b{_VERB}{_BETWEEN}{_AMOUNT}(?P<tail>{_QUALITY}\s+{NOUN})?{_EACH}{_ON}",
        rf"\b{NOUN}{_OF}{_AMOUNT}{_EACH}{_ON}",
        rf"{_AMOUNT}{_OFF}",
        rf"{_AMOUNT}(?P<tail>{_QUALITY}\s+{NOUN}\b){_ON}",
        # a bare minus: 85,000 -10%
        rf"(?<=[\s(])-\s?{_PERCENT}",
        # a discount without a figure: it is read to be asked about
        rf"\b{NOUN}\b(?:\s+(?:applies|as\s+(?:usual|agreed|discussed|always|before)))?(?=\s*(?:[,;.\n)!]|$))",
    )
)
_TRIGGER: Final = re.compile(
    rf"\boff\b|\b{NOUN}\b|\b{_VERB}\b|\bfree\b|\bon\s+(?:us|the\s+house)\b|\bno\s+(?:charge|cost)\b|"
    r"\bgratis\b|\bwaived\b|\bbure\b"
    r"|\bbila\s+malipo\b|[\s-]price\b|\bbei\b|-\s?\d",
    re.IGNORECASE,
)
# Words before a discount that go with it: "apply a 5% ...", "give them an extra ...", "loyalty discount".
_LEADING: Final = re.compile(
    r"(?:(?:\b(?:less|minus|with|apply|applying|give|giving|offer|offering|grant|allow|take|deduct|include|"
    "including|and|but|then|also"
    r"|please|pls|them|him|her|us|an?|the|of|another|further|extra|there\s+is|there's|they|gets?|knock|"
    "shave|weka|toa|wape|mpe"
    r"|tafadhali|na|loyalty|bulk|volume|special|early[\s-]bird|seasonal|festive|trade|friendly|staff|"
    "student|charity|ngo|repeat"
    r"|goodwill|multi-?year|long[\s-]term|introductory|promo\w{0,8}|holiday|welcome|non-?profit|one-?time|"
    "one-?off|standard|usual|agreed"
    "|small|additional|customer|client|christmas|xmas|launch|returning|mteja|apewe|wapewe|maalum|ya|la)|w/|"
    r"-)\s+){1,6}$",
    re.IGNORECASE,
)
_LEADING_LENGTH: Final = 60
_ALL: Final = re.compile(
    r"^(?:the\s+|this\s+|that\s+)?(?:everything|all(?:\s+of\s+(?:it|them|this))?|total|lot|whole\s+\w+|"
    r"entire\s+\w+|invoice|bill"
    r"|subtotal|sub-total|order|both|it|them|top|each|grand\s+total|full\s+amount|amount|jumla(?:\s+yote)?|"
    r"yote|zote|kila\s+kitu"
    r"|vyote|price|this|that)(?:\s+lines?)?$",
    re.IGNORECASE,
)
_DONE: Final = re.compile(
    r"\b(?:already|after|incl\w{0,8}|net\s+of|discounted|includes?|reflects?)\s+(?:[^\s,;]+\s+){0,2}$", re.IGNORECASE
)
_DONE_AFTER: Final = re.compile(r"\s*(?:has\s+(?:been\s+)?|is\s+)?already\b|\s*(?:is\s+)?included\b", re.IGNORECASE)
_MONEY_LIKE: Final = re.compile(r"[$£€,]|\d(?:k|m)\b|[a-z]", re.IGNORECASE)
_NEXT_WORD: Final = re.compile(r"\s+([^\W\d_][\w'-]*)")
_AFTER_AMOUNT: Final = word_set(
    "for as because since please pls on off from discount to and if but due thanks kwa asante only plus "
    "tafadhali payable net punguzo"
    " by"
)


def find(text: str) -> list[DiscountPhrase]:
    """Every discount that is granted now, in order of place. A price that is said to be discounted already is none."""
    found: list[DiscountPhrase] = []
    places = near(text, _TRIGGER)
    for pattern in _PATTERNS:
        for match in matches(pattern, text, places):
            taken = overlaps([(other.start, other.end) for other in found], *match.span())
            if taken or _is_done(text, match) or _takes_units(match, text):
                continue
            start, end = _start_of(match, text), _end_of(match, text)
            found.append(DiscountPhrase(start, end, text[start:end].strip()))
    return sorted(found, key=lambda phrase: phrase.start)


def _is_done(text: str, match: re.Match[str]) -> bool:
    """ "after 10% discount", "10% discount already applied"."""
    before = text[max(0, match.start() - _LEADING_LENGTH) : match.start()]
    return bool(_DONE.search(before) or _DONE_AFTER.match(text, match.end()))


def _start_of(match: re.Match[str], text: str) -> int:
    floor = max(0, match.start() - _LEADING_LENGTH)
    leading = _LEADING.search(text[floor : match.start()])
    return floor + leading.start() if leading else match.start()


def _takes_units(match: re.Match[str], text: str) -> bool:
    """ "less 2 hours" and "minus 3 banners" take units away from a line: they are no discount."""
    groups = match.groupdict()
    amount = groups.get("amount")
    if amount is None or groups.get("tail") or re.search(rf"\b(?:off|{NOUN})\b", match[0], re.IGNORECASE):
        return False
    following = _NEXT_WORD.match(text, match.end("amount"))
    if following is None:
        return False
    word = following[1].lower()
    if units.canonical(word) is not None:
        return True
    return word not in _AFTER_AMOUNT and _MONEY_LIKE.search(amount) is None


def _end_of(match: re.Match[str], text: str) -> int:
    """The end of the phrase. A target that the text names nowhere else is a line of its own, not part of the phrase."""
    target = match.groupdict().get("target")
    if not target or _ALL.match(target.strip()):
        return match.end()
    rest = text[: match.start()] + " " + text[match.end() :]
    if significant(target) & significant(rest):
        return match.end()
    return match.start("target")


# --- what a phrase grants ---------------------------------------------------------------------------------------

_FRACTIONS: Final = {
    "1/2": Decimal(50),
    "1/4": Decimal(25),
    "1/5": Decimal(20),
    "half": Decimal(50),
    "nusu": Decimal(50),
    "quarter": Decimal(25),
    "fifth": Decimal(20),
    "tenth": Decimal(10),
    "robo": Decimal(25),
}
_THIRD: Final = Decimal(100) / 3


def read(words: str) -> DiscountReading | None:
    """What one phrase grants; None where it names no figure."""
    for pattern in _PATTERNS:
        match = pattern.search(f" {words}")
        if match is None:
            continue
        reading = _reading(match)
        if reading is not None:
            return reading
    return None


def _reading(match: re.Match[str]) -> DiscountReading | None:
    groups = match.groupdict()
    target = _target(groups.get("target"))
    if groups.get("percent"):
        percent = percent_in(groups["percent"])
        return None if percent is None else DiscountReading(DiscountKind.PERCENT, percent, groups["percent"], target)
    if groups.get("fraction"):
        name = groups["fraction"].lower().replace("-", " ").split()[-1]
        return DiscountReading(DiscountKind.PERCENT, _FRACTIONS.get(name, _THIRD), groups["fraction"], target)
    if groups.get("unit"):
        count = _number(groups["free"]) if groups.get("free") else None
        unit = units.canonical(groups["unit"]) or units.UNIT
        return DiscountReading(DiscountKind.FREE, count or Decimal(1), match[0].strip(), target, unit=unit)
    if groups.get("amount"):
        amount = _number(groups["amount"])
        if amount is not None:
            each = bool(groups.get("each"))
            return DiscountReading(DiscountKind.AMOUNT, amount, groups["amount"].strip(), target, each=each)
    return None


def _number(words: str) -> Decimal | None:
    figure = first_figure(words)
    return None if figure is None or figure.vague else figure.value


def _target(words: str | None) -> str:
    cleaned = (words or "").strip()
    return "" if _ALL.match(cleaned) or not significant(cleaned) else cleaned
