"""When a figure is a price: a currency, "@", "at", "price" before it or "per month" behind it (sections 3 and 4)."""

from __future__ import annotations

from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.context import HALVES, Context, Role, Slot, Strength
from ai_agent.drafting.rules.counts import LARGE, before_plural, counted_ahead
from ai_agent.drafting.rules.figures import Figure
from ai_agent.drafting.rules.marks import PRICE_LINKS, PRICE_MARKS
from ai_agent.drafting.rules.per import EACH, FLAT, per_after
from ai_agent.drafting.rules.said_totals import with_total
from ai_agent.drafting.rules.wordsets import word_set

_COST_NAMES: Final = word_set("fee fees charge charges")
_MAX_RUN: Final = 6


def read_price(context: Context, at: int, figure: Figure) -> Slot | None:
    """A figure with a currency, "per" something after it, or "@", "at", "price" before it."""
    per, used = per_after(context, at + 1) if context.low(at) not in HALVES else ([], set())
    mark, marked_per, before = _marks_before(context, at, figure)
    each = any(word.lower() in EACH for word in per)
    counted = counted_ahead(context, at) is not None or (figure.plain and before_plural(context, at))
    strong = (
        figure.currency is not None
        or (per and not counted)
        or (mark in PRICE_MARKS and not counted)
        or bool(marked_per)
    )
    if not strong:
        return None
    slot = Slot(at, figure, Role.PRICE, Strength.STRONG, per=per or marked_per, used={at} | used | before, each=each)
    slot.for_marked = context.low(at - 1) == "for"
    return with_total(context, slot, mark)


def read_weak_price(context: Context, at: int, figure: Figure) -> Slot | None:
    """A figure whose looks or place make a price likely: 85k, 1.2k, "x 9.50", "platform fee 1200", "at 3 sites"."""
    mark, _, before = _marks_before(context, at, figure)
    after_x = context.low(at - 1) in {"x", "*"}
    if mark or not figure.plain or after_x:
        used = {at} | before | ({at - 1} if after_x else set())
        strength = Strength.FAIR if mark or after_x else Strength.WEAK
        slot = Slot(at, figure, Role.PRICE, strength, used=used, after_x=after_x)
        slot.for_marked = context.low(at - 1) == "for"
        return with_total(context, slot, mark)
    slot = Slot(at, figure, Role.PRICE, Strength.WEAK, used={at})
    totalled = with_total(context, slot, mark)
    return totalled if totalled.role is Role.TOTAL else None


def _marks_before(context: Context, at: int, figure: Figure) -> tuple[str, list[str], set[int]]:
    """The words before a price: the mark itself, what the price is for, and the pieces they take."""
    run, mark = at - 1, ""
    while run >= max(0, at - _MAX_RUN) and context.low(run) in PRICE_MARKS | PRICE_LINKS | FLAT:
        if context.low(run) in PRICE_MARKS and not mark:
            mark = context.low(run)
        run -= 1
    used = set(range(run + 1, at)) if mark else set()
    flat = any(context.low(index) in FLAT for index in used)
    if context.low(run) in _COST_NAMES and any(context.low(run - 1) == word for word in FLAT):
        return mark or "fee", ["flat"], used | {run - 1, run} | set(range(run + 1, at))
    if context.low(run) in units.PERIOD_ADJECTIVES and context.low(run + 1) in {"rate", "rates"}:
        return mark, [units.PERIOD_ADJECTIVES[context.low(run)]], used | {run}
    per, taken = _per_before(context, run, at, figure)
    if per:
        return mark, per, used | taken | set(range(run + 1, at))
    return mark, ["flat"] if flat else [], used


def _per_before(context: Context, run: int, at: int, figure: Figure) -> tuple[list[str], set[int]]:
    """ "per session 4500", "kila siku 3,000", "kwa siku shilingi elfu tatu"."""
    unit, before = context.unit(run), context.low(run - 1)
    if before in {"per", "/", "kila", "each"} and context.is_word(run) and not context.is_figure(run - 2):
        return [context.pieces[run].text], {run - 1, run}
    if before == "kwa" and unit is not None and run == at - 1:
        large = figure.currency is not None or not figure.plain or (unit in units.TIMES and figure.value >= LARGE)
        return ([context.pieces[run].text], {run - 1, run}) if large else ([], set())
    if context.low(run) in EACH:
        return ["each"], {run}
    return [], set()
