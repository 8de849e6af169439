"""The customer's own name in a request: it says who is billed, never what."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ai_agent.drafting.rules.text import squeeze
from ai_agent.drafting.rules.wordsets import word_set

MARK: Final = "§"
_LEGAL: Final = word_set("ltd limited inc llc plc gmbh co company corp corporation sa ag bv llp pty group")
_MIN_FIRST: Final = 4
_MIN_INITIALS: Final = 3
_BEFORE: Final = (
    r"(?:\b(?:send|give|get|draft|prepare|create|raise|make|do|generate|e-?mail|bill|billing|invoice|invoicing|charge|for|to|client|customer|kwa|ya|wa|"
    "mteja|from|at|with|"
    r"inv)\s+|(?:^|(?<=[\n.:;]))\s*)"
)
_AFTER: Final = (
    r"(?=\s*(?:$|[,.:;\n!?)-]|'s\b|\bfor\b|\bwith\b|\binvoice\b|\binv\b|\bplease\b|\bpls\b|\bya\b|\bkwa\b|"
    r"\bthe\b|\bto\b|\bwhen\b|\bbefore\b|\bby\b|\basap\b|\btoday\b|\btomorrow\b|\bagain\b|\bre\b|"
    r"\bcovering\b|\bon\b|\bas\b|\bin\b|\bfrom\b|\band\b|\bbecause\b|\bthis\b|\bnow\b|"
    r"\bminus\b|\bplus\b|\bless\b|\bbut\b|\bwithout\b|\bexcept\b|\bthen\b|\bat\b|@|\+|"
    r"\bhas\b|\bhave\b|\bneeds?\b|\bcalled\b|\basked\b|\bordered\b|\bsays?\b|\bsaid\b|"
    r"\bconfirmed\b|\brang\b|\bemailed\b|\bame\w+|\bwame\w+|\bwanahitaji\b|\bwanataka\b|\banahitaji\b|"
    r"\banataka\b|\bwants?\b|\b\d|[$£€]))"
)


@lru_cache(maxsize=256)
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    words = [word for word in re.findall(r"[^\W_]+(?:'[^\W_]+)?", name.lower()) if word != "and"]
    own = [word for word in words if word not in _LEGAL] or words
    if not own:
        return ()
    tail = "".join(rf"(?:[\s,.&-]+(?:and\s+)?{re.escape(word)}\b\.?)?" for word in words[len(own) :])
    patterns = []
    for length in range(len(own), 1, -1):
        joined = r"[\s,.&-]+(?:and\s+)?".join(re.escape(word) for word in own[:length])
        patterns.append(rf"\b{joined}\b(?:{tail})(?:'s\b|'(?=\s))?")
    first = re.escape(own[0])
    if len(own[0]) >= _MIN_FIRST or len(own) == 1:
        legal = r"(?:\s+(?:ltd|limited|inc|llc|plc|gmbh)\b\.?)?"
        patterns.append(rf"(?P<before>{_BEFORE}){first}\b{legal}(?:'s\b)?{_AFTER}")
        patterns.append(
            r"(?P<before>(?:^|(?<=[\n.;])|\b(?:bill|invoice|"
            rf"charge)\s)\s*)(?-i:{first.capitalize()})\b(?:'s\b)?(?=\s+[a-z])"
        )
    initials = "".join(word[0] for word in own)
    if len(initials) >= _MIN_INITIALS:
        patterns.append(rf"\b(?-i:{re.escape(initials.upper())})\b")
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def mark(text: str, name: str, customer_id: str) -> str:
    """The text with the customer's name, the beginnings of it and customer numbers replaced by a mark."""
    text = re.sub(r"\b(?:customer\s+|client\s+)?CUST-?\d+\b", f" {MARK} ", text, flags=re.IGNORECASE)
    if customer_id:
        text = re.sub(rf"(?<!\w){re.escape(customer_id)}(?!\w)", f" {MARK} ", text, flags=re.IGNORECASE)
    for pattern in _patterns(name[:200]):
        text = squeeze(pattern.sub(_marked, text))
    return text


def _marked(match: re.Match[str]) -> str:
    before = match.groupdict().get("before") or ""
    return f"{before}{MARK} "
