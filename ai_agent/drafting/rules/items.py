"""Puts fragments together to items, in order of mention (section 3 of the drafting rules)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ai_agent.drafting.rules import lexicon, moves
from ai_agent.drafting.rules.context import Role, Strength
from ai_agent.drafting.rules.fragments import MAX_PIECES, Break, Fragment
from ai_agent.drafting.rules.known import Known
from ai_agent.drafting.rules.moves import Move
from ai_agent.drafting.rules.pieces import Piece
from ai_agent.drafting.rules.reading import Reading, read
from ai_agent.drafting.rules.slots import find


@dataclass(slots=True)
class Item:
    """An item under construction. `header` stood before its colon; `inherited` is the name of the item before it."""

    pieces: list[Piece]
    reading: Reading
    brk: Break
    asked: bool
    header: str = ""
    inherited: str = ""

    @property
    def waits(self) -> bool:
        """Whether its price is still to come."""
        return not self.reading.has_price


def assemble(fragments: Sequence[Fragment], known: Known) -> list[Item]:
    """The items of a request, headers and talk among them."""
    parts = split_prices(fragments)
    items: list[Item] = []
    for at, part in enumerate(parts):
        reading = read(part.pieces)
        current = items[-1] if items else None
        match moves.decide(moves.Step(parts, at, reading, items, known)):
            case Move.NEW:
                items.append(_opened(part, reading, current))
            case Move.MERGE if current is not None:
                _merge(current, part)
            case _:
                pass
    return items


def _opened(part: Fragment, reading: Reading, before: Item | None) -> Item:
    item = Item(list(part.pieces), reading, part.brk, part.asked)
    if before is not None and not before.waits and not reading.is_named:
        item.inherited = before.inherited or before.reading.description
    return item


def _merge(item: Item, part: Fragment) -> None:
    if len(item.pieces) + len(part.pieces) <= 2 * MAX_PIECES:
        item.pieces += [*part.separators, *part.pieces]
        item.reading = read(item.pieces)


# --- several prices in one fragment -----------------------------------------------------------------------------


def split_prices(fragments: Sequence[Fragment]) -> list[Fragment]:
    """ "logo £500 banner £300" holds two items without a separator."""
    out: list[Fragment] = []
    for fragment in fragments:
        rest = fragment
        while (at := _cut_place(rest.pieces)) is not None:
            out.append(Fragment(rest.pieces[:at], rest.brk, rest.separators, asked=rest.asked))
            rest = Fragment(rest.pieces[at:], Break.COMMA, (), asked=rest.asked)
        out.append(rest)
    return out


def _cut_place(pieces: Sequence[Piece]) -> int | None:
    slots = find(pieces)
    prices = [slot for slot in slots if slot.role in {Role.PRICE, Role.TOTAL} and slot.strength is Strength.STRONG]
    if len(prices) <= 1:
        return None
    first, second = prices[0], prices[1]
    between = pieces[max(first.used) + 1 : min(second.used)]
    if not any(lexicon.is_content(piece.text) and piece.figure is None for piece in between):
        return None
    if any(lexicon.is_content(piece.text) for piece in pieces[: min(first.used)]):
        return max(first.used) + 1
    counts = [slot.at for slot in slots if slot.role is Role.COUNT and max(first.used) < slot.at < second.at]
    return min([*counts, min(second.used)])
