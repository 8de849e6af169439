"""Words that name a thing: what two descriptions must share to speak of the same item (section 9)."""

from __future__ import annotations

import re
from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.wordsets import word_set

_MIN_LENGTH: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\w*\d\w*")
# "Wi-Fi", "x-ray", "follow-up": a part is too short to be a word of its own, so the whole is one too.
_SHORT_COMPOUND: Final = re.compile(r"\b(?:[^\W\d_]{1,2}-[^\W\d_]+|[^\W\d_]+-[^\W\d_]{1,2})\b")

# Words that connect, and words that every trade uses for everything it bills.
_CONNECTING: Final = word_set(
    "a an the and or of for to in on at by with from per each this that these those it its our their your "
    "his her my we they"
    " is are was were be been as but if then than so not no any all some more extra additional another "
    "other new plus also only"
    " just both into over under up out off one two ya wa na kwa za la cha vya ni kila hii hiyo huu huo "
    "katika pia tu zaidi moja"
    " mbili yake yao wao yetu zetu"
)
_GENERIC: Final = word_set(
    "service services fee fees charge charges cost costs price prices rate rates work works item items "
    "line lines usual same total"
    " amount amounts invoice invoices bill monthly weekly daily annual yearly quarterly hourly huduma bei "
    "gharama ada kazi ankara"
)
STOP: Final = _CONNECTING | _GENERIC


def singular(word: str) -> str:
    """A word without its plural ending, well enough to compare: licences, licence; boxes, box; supplies, supply."""
    if word.endswith("ies") and len(word) > len("ties"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def significant(text: str) -> frozenset[str]:
    """The words of a description that tell it from others: three letters or more, no unit, no stop word, singular."""
    found = [match[0].lower().removesuffix("'s") for match in _WORD.finditer(text)]
    found += [match[0].lower().replace("-", "") for match in _SHORT_COMPOUND.finditer(text)]
    return frozenset(
        singular(word)
        for word in found
        if len(word) >= _MIN_LENGTH and word not in STOP and not _is_unit(word) and not word.isdigit()
    )


def _is_unit(word: str) -> bool:
    return units.ALIASES.get(word, units.UNIT) != units.UNIT or word in {"unit", "units", "pcs", "pieces", "piece"}


def shared(first: frozenset[str], second: frozenset[str]) -> int:
    """How many words two descriptions share, a slip of the hand in a longer word forgiven."""
    return sum(1 for word in first if word in second or any(_alike(word, other) for other in second))


def _alike(first: str, second: str) -> bool:
    return min(len(first), len(second)) >= units.SLIP_LENGTH and units.is_slip(first, second)
