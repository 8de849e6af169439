"""Discounts for paying early: they are not granted now and say nothing about the due date (section 5)."""

from __future__ import annotations

import re
from typing import Final

from ai_agent.drafting.rules.discounts import END, NOUN
from ai_agent.drafting.rules.patterns import AMOUNT, COUNT, PERCENT
from ai_agent.drafting.rules.windows import Place, matches, near, overlaps

_PAY: Final = r"(?:pa(?:y|ys|id|yment|ying)|settled?|settles|settlement|wanalipa|kulipa)"
_THEY_PAY: Final = r"(?:wakilipa|akilipa|ukilipa|mkilipa|wakilipia|watalipa|atalipa)"
_WHEN: Final = (
    rf"(?:{COUNT}\s*(?:days?|weeks?)|siku\s+{COUNT}|wiki\s+{COUNT}|early|promptly|on\s+time|upfront|"
    r"up\s+front|in\s+advance|mapema"
    r"|\w{2,12}day\b)"
)
_FIGURE: Final = rf"(?:{PERCENT}|{AMOUNT}){END}"
_OPTIONAL_WHEN: Final = rf"(?:[^,;\n]{{0,24}}?{_WHEN})?"
_LEAD: Final = r"(?:\b(?:less|with|give|offer|allow|take|an?|the|and|but|also|them|get|they|na|ya|la)\s+){0,4}"

_PATTERNS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2% off if they pay within 10 days
        rf"{_LEAD}{_FIGURE}(?:\s+(?:early[\s-]\w+\s+|prompt[\s-]\w+\s+)?(?:{NOUN}|off))?[^,;.\n]{{0,30}}?,?\s*"
        rf"\b(?:if|for|when|provided|as\s+long\s+as|should)\b[^,;\n]{{0,30}}?\b{_PAY}\b{_OPTIONAL_WHEN}",
        # punguzo la 2% wakilipa ndani ya siku 10
        rf"(?:{NOUN}\s+(?:ya|la)\s+)?{_FIGURE}(?:\s+{NOUN})?\s*(?:kama\s+|iwapo\s+)?\b{_THEY_PAY}\b{_OPTIONAL_WHEN}",
        # if they pay within 10 days they get 2% off
        rf"\b(?:if|when|provided|should)\b[^,;\n]{{0,30}}?\b{_PAY}\b[^,;\n]{{0,24}}?{_WHEN}[^;\n]{{0,20}}?\s{_FIGURE}"
        rf"(?:\s+(?:{NOUN}|off))?",
        rf"\b{_THEY_PAY}\b[^;\n]{{0,24}}?{_WHEN}[^;\n]{{0,24}}?{_FIGURE}",
        # 2/10 net 30
        r"(?<!\d)\d{1,2}(?:\.\d+)?\s?%?\s*/\s*\d{1,2}\s*,?\s*(?=net\b|n/)",
        # early payment discount of 3% within 7 days; 3% early payment discount
        rf"\b(?:early|prompt)[\s-]{_PAY}\s+{NOUN}\s*(?:of|is|:|at)?\s*{_FIGURE}(?:[^;\n]{{0,20}}?{_WHEN})?",
        rf"{PERCENT}\s+(?:early|prompt)[\s-]{_PAY}\s+{NOUN}{_OPTIONAL_WHEN}",
    )
)
_TRIGGER: Final = re.compile(
    rf"\b(?:if|for|when|provided|should|early|prompt|net)\b|\bas\s+long\s+as\b|\b{_THEY_PAY}\b", re.IGNORECASE
)
_NEEDED: Final = re.compile(rf"\b(?:{_PAY}|{_THEY_PAY}|net|n/)\b", re.IGNORECASE)


def find(text: str) -> list[Place]:
    """Where the text offers a discount for early payment."""
    if _NEEDED.search(text) is None:
        return []
    found: list[Place] = []
    places = near(text, _TRIGGER)
    for pattern in _PATTERNS:
        for match in matches(pattern, text, places):
            if not overlaps(found, *match.span()):
                found.append(match.span())
    return found
