"""What a price is for, from the words behind it: "/hr", "per user per month", "a page", "kwa siku" (section 4)."""

from __future__ import annotations

from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.context import Context
from ai_agent.drafting.rules.pieces import parts_cells
from ai_agent.drafting.rules.wordsets import word_set

EACH: Final = word_set("each apiece ea ech eech eahc")
SWAHILI_ONE: Final = word_set("moja mmoja kimoja kipande kitu")
FLAT: Final = word_set("flat fixed lump")


def per_after(context: Context, at: int) -> tuple[list[str], set[int]]:
    """What a price is for, from the words behind it: "/hr", "per user per month", "a page", "kwa siku", "each"."""
    per: list[str] = []
    used: set[int] = set()
    while (step := _per_step(context, at, first=not per)) is not None:
        words, count = step
        per.append(words)
        used |= set(range(at, at + count))
        at += count
    return per, used


def _per_step(context: Context, at: int, *, first: bool) -> tuple[str, int] | None:
    """One "per" phrase at a place: its words, and how many pieces it takes."""
    word = context.low(at)
    if word in {"(", ","} and first and context.low(at + 1) in {"per", "each"}:
        step = _per_step(context, at + 1, first=False)
        return (step[0], step[1] + 1) if step else None
    if word in {"/", "per"}:
        return _per_named(context, at)
    if word in {"kwa", "kila"}:
        return _per_swahili(context, at)
    if word in EACH:
        whole = context.unit(at + 1) is not None and not context.is_content(at + 2)
        return (context.pieces[at + 1].text, 2) if whole else ("each", 1)
    return _per_adverb(context, at) or (_per_article(context, at) if first else None)


def _per_adverb(context: Context, at: int) -> tuple[str, int] | None:
    """ "500 monthly", "75 pm"; "500 monthly retainer" is a name."""
    word = context.low(at)
    if word in units.ADVERBS and not context.is_noun(at + 1):
        return units.ADVERBS[word], 1
    return None


def _per_article(context: Context, at: int) -> tuple[str, int] | None:
    """ "a page", "every month", "flat fee"."""
    word = context.low(at)
    if word in FLAT:
        return "flat", 2 if context.low(at + 1) in {"fee", "rate", "price", "sum"} else 1
    if word not in {"a", "an", "every"}:
        return None
    noun = context.is_content(at + 1) and context.ends_phrase(at + 2) and word != "every"
    return (context.pieces[at + 1].text, 2) if noun or context.unit(at + 1) is not None else None


def _per_named(context: Context, at: int) -> tuple[str, int] | None:
    if 0 < at < len(context.pieces) - 1 and parts_cells(*context.pieces[at - 1 : at + 2]):
        return None
    if context.is_figure(at + 1) and context.is_word(at + 2):
        return f"{context.pieces[at + 1].text} {context.pieces[at + 2].text}", 3
    return (context.pieces[at + 1].text, 2) if context.is_word(at + 1) else None


def _per_swahili(context: Context, at: int) -> tuple[str, int] | None:
    """ "kwa mwezi", "kila siku", "kwa kila lita", "kila moja"; "kwa siku 5" counts."""
    skip = 1 if context.low(at) == "kwa" and context.low(at + 1) == "kila" else 0
    each = context.low(at + skip) == "kila"
    if each and context.low(at + skip + 1) in SWAHILI_ONE:
        return "each", skip + 2
    named = context.is_word(at + skip + 1) if each else context.unit(at + 1) is not None
    if named and (each or not context.is_figure(at + 2)):
        return context.pieces[at + skip + 1].text, skip + 2
    return None
