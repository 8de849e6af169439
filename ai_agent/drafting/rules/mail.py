"""What surrounds a request: greetings, mail headers, sign-offs and signatures. None of it is billable."""

from __future__ import annotations

import re
from typing import Final

from ai_agent.drafting.rules.text import squeeze

_HEADER: Final = re.compile(
    r"^(?:-\s)?(?:from|sent|to|cc|bcc|date|reply-to|attachments?|kutoka|kwenda|tarehe)\s*:[ \t].*$",
    re.IGNORECASE | re.MULTILINE,
)
_WROTE: Final = re.compile(r"^(?:-\s)?on\s.{4,120}\bwrote\s*:\s*$", re.IGNORECASE | re.MULTILINE)
_FORWARDED: Final = re.compile(
    r"^[-\s_=]*(?:begin\s+)?(?:original|forwarded)\s+message[-\s_=:]*$|^[-_=]{3,}\s*$|"
    r"\bsent\s+from\s+my\s+\w+",
    re.IGNORECASE | re.MULTILINE,
)
_PREFIX: Final = re.compile(r"(?:^|(?<=[\n\"']))\s*(?:(?:fwd?|re|aw|wg|subject|mada)\s*:\s*)+", re.IGNORECASE)
_CAPITAL: Final = r"(?-i:[A-Z][\w'.-]*)"
_GREETING: Final = re.compile(
    r"(?:^|(?<=[\n\"'.!?:]))\s*(?:hi|hello|hey|hallo|dear|greetings|good\s+(?:morning|afternoon|evening|"
    r"day)|hujambo|shikamoo|habari(?:\s+(?:za|ya)\s+\w+|\s+yako)"
    r"|(?:morning|afternoon|evening|jambo|mambo|salam[ua]?|habari|niaje|sasa)(?=\s*[,!.?-]|\s+(?:team|all|"
    r"everyone|guys|folks|there)\b))\b"
    r"(?:\s+(?:there|team|all|everyone|guys|folks|both|sir|madam|bwana|mama|dada|kaka|accounts?|"
    rf"finance)\b){{0,6}}(?:\s+{_CAPITAL}){{0,3}}?\s*(?:[,!.?\n;-]+|(?=\s[a-z])|$)",
    re.IGNORECASE,
)
_PLEASANTRY: Final = re.compile(
    r"(?:i\s+|we\s+)?(?:hope|trust|wish)\s+(?:you|this|all|everyone|your|that)\b[^.,!?\n;]*[.,!?;]?|"
    r"\b(?:thanks|thank\s+you|asante|shukrani)\s+(?:again\s+|so\s+much\s+|a\s+lot\s+)?(?:for|kwa)\b[^.!?\n\d$£€@]*[.!?\n]|"
    r"\bhow\s+(?:are|is|was)\s+(?:you|things|it|your|the)\b[^.!?\n]*[?!.]?"
    r"|\bnatumai\b[^.,!\n;]*[.,!;]?|\blong\s+time\s+no\s+\w+\b|\bhappy\s+(?:monday|tuesday|wednesday|"
    r"thursday|friday|new\s+year|holidays)\b",
    re.IGNORECASE,
)
_SIGN_OFF_WORDS: Final = (
    r"(?:(?:kind|best|warm|many|kindest|warmest|with)\s+){0,6}(?:regards|wishes)|rgds|thanks(?:\s+(?:so\s+much|"
    r"a\s+lot|in\s+advance|very\s+much|again|and\s+regards|all))?"
    r"|thank\s+you(?:\s+(?:so\s+much|very\s+much|in\s+advance|all))?|many\s+thanks|thx|cheers|ta|"
    r"yours\s+(?:sincerely|faithfully|truly)|sincerely|a?hsante(?:\s+sana(?:ni)?)?"
    r"|asante(?:\s+sana)?|shukrani|nashukuru|wako\s+mwaminifu|best"
)
_SIGN_OFF: Final = re.compile(
    rf"(?:^|(?<=[\s\"'.,;!?-]))(?:{_SIGN_OFF_WORDS})(?:\s*[,!.-]+|(?=\s*[\n\"']|\s*$)|"
    rf"(?=\s+[A-Z]))(?:\s*{_CAPITAL}){{0,3}}(?=\s*(?:[\"'\n,.;!)]|$))",
    re.IGNORECASE,
)
_SIGN_OFF_START: Final = re.compile(rf"^(?:{_SIGN_OFF_WORDS})\s*[,.!-]?\s*", re.IGNORECASE)
_WORK: Final = re.compile(
    r"\b(?:invoice|inv|bill|draft|charge|please|pls|due|pay|vat|discount|add|ankara|tengeneza|andaa)\b|"
    r"[$£€@]|\b\d+\s?(?:k|x|hrs?|hours?|days?)\b",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(
    r"@[\w.-]+\.\w|\bwww\.|https?:|\b(?:tel|mob|mobile|phone|cell|simu|p\.?o\.?\s+box)\b|"
    r"\+?\d[\d\s()-]{7,}\d",
    re.IGNORECASE,
)
_SIGNATURE_WORDS: Final = 7


def strip(text: str) -> str:
    """The text without greeting, mail headers, sign-off and signature. Sentences stay apart."""
    for pattern in (_HEADER, _WROTE, _FORWARDED):
        text = squeeze(pattern.sub("", text))
    text = _PREFIX.sub(" ", text)
    text = _PLEASANTRY.sub(" ", text)
    text = _GREETING.sub(" ", text)
    text = _without_signature(text)
    return _SIGN_OFF.sub(". ", text).strip()


def _without_signature(text: str) -> str:
    """Drops the short lines below a sign-off, up to the first that asks for work."""
    kept: list[str] = []
    below = False
    for line in text.split("\n"):
        rest = _SIGN_OFF_START.sub("", line)
        if below and (not line.strip() or _is_signature(line)):
            continue
        below = rest != line and (not rest.strip() or _is_signature(rest))
        kept.append(line)
    return "\n".join(kept)


def _is_signature(line: str) -> bool:
    if _CONTACT.search(line) and not re.search(r"[$£€]|@\s*\d", line):
        return True
    short = len(line.split()) <= _SIGNATURE_WORDS
    return short and _WORK.search(line) is None and re.search(r"\d", line) is None and line[:1] != "-"
