"""What staff take back while they type: "3 hours, sorry, 4 hours" bills four."""

from __future__ import annotations

import re
from typing import Final

from ai_agent.drafting.rules import money, units
from ai_agent.drafting.rules.patterns import COUNT
from ai_agent.drafting.rules.text import squeeze

_LOOK_BACK: Final = 60
_FIGURE: Final = rf"(?P<sign>[$£€]|\b(?:kes|kshs?|usd|gbp|eur)\.?)?\s?{COUNT}(?:k|m)?(?:\s?%|\b)"
_SORRY: Final = (
    r"(?:sorry|oops|whoops|wait|scratch\s+that|strike\s+that|correction|my\s+(?:mistake|bad)|i\s+mean(?:t)?|"
    r"or\s+rather|samahani|pole|yaani)\b"
)
_INSTEAD: Final = r"(?:make\s+(?:that|it)|actually|rather|better|nope|hapana|no(?!\.|\s+\w+\s+no\b))\b"
_TAKEN_BACK: Final = re.compile(
    rf"(?:[\s,;(-]|\.{{2,3}}|\band\b|\bor\b){{0,4}}\b(?:(?P<sorry>{_SORRY})|{_INSTEAD})"
    rf"(?:[\s,.:;-]{{1,3}}(?:{_SORRY}|{_INSTEAD}|it's\b|it\s+is\b|that's\b|is\b)){{0,4}}[\s,.:;-]{{1,3}}(?=[\w$£€])",
    re.IGNORECASE,
)
_OLD: Final = re.compile(rf"(?<![\w.,/-]){_FIGURE}(?:\s+(?P<unit>[^\W\d_]+))?$", re.IGNORECASE)
_NEW: Final = re.compile(rf"{_FIGURE}(?:\s+(?P<unit>[^\W\d_]+))?", re.IGNORECASE)


def settled(text: str) -> str:
    """The text with only the last of the figures that were put right in mid sentence."""
    out, at = "", 0
    for match in _TAKEN_BACK.finditer(text):
        floor = max(at, match.start() - _LOOK_BACK)
        old, new = _OLD.search(text[floor : match.start()]), _NEW.match(text, match.end())
        if old is None or new is None or not _replaces(old, new, sure=bool(match["sorry"])):
            continue
        out += text[at : floor + old.start()] + _kept_sign(old, new)
        at = match.end()
    return squeeze(out + text[at:])


def _replaces(old: re.Match[str], new: re.Match[str], *, sure: bool) -> bool:
    """Whether the second figure is of the kind of the first: hours for hours, a price for a price."""
    before, after = (units.canonical(match["unit"] or "") for match in (old, new))
    if before == after:
        return sure or bool(before) or (old["unit"] or "").lower() == (new["unit"] or "").lower() or not old["unit"]
    return sure and None in {before, after}


def _kept_sign(old: re.Match[str], new: re.Match[str]) -> str:
    follower = new["unit"] or ""
    counts = units.canonical(follower) is not None or money.code_of(follower) is not None
    return "" if new["sign"] or counts else old["sign"] or ""
