"""One item from its pieces: its price, its count and what is left to describe it (sections 3, 4 and 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ai_agent.drafting.rules import describe, lexicon, units
from ai_agent.drafting.rules.choosing import choose
from ai_agent.drafting.rules.context import Context, Role, Slot
from ai_agent.drafting.rules.pieces import Piece
from ai_agent.drafting.rules.unsaid import UnsaidCount

_THOUSAND: Final = 1000


@dataclass(slots=True)
class Reading:
    """What one stretch of a request says about one line. Empty strings say nothing."""

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
    return _Writer(pieces).write()


class _Writer:
    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.context = Context(pieces)
        self.choice = choose(pieces)
        self.used = set(self.choice.used)

    def write(self) -> Reading:
        choice, out = self.choice, Reading()
        self._write_price(out, choice.price)
        self._write_count(out, choice.count, choice.price)
        self._write_rest(out, choice.share, choice.times)
        self._describe(out, choice.count, choice.times)
        return out

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
        elif (vague := UnsaidCount(self.context, self.choice, self.used).find(price)) is not None:
            out.quantity, out.unit = "some", vague
            out.quantity_source = vague

    def _write_compound(self, out: Reading, count: Slot) -> None:
        """ "1 hour 30 minutes", "2 years and 6 months": two counts that make one."""
        unit = units.canonical(count.unit)
        for other in self.choice.of(Role.COUNT):
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

    def _write_rest(self, out: Reading, share: Slot | None, times: Slot | None) -> None:
        words = self.pieces[share.at].text if share is not None else self._share_word(out)
        if words:
            out.share = words
            out.quantity = out.unit = out.quantity_source = ""
        if times is not None:
            unit = f" {times.unit}" if times.unit else ""
            out.times = f"{self.pieces[times.at].text}{unit}"
            self.used |= times.used
        for slot in self.choice.of(Role.IGNORED):
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
        named = describe.content(self.pieces, self.used)
        out.has_words = any(self.context.low(at) not in lexicon.WEAK for at in named)
        out.description = describe.describe(self.pieces, self.used)
        out.has_weak_words = bool(out.description)
        counts = [count, times] if len(out.per) > 1 else [times, count]
        named_unit = next((slot.unit for slot in counts if slot is not None and slot.unit), "")
        if named_unit and out.description == "":
            out.description = describe.describe([piece for piece in self.pieces if piece.text == named_unit][:1], ())
