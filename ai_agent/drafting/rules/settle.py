"""The last look at the items: prices that are shared, sums that are no items, headers, and what was only talk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.fragments import Break
from ai_agent.drafting.rules.items import Item
from ai_agent.drafting.rules.known import Known
from ai_agent.drafting.rules.moves import SENTENCE
from ai_agent.drafting.rules.reading import Reading

_ALL_OF_THEM: Final = frozenset({"both", "all", "zote", "yote", "vyote"})


def settle(items: Sequence[Item], known: Known) -> list[Item]:
    """The items that are billed. A header before one item goes into its description, one before a list is left out."""
    share_prices(items)
    priced = [item for item in items if item.reading.has_price or item.reading.has_count]
    kept: list[Item] = []
    for at, item in enumerate(items):
        follower = items[at + 1] if at + 1 < len(items) else None
        if len(priced) > 1 and _is_sum_alone(item.reading):
            continue
        if item in priced or _stands_alone(item, items, priced, follower, known):
            kept.append(item)
        elif follower is not None and follower.brk is Break.COLON and _is_single(items, at + 1):
            follower.header = item.reading.description
    return kept


def share_prices(items: Sequence[Item]) -> None:
    """ "3 hrs design and 2 hrs testing at $60/hr": counts of one unit share the price behind them."""
    for at in range(len(items) - 1, 0, -1):
        item, before = items[at], items[at - 1]
        if item.waits or not before.waits or not before.reading.has_count or item.reading.total:
            continue
        said_all = any(piece.low in _ALL_OF_THEM for piece in item.pieces)
        later = at + 1 < len(items) and items[at + 1].brk is Break.AND
        joined = item.brk is Break.AND or (item.brk is Break.COMMA and later)
        if said_all or (joined and _have_one_unit(before.reading, item.reading)):
            before.reading.rate = item.reading.rate
            before.reading.per = list(item.reading.per)
            before.reading.rate_source = item.reading.rate_source


def _have_one_unit(before: Reading, after: Reading) -> bool:
    counted = units.canonical(before.unit) if before.unit else units.UNIT
    if [word.lower() for word in after.per] == ["each"]:
        return after.unit == before.unit or counted == units.UNIT
    priced = units.canonical(after.per[0]) if after.per else None
    own = units.canonical(after.unit) if after.unit else None
    return counted not in {None, units.UNIT} and counted in {priced, own} and own in {None, counted}


def _is_sum_alone(reading: Reading) -> bool:
    """ "Total: 900" beside the items is their sum."""
    return bool(reading.total) and not (reading.is_named or reading.has_count)


def _is_single(items: Sequence[Item], at: int) -> bool:
    """Whether only one item comes before the next sentence."""
    return at + 1 >= len(items) or items[at + 1].brk in SENTENCE


def _stands_alone(
    item: Item, items: Sequence[Item], priced: Sequence[Item], follower: Item | None, known: Known
) -> bool:
    """Whether words without any figure are an item whose price is missing."""
    before_colon = follower is not None and follower.brk is Break.COLON
    if not item.reading.has_words or before_colon:
        return False
    if known.line(item.reading.description) is not None:
        return True
    if not priced:
        return item.asked or not any(other.asked and other.reading.has_words for other in items)
    joins = follower is not None and follower.brk in {Break.AND, Break.PLUS} and item.brk is not Break.COMMA
    joined = item.brk in {Break.AND, Break.PLUS, Break.COMMA, Break.BULLET}
    return item.asked or joins or joined
