"""One item from its pieces: its price, its count and what is left to describe it (sections 3, 4 and 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ai_agent.drafting.rules import describe, lexicon, slots, units
from ai_agent.drafting.rules.context import Context, Role, Slot, Strength
from ai_agent.drafting.rules.counts import is_many
from ai_agent.drafting.rules.pieces import Piece
from ai_agent.drafting.rules.wordsets import word_set

_THOUSAND: Final = 1000
_SMALL_COUNT: Final = 20
_CELL_EDGES: Final = frozenset({"-", "|", ",", ":", "/"})
_MORE: Final = word_set("extra additional more some overtime any ziada")


@dataclass(slots=True)
class Reading:
    """What one stretch of a request says about one line. Empty strings say nothing."""

    pieces: Sequence[Piece]
    description: str = ""
    quantity: str = ""
    unit: str = ""
    rate: str = ""
    per: list[str] = field(default_factory=list)
    total: str = ""
    share: str = ""
    times: str = ""
    quantity_source: str = ""
    rate_source: str = ""
    is_bare: bool = False
    has_words: bool = False
    has_weak_words: bool = False
    used: set[int] = field(default_factory=set)
    prices: int = 0

    @property
    def has_price(self) -> bool:
        return bool(self.rate or self.total)

    @property
    def is_named(self) -> bool:
        """Whether anything says what is billed, be it as weak as "fee"."""
        return self.has_words or self.has_weak_words

    @property
    def has_count(self) -> bool:
        return bool(self.quantity)


def read(pieces: Sequence[Piece]) -> Reading:
    """The reading of an item. Never raises; a figure without a part stays in the description."""
    found = slots.find(pieces)
    reader = _Resolver(pieces, found)
    return reader.resolve()


class _Resolver:
    def __init__(self, pieces: Sequence[Piece], found: list[Slot]) -> None:
        self.pieces = pieces
        self.found = found
        self.context = Context(pieces)
        self.used: set[int] = set()

    def of(self, *roles: Role) -> list[Slot]:
        return [slot for slot in self.found if slot.role in roles]

    def resolve(self) -> Reading:
        self._settle_years()
        price = self._choose_price()
        share = self._choose_share(price)
        count = self._choose_count(price, share)
        times = self._choose_times(price, count)
        price = self._as_total_for(price, count)
        out = Reading(self.pieces)
        self._write_price(out, price)
        self._write_count(out, count, price)
        self._write_rest(out, share, times)
        self._describe(out, count, times)
        out.prices = len([slot for slot in self.of(Role.PRICE) if slot.strength is Strength.STRONG])
        return out

    # --- choosing -----------------------------------------------------------------------------------------------

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
        """ "5,000 per month x 6": behind a sure price, the number after "x" counts."""
        sure = [slot for slot in self.of(Role.PRICE) if slot.strength is Strength.STRONG]
        for slot in self.of(Role.PRICE):
            if slot.after_x and slot not in sure and sure and slot.at > sure[0].at and slot.figure.plain:
                slot.role = Role.COUNT
        for slot in self.of(Role.PRICE, Role.BARE):
            if sure and slot not in sure and sure[0].per and self._beside_noun(slot, sure[0].per[0].lower()):
                slot.role, slot.unit = Role.COUNT, ""

    def _beside_noun(self, slot: Slot, noun: str) -> bool:
        """ "0.05 per sms, 4,000 sms": a number beside the noun that is priced counts it."""
        generic = units.canonical(noun) in {None, units.UNIT}
        beside = {self.context.low(slot.at - 1), self.context.low(slot.at + 1)}
        return generic and any(word and (word == noun or self._same_noun(word, noun)) for word in beside)

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

    def _as_total_for(self, price: Slot | None, count: Slot | None) -> Slot | None:
        """ "10 banners for 500": a price behind "for" that names no unit is for all of them."""
        if price is None or count is None or price.role is not Role.PRICE:
            return price
        if (
            price.for_marked
            and not price.per
            and count.at < price.at
            and count.strength >= Strength.WEAK
            and not count.figure.vague
        ):
            price.role = Role.TOTAL
        return price

    # --- writing ------------------------------------------------------------------------------------------------

    def _text(self, places: set[int]) -> str:
        wanted = sorted(places)
        if not wanted:
            return ""
        return " ".join(piece.text for piece in self.pieces[wanted[0] : wanted[-1] + 1])

    def _write_price(self, out: Reading, price: Slot | None) -> None:
        if price is None:
            return
        words = self.pieces[price.at].text
        if price.role is Role.TOTAL:
            out.total = words
        else:
            out.rate = words
        out.per = list(price.per)
        out.is_bare = price.figure.plain and price.used == {price.at} and price.figure.value < _THOUSAND
        out.rate_source = self._text(price.used)
        self.used |= price.used

    def _write_count(self, out: Reading, count: Slot | None, price: Slot | None) -> None:
        if "flat" in out.per and count is not None:
            return
        if count is not None:
            out.quantity, out.unit = self.pieces[count.at].text, count.unit
            self._write_compound(out, count)
            out.quantity_source = self._text(count.used | self._unit_place(count))
            self.used |= count.used
        elif (vague := self._unsaid_plural(price)) is not None:
            out.quantity, out.unit = "some", vague
            out.quantity_source = vague

    def _write_compound(self, out: Reading, count: Slot) -> None:
        """ "1 hour 30 minutes", "2 years and 6 months": two counts that make one."""
        unit = units.canonical(count.unit)
        for other in self.of(Role.COUNT):
            follows = other is not count and other.at > count.at and other.unit and not other.figure.vague
            between = range(max(count.used | {count.at}) + 1, other.at)
            joined = all(self.context.low(at) in {"and", "na", ","} for at in between)
            finer = units.canonical(other.unit) if other.unit else None
            if (
                follows
                and joined
                and unit in units.TIMES
                and finer not in {unit, None}
                and units.factor(unit, finer or "") is not None
            ):
                out.quantity = f"{out.quantity} {count.unit} {self.pieces[other.at].text} {other.unit}"
                self.used |= other.used | set(between)

    def _unit_place(self, count: Slot) -> set[int]:
        if not count.unit:
            return set()
        near = range(max(0, count.at - 2), min(len(self.pieces), count.at + 7))
        return {at for at in near if self.pieces[at].text == count.unit}

    def _unsaid_plural(self, price: Slot | None) -> str | None:
        """ "extra hours at 48/hr", "licences at 35 each", "some banners": many, but nobody says how many."""
        if price is None and not any(self._asks_for_more(at) for at in range(len(self.pieces))):
            return None
        if any(slot.role is Role.SHARE for slot in self.found) or (price is not None and price.role is Role.TOTAL):
            return None
        if price is not None and (price.each or "each" in [word.lower() for word in price.per]):
            return self._many_word()
        for at in range(len(self.pieces)):
            word = self._plural_of_price(at, price) or self._vague_noun(at, price)
            if word is not None:
                return word
        return None

    def _asks_for_more(self, at: int) -> bool:
        """ "some", "extra sessions"."""
        word, follower = self.context.low(at), self.context.low(at + 1)
        plural = self.context.unit(at + 1) is not None and units.is_plural(follower)
        return word == "some" or (word in _MORE and plural)

    def _plural_of_price(self, at: int, price: Slot | None) -> str | None:
        if price is None or not price.per or at in price.used or at in self.used:
            return None
        wanted, here = units.canonical(price.per[0].split()[-1]), self.context.unit(at)
        same_word = units.canonical(self.context.low(at)) == units.UNIT and self._same_noun(
            self.context.low(at), price.per[0].lower()
        )
        if here is None or here != wanted or (here == units.UNIT and not same_word):
            generic = self._same_noun(self.context.low(at), price.per[0].lower()) and wanted is None
            return self.pieces[at].text if generic and self._is_many(self.context.low(at)) else None
        return self.pieces[at].text if units.is_plural(self.context.low(at)) else None

    def _same_noun(self, plural: str, singular: str) -> bool:
        return plural != singular and plural.rstrip("s").rstrip("e") == singular.rstrip("e")

    def _is_many(self, word: str) -> bool:
        return word.endswith("s") and not word.endswith("ss")

    def _vague_noun(self, at: int, price: Slot | None) -> str | None:
        """ "some consulting at 95/hr", "extra seats"."""
        word, follower = self.context.low(at), at + 1
        if word == "some" and "flat" not in (price.per if price else []):
            self.used.add(at)
            unit = self.context.unit(at + 2) if self.context.low(at + 1) in _MORE else self.context.unit(at + 1)
            place = at + 2 if self.context.low(at + 1) in _MORE else at + 1
            return self.pieces[place].text if unit else ""
        plural = self.context.low(follower)
        if word in _MORE and self.context.unit(follower) is not None and units.is_plural(plural):
            return self.pieces[follower].text
        priced_each = price is not None and bool(price.per) and "flat" not in price.per
        return "" if word in _MORE and priced_each and self.context.is_content(follower) and is_many(plural) else None

    def _many_word(self) -> str | None:
        """A plural noun or a plural unit in the description of what is priced "each"."""
        for at in range(len(self.pieces)):
            word = self.context.low(at)
            if at in self.used or not self.context.is_word(at):
                continue
            if self.context.unit(at) is not None and units.is_plural(word):
                return self.pieces[at].text
            if (
                self.context.is_content(at)
                and len(word) > len("bus")
                and word.endswith("s")
                and not word.endswith(("ss", "us", "is"))
            ):
                return self.pieces[at].text
        return None

    def _write_rest(self, out: Reading, share: Slot | None, times: Slot | None) -> None:
        words = self.pieces[share.at].text if share is not None else self._share_word(out)
        if words:
            out.share = words
            out.quantity = out.unit = out.quantity_source = ""
        if times is not None:
            unit = f" {times.unit}" if times.unit else ""
            out.times = f"{self.pieces[times.at].text}{unit}"
            self.used |= times.used
        for slot in self.of(Role.IGNORED):
            self.used |= slot.used

    def _share_word(self, out: Reading) -> str:
        """ "a third of the 9,000 repair"; "a quarter of the" price, but not a quarter of bookkeeping."""
        if not out.rate or out.per:
            return ""
        for at in range(len(self.pieces)):
            after = self.context.low(at + 1)
            priced = after == "of" and self.context.is_figure(at + (3 if self.context.low(at + 2) == "the" else 2))
            third = self.context.low(at) == "third" and self.context.low(at - 1) in {"a", "one"}
            if (third and after in {"of", "upfront", "up", "deposit"}) or (
                self.context.low(at) == "quarter" and priced
            ):
                return self.pieces[at].text
        return ""

    def _describe(self, out: Reading, count: Slot | None, times: Slot | None) -> None:
        out.used = self.used
        named = describe.content(self.pieces, self.used)
        out.has_words = any(self.context.low(at) not in lexicon.WEAK for at in named)
        out.description = describe.describe(self.pieces, self.used)
        out.has_weak_words = bool(out.description)
        counts = [count, times] if len(out.per) > 1 else [times, count]
        named_unit = next((slot.unit for slot in counts if slot is not None and slot.unit), "")
        if named_unit and out.description == "":
            out.description = describe.describe([piece for piece in self.pieces if piece.text == named_unit][:1], ())
