"""Which figure of an item is its price, its count, its share and its second count (sections 3 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ai_agent.drafting.rules import lexicon, slots, units
from ai_agent.drafting.rules.context import Context, Role, Slot, Strength
from ai_agent.drafting.rules.pieces import Piece

_SMALL_COUNT: Final = 20
_CELL_EDGES: Final = frozenset({"-", "|", ",", ":", "/"})


@dataclass(slots=True)
class Choice:
    """The parts that the figures of an item play. `used` are pieces that belong to a figure that is left out."""

    slots: Sequence[Slot]
    price: Slot | None = None
    share: Slot | None = None
    count: Slot | None = None
    times: Slot | None = None
    used: set[int] = field(default_factory=set)

    def of(self, *roles: Role) -> list[Slot]:
        return [slot for slot in self.slots if slot.role in roles]


def choose(pieces: Sequence[Piece]) -> Choice:
    """The parts of the figures of an item."""
    return _Chooser(pieces).choose()


def same_noun(plural: str, singular: str) -> bool:
    """Whether one word is the other's plural: "cups" and "cup"."""
    return plural != singular and plural.rstrip("s").rstrip("e") == singular.rstrip("e")


class _Chooser:
    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.found = slots.find(pieces)
        self.context = Context(pieces)
        self.used: set[int] = set()

    def of(self, *roles: Role) -> list[Slot]:
        return [slot for slot in self.found if slot.role in roles]

    def choose(self) -> Choice:
        self._settle_years()
        price = self._choose_price()
        share = self._choose_share(price)
        count = self._choose_count(price, share)
        times = self._choose_times(price, count)
        self._settle_total(price, count)
        return Choice(self.found, price, share, count, times, self.used)

    def _settle_years(self) -> None:
        """2025 beside another price is a year."""
        for slot in self.of(Role.BARE):
            others = [
                other
                for other in self.found
                if other is not slot and other.role in {Role.PRICE, Role.TOTAL, Role.BARE, Role.COUNT}
            ]
            if slots.could_be_year(slot.figure) and (
                others or self.context.low(slot.at - 1) in {"for", "in", "of", "year", "fy", "mwaka"}
            ):
                slot.role = Role.IGNORED
                slot.used = set()

    def _choose_price(self) -> Slot | None:
        self._settle_factors()
        priced = self.of(Role.PRICE, Role.TOTAL)
        if len(self.found) == 1 and priced and priced[0].after_x and priced[0].figure.plain:
            priced[0].role = Role.COUNT  # "cleaning x 6"
            return None
        if priced:
            best = max(priced, key=lambda slot: (slot.strength, slot.role is Role.PRICE, -slot.at))
            return self._without_result(best, priced)
        bare = self.of(Role.BARE)
        counts = self.of(Role.COUNT)
        if bare:
            return self._bare_price(bare, counts)
        return self._large_count(counts)

    def _settle_factors(self) -> None:
        """ "5,000 per month x 6", "tents x5, 3,500 each": beside a sure price, the number after "x" counts."""
        sure = [slot for slot in self.of(Role.PRICE) if slot.strength is Strength.STRONG]
        for slot in self.of(Role.PRICE):
            behind = bool(sure) and (slot.at > sure[0].at or not self.of(Role.COUNT))
            if slot.after_x and slot not in sure and behind and slot.figure.plain:
                slot.role = Role.COUNT
        for slot in self.of(Role.PRICE):
            before = self._figure_before(slot) if slot.after_x and slot.figure.plain and not sure else None
            if before is not None and before.role is Role.PRICE and self._is_in_thousands(before):
                slot.role = Role.COUNT  # "12.5k x 4"
        for slot in self.of(Role.PRICE, Role.BARE):
            if sure and slot not in sure and sure[0].per and self._beside_noun(slot, sure[0].per[0].lower()):
                slot.role, slot.unit = Role.COUNT, ""

    def _figure_before(self, slot: Slot) -> Slot | None:
        earlier = [other for other in self.found if other.at < slot.at]
        return earlier[-1] if earlier else None

    def _is_in_thousands(self, slot: Slot) -> bool:
        return self.context.low(slot.at).endswith(("k", "m"))

    def _beside_noun(self, slot: Slot, noun: str) -> bool:
        """ "0.05 per sms, 4,000 sms": a number beside the noun that is priced counts it."""
        generic = units.canonical(noun) in {None, units.UNIT}
        beside = {self.context.low(slot.at - 1), self.context.low(slot.at + 1)}
        return generic and any(word and (word == noun or same_noun(word, noun)) for word in beside)

    def _without_result(self, best: Slot, priced: list[Slot]) -> Slot:
        """With a count and a price, a total beside them is only their product: it is left to the arithmetic."""
        for slot in priced:
            if slot is not best and (slot.role is Role.TOTAL or slot.at > best.at):
                if slot.role is Role.TOTAL and not self.of(Role.COUNT) and best.strength < slot.strength:
                    return slot
                slot.role = Role.IGNORED
                self.used |= slot.used
        return best

    def _bare_price(self, bare: list[Slot], counts: list[Slot]) -> Slot | None:
        if len(bare) == 1 and not counts:
            slot = bare[0]
            if slot.starts and slot.figure.plain and self._small_count(slot):
                slot.role = Role.COUNT
                return None
            slot.role = Role.PRICE
            return slot
        if counts and len(bare) == 1 and bare[0].figure.value <= 0:
            bare[0].role = Role.PRICE
            return bare[0]
        last = bare[-1]
        last.role = Role.PRICE
        first, *others = bare
        if others and not counts:
            first.role = Role.COUNT
            if len(others) > 1 and bare[0].figure.value * bare[1].figure.value == last.figure.value:
                last.role, bare[1].role = Role.IGNORED, Role.PRICE
                self.used |= last.used
                return bare[1]
        return last

    def _small_count(self, slot: Slot) -> bool:
        """ "3 logo design": a small number before its noun counts, a large one prices."""
        value = slot.figure.value
        return value == int(value) and value <= _SMALL_COUNT

    def _large_count(self, counts: list[Slot]) -> Slot | None:
        """ "28,000 server upgrades": alone, a number that looks like money before a plain noun is the price."""
        weak = [slot for slot in counts if slot.strength is Strength.WEAK and not slot.figure.plain]
        if len(counts) == 1 and weak and not weak[0].figure.vague:
            weak[0].role = Role.PRICE
            return weak[0]
        return None

    def _choose_share(self, price: Slot | None) -> Slot | None:
        shares = self.of(Role.SHARE)
        if not shares or price is None:
            return None
        best = next((slot for slot in shares if slot.figure.percent), shares[0])
        for slot in shares:
            if slot is not best:
                slot.role = Role.IGNORED
        return best

    def _choose_count(self, price: Slot | None, share: Slot | None) -> Slot | None:
        if share is not None:
            return None
        counts = [slot for slot in self.of(Role.COUNT) if slot is not price]
        if price is not None and not counts:
            counts = self._bare_count(price)
        if not counts:
            return None
        if price is not None and price.per:
            wanted = units.canonical(price.per[0].split()[-1])
            same = [slot for slot in counts if self._converts(slot, wanted)]
            if same:
                return same[0]
        plain = [slot for slot in counts if not slot.adjective]
        proper = plain or [slot for slot in counts if self._marked(price) and not self._hyphenated(slot)]
        if not proper:
            return None
        return max(proper, key=lambda slot: (slot.strength, not slot.figure.glued, -slot.at))

    def _hyphenated(self, slot: Slot) -> bool:
        return self.context.low(slot.at + 1) == "-"

    def _marked(self, price: Slot | None) -> bool:
        return price is not None and self.context.low(price.at - 1) in {"@", "at"}

    def _converts(self, slot: Slot, wanted: str | None) -> bool:
        counted = units.canonical(slot.unit) if slot.unit else None
        return (
            counted is not None
            and wanted is not None
            and wanted != units.UNIT
            and units.factor(counted, wanted) is not None
        )

    def _bare_count(self, price: Slot) -> list[Slot]:
        """A number at the start of the item, or beside "x", counts where the price is elsewhere."""
        found = []
        for slot in self.of(Role.BARE):
            after_price = slot.at > price.at and slot.after_x
            whole = slot.figure.plain or slot.figure.spelled
            if whole and (
                slot.starts
                or after_price
                or self._counts_what_is_priced(slot, price)
                or slot.after_x
                or self._is_cell(slot, price)
                or slot.figure.value <= 0
            ):
                slot.role = Role.COUNT
                found.append(slot)
        if not found and len(self.of(Role.BARE)) == 1 and price.each:
            slot = self.of(Role.BARE)[0]
            if slot.at < price.at and slot.figure.plain:
                slot.role = Role.COUNT
                found.append(slot)
        return found

    def _is_cell(self, slot: Slot, price: Slot) -> bool:
        """ "gripper - 2 - $310": a number alone between two separators, before the price."""
        return slot.at < price.at and {self.context.low(slot.at - 1), self.context.low(slot.at + 1)} <= _CELL_EDGES

    def _counts_what_is_priced(self, slot: Slot, price: Slot) -> bool:
        """ "250 per cup, cups 40": a bare number behind a price per something counts it."""
        return bool(price.per) and slot.at > price.at and slot.figure.plain and len(self.of(Role.BARE, Role.COUNT)) == 1

    def _choose_times(self, price: Slot | None, count: Slot | None) -> Slot | None:
        """The second count: months of "per user per month", or sessions of "4 sessions of 2 hours"."""
        if count is None or price is None:
            return None
        others = [slot for slot in self.of(Role.COUNT) if slot not in (count, price) and not slot.adjective]
        if len(price.per) > 1:
            wanted = units.canonical(price.per[1])
            return next((slot for slot in others if self._converts(slot, wanted)), None)
        return next((slot for slot in others if self._linked(slot, count)), None)

    def _linked(self, first: Slot, second: Slot) -> bool:
        early, late = sorted((first, second), key=lambda slot: slot.at)
        if late.each:
            return True
        between = [self.context.low(at) for at in range(max(early.used | {early.at}) + 1, late.at)]
        words = [word for word in between if word != units.UNIT]
        content = [word for word in words if lexicon.is_content(word) and units.canonical(word) is None]
        return bool(words) and words[-1] in {"of", "x", "za", "ya", "@"} and not content

    def _settle_total(self, price: Slot | None, count: Slot | None) -> None:
        """ "10 banners for 500": a price behind "for" that names no unit is for all of them."""
        if price is None or count is None or price.role is not Role.PRICE:
            return
        if price.for_marked and not price.per and count.at < price.at and not count.figure.vague:
            price.role = Role.TOTAL
