"""Repeating an earlier invoice: the words that ask for it (section 9 of the drafting rules)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ai_agent.drafting.rules import dates

_DOCUMENT: Final = r"(?:invoice|bill|one|order|items?|lines?|charges|ankara|bili)"
_LAST: Final = (
    r"(?:the\s+|our\s+|their\s+)?(?:last|previous|prior|latest|past)\s+(?:month|time|week|quarter|year|"
    rf"invoice|one|bill|order|period|round)(?:'s)?(?:\s+{_DOCUMENT})?"
)
_MONTH: Final = rf"(?:the\s+|in\s+|mwezi\s+wa\s+){{0,6}}{dates.MONTH}(?:'s)?(?:\s+{_DOCUMENT})?"
_SWAHILI_LAST: Final = (
    r"(?:mwezi\s+(?:uliopita|jana|uliyopita)|wiki\s+(?:iliyopita|jana)|mwaka\s+(?:uliopita|jana)|"
    r"mara\s+(?:ya\s+mwisho|iliyopita)|awali|mwanzo|kawaida|zamani|iliyopita|ya\s+mwisho)"
)
_NOT_PRICE: Final = "(?<!rate )(?<!rates )(?<!price )(?<!prices )(?<!pricing )(?<!fee )(?<!terms )(?<!hours )(?<!bei )"


def _patterns(codes: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    code = "|".join(re.escape(number) for number in codes if number) or r"(?!)"
    which = (
        rf"(?:{_LAST}|before|always|usual|ever|{_MONTH}|(?:{_DOCUMENT}\s+)?(?:number\s+|"
        rf"no\.?\s+)?(?:{code})\b|yesterday)"
    )
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            r"\b(?:exact(?:ly)?\s+|just\s+|all\s+|do\s+){0,6}(?:the\s+)?same\s+(?:(?:exact|thing|things|again|"
            r"invoice|items?|lines?|bill|order|stuff|work|services?|amounts?|everything|charges|one)\s+){0,6}"
            rf"(?:as|like|from)\s+(?:(?:in|on|for|with|per|we|you|did|billed|invoiced|sent|was)\s+){{0,6}}{which}",
            r"\b(?:the\s+)?same\s+(?:thing\s+)?again\b|\b(?:the\s+)?same\s+(?:thing|please|pls)\b|(?:^|"
            r"(?<=[:,;.\n]))\s*(?:the\s+)?same(?=\s*(?:[,.;\n]|$|\bbut\b|\bfor\b|\bplus\b|\bwith\b|\+))",
            rf"{_NOT_PRICE}\b(?:exactly\s+|just\s+)?(?:as|like)\s+(?:(?:in|on|for|with|per|we|did|"
            rf"billed)\s+){{0,6}}(?:{_LAST}|before\b|{_MONTH}|(?:{_DOCUMENT}\s+)?(?:{code})\b)",
            r"\b(?:repeat|repeating|duplicate|copy|clone|reissue|re-issue|redo|rerun|re-run|roll\s+over|"
            r"replicate|reuse|re-use)\s+(?:of\s+)?(?:the\s+|their\s+|our\s+|that\s+|what\s+we\s+(?:billed|"
            r"sent)\s+){0,6}"
            rf"(?:{_LAST}|{_MONTH}|(?:{_DOCUMENT}\s+)?(?:{code})\b|{_DOCUMENT})(?:\s+again)?",
            r"\b(?:sawa\s+na|sawasawa\s+na|kama|ile\s+ile|zile\s+zile|yale\s+yale|vile\s+vile(?:\s+kama)?|"
            r"rudia|nakili|fuata)\s+(?:(?:ile|zile|ankara|invoice|bili|ya|za|wa|"
            rf"yale)\s+){{0,6}}(?:{_SWAHILI_LAST}\b|{_MONTH}|{_LAST})",
            r"\b(?:ile\s+ile|zile\s+zile|yale\s+yale|vile\s+vile)(?:\s+(?:tena|ya\s+kawaida))?(?=\s*(?:[,.;\n]|$))",
        )
    )


_MONTHS_INVOICE: Final = re.compile(
    rf"\b(?:the\s+)?(?P<month>{dates.MONTH})'s\s+{_DOCUMENT}(?:\s+again)?|"
    rf"\bankara\s+ya\s+(?:mwezi\s+wa\s+)?(?P<mwezi>{dates.MONTH})(?:\s+tena)?",
    re.IGNORECASE,
)
_USUAL: Final = re.compile(
    r"\b(?:the\s+|their\s+)?(?:normal|regular|standard|usual)\s+(?:monthly\s+|weekly\s+)?(?:invoice|bill)\b|"
    r"\b(?:the\s+|their\s+)?usual\b(?!\s+(?:rates?|prices?|terms|fee|vat|tax|discount))(?:\s+(?:invoice|"
    r"bill|stuff|items?|things?|order|lot|monthly\s+invoice)\b)?"
    r"(?=\s*(?:$|[^\w\s]|(?:please|pls|for|but|to|plus|with|without|except|tafadhali|today|again|this|asap)\b))"
    r"|\bas\s+(?:usual|always)\b",
    re.IGNORECASE,
)
_USUAL_EDITED: Final = re.compile(
    r"\b(?:the\s+|their\s+)?(?:normal|regular|standard|usual)\s+(?:(?:monthly|weekly)\s+)?(?:invoice|bill|order|lot|stuff)"
    r"\b(?=[\s,:;-]*(?:but|except|plus|with|without|minus|less)\b)",
    re.IGNORECASE,
)


def find(text: str, invoices: Sequence[tuple[str, int]]) -> tuple[int, int] | None:
    """Where the text asks to repeat an invoice. `invoices` are the numbers and months of the earlier ones.

    "July's invoice" asks so only where one was issued in July; "the usual" only in a request without figures.
    """
    for pattern in _patterns([number for number, _ in invoices]):
        match = pattern.search(text)
        if match is not None:
            return match.span()
    match = _MONTHS_INVOICE.search(text)
    if match is not None and dates.month_number(match["month"] or match["mwezi"]) in {month for _, month in invoices}:
        return match.span()
    usual = _USUAL.search(text)
    if usual is not None and not re.search(r"\d", text):
        return usual.span()
    edited = _USUAL_EDITED.search(text) if invoices else None
    return edited.span() if edited is not None else None


def month_of(words: str) -> int | None:
    """The month that the words name."""
    match = re.search(rf"\b(?:{dates.MONTH})", words, re.IGNORECASE)
    return dates.month_number(match[0]) if match else None
