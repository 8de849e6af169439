"""When a price is said for the whole line: "total of 2,700", "covering 12 months", "450 for 3 days" (section 3)."""

from __future__ import annotations

from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.context import MODIFIERS, Context, Role, Slot
from ai_agent.drafting.rules.counts import before_plural
from ai_agent.drafting.rules.marks import PRICE_LINKS, PRICE_MARKS
from ai_agent.drafting.rules.wordsets import word_set

_TOTAL_BEFORE: Final = word_set("total totals totalling totaling totaled jumla altogether sum overall")
_TOTAL_AFTER: Final = (
    ("in", "total"), ("in", "all"), ("all", "in"), ("all-in",), ("kwa", "jumla"), ("for", "the", "lot"),
    ("for", "the", "whole"), ("for", "everything"), ("for", "all"), ("total",), ("altogether",), ("overall",),
    ("jumla",),
    ("all", "inclusive"),
)  # fmt: skip


def with_total(context: Context, slot: Slot, mark: str) -> Slot:
    """A price said for the whole line: "total of 2,700", "covering 12 months", "450 for 3 days"."""
    at = slot.at
    after = max(slot.used) + 1
    if _total_words(context, at, slot, after):
        slot.role = Role.TOTAL
        return slot
    covering = context.low(after) in {"covering", "covers", "cover"}
    link = context.low(after) in {"for", "kwa"} and mark not in {"@", "at"} and not slot.per
    if (covering or link) and _count_follows(context, after + 1):
        slot.role = Role.TOTAL
        slot.covers = covering
        slot.used.add(after)
    return slot


def _total_words(context: Context, at: int, slot: Slot, after: int) -> bool:
    run = at - 1
    while run >= max(0, at - 4) and context.low(run) in PRICE_LINKS | PRICE_MARKS:
        run -= 1
    if context.low(run) in _TOTAL_BEFORE:
        slot.used |= set(range(run, at))
        if context.low(run - 1) in {"in", "for", "a", "the"}:
            slot.used.add(run - 1)
        return True
    for phrase in _TOTAL_AFTER:
        if tuple(context.low(after + step) for step in range(len(phrase))) == phrase:
            slot.used |= set(range(after, after + len(phrase)))
            return True
    return False


def _count_follows(context: Context, at: int) -> bool:
    """ "for 3 months", "kwa miezi 3", "for the 3 days"."""
    while context.low(at) in {"the", "a", "all", "next", "last", "full", "first", "period"}:
        at += 1
    figure = context.figure(at)
    if figure is not None and figure.currency is None and not figure.percent:
        ahead = at + 1
        while context.low(ahead) in MODIFIERS:
            ahead += 1
        return context.unit(ahead) is not None or (figure.plain and before_plural(context, at))
    following = context.figure(at + 1)
    return context.unit(at) in units.TIMES and following is not None and following.currency is None
