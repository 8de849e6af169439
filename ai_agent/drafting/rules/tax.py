"""What a request says about tax (section 6 of the drafting rules)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ai_agent.drafting.rules.numbers import LITERAL, literal_value, read_words
from ai_agent.drafting.rules.patterns import PERCENT, PERCENT_SIGN, TAX
from ai_agent.drafting.rules.windows import matches, near


class TaxSaying(StrEnum):
    """What one phrase about tax means."""

    NONE = "none"
    ADDED = "added"
    INCLUDED = "included"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class TaxReading:
    """All phrases together: whether tax is added, included or absent, and a rate that was said."""

    saying: TaxSaying
    percent: Decimal | None = None


_AT: Final = rf"(?:(?:\s+rate)?\s*(?:at|of|@|is|:|=|ya|\()?\s*(?:the\s+(?:rate\s+of\s+)?)?{PERCENT}\)?)"
_P: Final = rf"(?:{PERCENT}\s+(?:ya\s+)?)"
_THE: Final = r"(?:the\s+|any\s+|all\s+|of\s+|usual\s+|standard\s+|applicable\s+|local\s+){0,6}"
_NOUN: Final = rf"{_THE}{_P}?{TAX}{_AT}?"
_BARE: Final = rf"{_THE}{TAX}"
_INCLUDED: Final = r"incl?(?:usive|uding|udes?|uded)?\b\.?"
_VERB: Final = r"(?:charge|add|apply|include|put|bill|levy)"

_NONE: Final = (
    r"\b(?:no|without|zero|nil|minus|not?\s+liable\s+(?:to|for)|not\s+subject\s+to|free\s+of|"
    rf"exempt(?:ed)?\s+from)\s+(?:charge\s+of\s+)?{_BARE}"
    r"(?:\s+(?:on\s+(?:this(?:\s+one)?|it|these|top)|applies|applicable|needed|please|pls|this\s+time|"
    r"to\s+be\s+(?:added|charged)|charged|due)){0,6}\b",
    r"\b(?:do\s+not|don'?t|dont|never|should\s+not|shouldn'?t|needn'?t|not\s+to|"
    rf"please\s+do\s+not)\s+{_VERB}\s+(?:them\s+|him\s+|her\s+)?{_BARE}",
    rf"\b(?:they|client|customer|he|she)\s+(?:do\s+not|don'?t|does\s+not|doesn'?t)\s+pay\s+{_BARE}",
    rf"{TAX}[\s-]*(?:is\s+|are\s+|was\s+)?(?:exempt(?:ed|ion)?|free|zero(?:[\s-]?rated)?|nil|"
    r"not\s+applicable|not\s+charged|does\s+not\s+apply"
    r"|doesn'?t\s+apply|n/a)\b",
    rf"(?:\bzero|\bsifuri|(?<![\d.,])0(?:\.0+)?)[\s-]*(?:{PERCENT_SIGN}|rate)?\s*{TAX}",
    rf"\bzero[\s-]?rate(?:d)?\b(?:\s+(?:for\s+)?{TAX})?",
    rf"\b(?:{TAX}\s+)?reverse[\s-]charge[d]?\b(?:\s+(?:applies|{TAX}))?",
    rf"\b(?:outside|out\s+of)\s+(?:the\s+)?scope(?:\s+of\s+{TAX})?",
    r"\b(?:fully\s+)?exempt(?:ed)?\b(?:\s+supply)?",
    r"\b(?:hakuna|bila(?:\s+ya)?|pasipo(?:\s+na)?|haina|hazina|isiyo\s+na|isiyokuwa\s+na|usiweke|usiongeze|"
    "usitoze|usijumuishe|hailipi|hawalipi"
    rf"|msamaha\s+wa|imesamehewa|wamesamehewa|hatozwi|isiwe\s+na)\s+{TAX}",
    rf"{TAX}\s+(?:hakuna|haipo|isiwekwe|isiongezwe|sifuri|haitozwi)\b",
)
_INCLUSIVE: Final = (
    rf"\b{_INCLUDED}\s*(?:of\s+)?{_NOUN}",
    rf"{_NOUN}[\s-]*(?:is\s+|are\s+|being\s+)?(?:already\s+)?(?:{_INCLUDED}|in\s+the\s+price|built\s+in|"
    r"imejumuishwa|ikiwemo|ikiwa\s+ndani"
    r"|imo\s+ndani|imo|ndani(?:\s+yake)?)(?:\s+(?:already|in\s+(?:the|that|this)\s+price))?",
    rf"\bwith\s+{_NOUN}\s+(?:already\s+)?in\b(?!\s+(?:\d|the|a))",
    rf"\b(?:ni\s+|ikiwa\s+)?pamoja\s+na\s+{_NOUN}",
    r"\b(?:ikijumuisha|inajumuisha|imejumuisha|yenye|ina|zina|inayojumuisha|ikiwa\s+na|tayari\s+ina|"
    rf"tayari\s+na)\s+{_NOUN}",
    r"\bgross\b(?!\s+(?:weight|margin|profit|tonnage|income|floor|sales|revenue|pay))",
    r"\binclusive\b(?!\s+of)",
    rf"\b(?:final|all[\s-]in)\s+price\s+(?:with|after)\s+{_BARE}",
)
_EXCLUSIVE: Final = (
    rf"\b(?:ex|excl?|excluding|exclusive|excludes?|before|net|net\s+of)\b\.?\s*(?:of\s+)?{_BARE}"
    r"(?:\s+(?:exclusive|excluded))?",
    rf"{TAX}[\s-]*(?:is\s+|are\s+)?(?:not\s+(?:yet\s+)?{_INCLUDED}|excl?(?:uded|usive)?\b\.?)",
    rf"\b(?:not|without)\s+(?:yet\s+)?(?:{_INCLUDED})\s*(?:of\s+)?{_BARE}",
    rf"\bkabla\s+ya\s+{_BARE}",
)
_ADDED: Final = (
    r"(?:\b(?:plus|and|with|please|pls|then|na|pamoja)\s+|\+\s*){0,6}\b(?:add(?:ing)?|charge|apply|levy|put|"
    "include|ongeza|weka|toza|jumlisha|ongezea)"
    rf"\s+(?:them\s+|on\s+|the\s+)?{_NOUN}(?:\s+(?:on\s+top|on\s+(?:it|this|that|everything|the\s+(?:lot|"
    r"total))|too|as\s+well|juu(?:\s+yake)?))?",
    rf"(?:\bplus|\+|&|\bwith|\band|\bna)\s*{_NOUN}(?:\s+(?:on\s+top|juu(?:\s+yake)?|too|as\s+well))?",
    rf"{_NOUN}\s+(?:is\s+|are\s+)?(?:on\s+top|extra|to\s+be\s+added|to\s+add|applies|applicable|iongezwe|"
    r"juu(?:\s+yake)?|should\s+be\s+(?:added|charged|applied)"
    r"|will\s+be\s+added)",
    rf"{TAX}\s+(?:(?:is|will|to|should|must|be)\s+){{0,2}}(?:charged|added|applied|chargeable)\b{_AT}?",
    rf"\bsubject\s+to\s+{_NOUN}",
    rf"\+\s*{TAX}",
)
_PERCENT_ONLY: Final = (
    rf"(?:\b(?:at|with)\s+)?{_P}{TAX}",
    rf"{TAX}{_AT}",
    rf"\b(?:asilimia)\s+\w+\s+(?:ya|za)\s+{TAX}",
)
_USUAL: Final = (
    rf"\b(?:usual|standard|normal|regular|the)\s+{TAX}(?:\s+(?:rules|rate|as\s+usual))?",
    rf"{TAX}\s+(?:as\s+(?:usual|normal|always)|kama\s+kawaida)",
)

_GROUPS: Final[tuple[tuple[TaxSaying, tuple[str, ...]], ...]] = (
    (TaxSaying.USUAL, _EXCLUSIVE),
    (TaxSaying.NONE, _NONE),
    (TaxSaying.INCLUDED, _INCLUSIVE),
    (TaxSaying.ADDED, _ADDED + _PERCENT_ONLY),
    (TaxSaying.USUAL, _USUAL),
)
_COMPILED: Final = tuple(
    (saying, tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)) for saying, patterns in _GROUPS
)
_TRIGGER: Final = re.compile(
    rf"{TAX}|\bzero[\s-]?rate|\breverse[\s-]charge|\bexempt|\bgross\b|\binclusive\b|\bscope\b", re.IGNORECASE
)
_PERCENT: Final = re.compile(PERCENT, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TaxPhrase:
    start: int
    end: int
    words: str
    saying: TaxSaying


def find(text: str) -> list[TaxPhrase]:
    """Every phrase about tax in the text, in order of place."""
    found: list[TaxPhrase] = []
    places = near(text, _TRIGGER)
    for saying, patterns in _COMPILED:
        for pattern in patterns:
            for match in matches(pattern, text, places):
                if not any(match.start() < other.end and other.start < match.end() for other in found):
                    found.append(TaxPhrase(match.start(), match.end(), match[0].strip(), saying))
    return sorted(found, key=lambda phrase: phrase.start)


def percent_in(words: str) -> Decimal | None:
    """The percentage that a phrase says, in digits or in words."""
    match = _PERCENT.search(words)
    if match is None:
        return None
    literal = LITERAL.search(match[0])
    if literal:
        return literal_value(literal[0])
    spelled = [
        word for word in match[0].lower().split() if word not in {"asilimia", "percent", "per", "cent", "pct", "%"}
    ]
    reading = read_words(spelled)
    return reading[0] if reading else None


def read(phrases: Sequence[str]) -> TaxReading:
    """What the phrases say together: a said percentage wins, then "none", then "included", then "added"."""
    sayings: list[TaxSaying] = []
    percent: Decimal | None = None
    for words in phrases:
        found = find(words)
        sayings += [phrase.saying for phrase in found]
        if any(phrase.saying is not TaxSaying.NONE for phrase in found) and percent is None:
            percent = percent_in(words)
    if percent is not None and percent > 0:
        included = TaxSaying.INCLUDED in sayings
        return TaxReading(TaxSaying.INCLUDED if included else TaxSaying.ADDED, percent)
    for saying in (TaxSaying.NONE, TaxSaying.INCLUDED, TaxSaying.ADDED):
        if saying in sayings:
            return TaxReading(saying)
    return TaxReading(TaxSaying.NONE if percent == 0 else TaxSaying.USUAL)
