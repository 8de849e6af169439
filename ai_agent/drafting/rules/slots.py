"""What part each figure of an item plays: price, count, total, share, or none (sections 3 and 4).

The evidence is in the neighbours: a currency, "@" or "per month" make a price; a unit or a plural noun makes a count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ai_agent.drafting.rules.context import HALVES, MODIFIERS, Context, Role, Slot, Strength
from ai_agent.drafting.rules.counts import PLAIN_MODIFIERS, counted_ahead, is_dropped, opens_item, read_count
from ai_agent.drafting.rules.figures import Figure
from ai_agent.drafting.rules.pieces import Piece
from ai_agent.drafting.rules.prices import read_price, read_weak_price
from ai_agent.drafting.rules.wordsets import word_set

_SHARE_NEXT: Final = word_set("of the upfront up deposit payment now advance down ya in due")
_SHARE_BEFORE: Final = word_set("first second other final last initial remaining")
_YEARS: Final = range(1990, 2100)


def find(pieces: Sequence[Piece]) -> list[Slot]:
    """A slot for every figure of an item, in order."""
    context = Context(pieces)
    found = [_classify(context, at, piece.figure) for at, piece in enumerate(pieces) if piece.figure is not None]
    taken = {at for slot in found for at in slot.used - {slot.at}}
    return [slot for slot in found if slot.at not in taken]  # the "one" of "kila kimoja" is no figure of its own


def _classify(context: Context, at: int, figure: Figure) -> Slot:
    for reader in (_ignored, _share, _vague, read_price):
        slot = reader(context, at, figure)
        if slot is not None:
            return slot
    return read_count(context, at, figure) or read_weak_price(context, at, figure) or _bare(context, at, figure)


def _ignored(context: Context, at: int, figure: Figure) -> Slot | None:
    before, two = context.low(at - 1), context.low(at - 2)
    old = before in {"was", "were"} or (two, before) in {
        ("instead", "of"),
        ("rather", "than"),
        ("down", "from"),
        ("up", "from"),
        ("badala", "ya"),
    }
    if old or (before == "from" and context.low(at + 1) == "to" and context.is_figure(at + 2)):
        return Slot(
            at,
            figure,
            Role.IGNORED,
            Strength.STRONG,
            used={at, at - 1, at - 2} if two in {"instead", "rather", "badala", "up", "down"} else {at, at - 1},
        )
    if before == "=" or (before in {"equals"}):
        return Slot(at, figure, Role.TOTAL, Strength.WEAK, used={at, at - 1})
    return None


def _share(context: Context, at: int, figure: Figure) -> Slot | None:
    if figure.percent:
        return Slot(at, figure, Role.SHARE, Strength.STRONG)
    if "/" in context.low(at) and context.low(at + 1) in _SHARE_NEXT and counted_ahead(context, at) is None:
        return Slot(at, figure, Role.SHARE, Strength.FAIR)
    if context.low(at) in HALVES and counted_ahead(context, at) is None:
        after, before = context.low(at + 1), context.low(at - 1)
        if after in _SHARE_NEXT or before in _SHARE_BEFORE:
            return Slot(at, figure, Role.SHARE, Strength.FAIR)
    return None


def _vague(context: Context, at: int, figure: Figure) -> Slot | None:
    if not figure.vague:
        return None
    ahead = at + 1
    while context.low(ahead) in MODIFIERS or context.low(ahead) in {"of", "a"}:
        ahead += 1
    place, adjacent = counted_ahead(context, ahead - 1) or (ahead, False)
    unit = context.pieces[place].text if context.unit(place) is not None else ""
    between = {context.low(index) for index in range(at + 1, place)}
    dropped = adjacent and is_dropped(context, place) and between <= PLAIN_MODIFIERS | {"of", "a"}
    used = {at} | (set(range(at + 1, place + 1)) if dropped else set())
    if context.low(at - 1) == "a":
        used.add(at - 1)
    return Slot(at, figure, Role.COUNT, Strength.FAIR, unit=unit, used=used)


def _bare(context: Context, at: int, figure: Figure) -> Slot:
    slot = Slot(
        at, figure, Role.BARE, Strength.WEAK, used={at}, starts=opens_item(context, at) and context.is_noun(at + 1)
    )
    slot.after_x = context.low(at - 1) in {"x", "*"}
    if slot.after_x:
        slot.used.add(at - 1)
    return slot


def could_be_year(figure: Figure) -> bool:
    return figure.plain and not figure.spelled and figure.value == int(figure.value) and int(figure.value) in _YEARS
