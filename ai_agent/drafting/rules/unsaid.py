"""Counts that nobody said: "extra hours at 48/hr", "some banners", "licences at 35 each" (section 10)."""

from __future__ import annotations

from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.choosing import Choice, same_noun
from ai_agent.drafting.rules.context import Context, Role, Slot
from ai_agent.drafting.rules.counts import is_many
from ai_agent.drafting.rules.wordsets import word_set

_MORE: Final = word_set("extra additional more some overtime any ziada")


class UnsaidCount:
    """Looks for a plural without a number. `used` are the pieces that other parts of the reading have taken."""

    def __init__(self, context: Context, choice: Choice, used: set[int]) -> None:
        self.context = context
        self.pieces = context.pieces
        self.found = choice.slots
        self.used = used

    def find(self, price: Slot | None) -> str | None:
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
        same_word = units.canonical(self.context.low(at)) == units.UNIT and same_noun(
            self.context.low(at), price.per[0].lower()
        )
        if here is None or here != wanted or (here == units.UNIT and not same_word):
            generic = same_noun(self.context.low(at), price.per[0].lower()) and wanted is None
            return self.pieces[at].text if generic and is_many(self.context.low(at)) else None
        return self.pieces[at].text if units.is_plural(self.context.low(at)) else None

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
            if self.context.is_content(at) and is_many(word):
                return self.pieces[at].text
        return None
