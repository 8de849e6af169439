"""Whether a fragment goes on with the item before it or opens the next one (section 3 of the drafting rules).

A fragment of figures alone belongs to the words before it; words alone wait for their price; words with a price that
follow a priced item open the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ai_agent.drafting.rules import lexicon
from ai_agent.drafting.rules.context import Role
from ai_agent.drafting.rules.fragments import Break, Fragment
from ai_agent.drafting.rules.known import Known
from ai_agent.drafting.rules.pieces import Piece
from ai_agent.drafting.rules.reading import Reading
from ai_agent.drafting.rules.slots import could_be_year, find
from ai_agent.drafting.rules.words import singular

if TYPE_CHECKING:
    from ai_agent.drafting.rules.items import Item

IN_LIST: Final = frozenset({Break.COMMA, Break.AND, Break.COLON, Break.DASH, Break.PAREN, Break.NONE})
SENTENCE: Final = frozenset({Break.LINE, Break.STOP, Break.BULLET, Break.START})
_JOINED: Final = frozenset({Break.AND, Break.COMMA, Break.PLUS})
_TALE_WORDS: Final = 12
_VERBS: Final = frozenset({"is", "are", "was", "were", "will", "has", "have", "can"})


class Move(StrEnum):
    MERGE = "merge"
    NEW = "new"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Step:
    """One fragment, with its own reading, and the items so far."""

    fragments: Sequence[Fragment]
    at: int
    reading: Reading
    items: Sequence[Item]
    known: Known

    @property
    def fragment(self) -> Fragment:
        return self.fragments[self.at]

    @property
    def brk(self) -> Break:
        return self.fragment.brk

    @property
    def current(self) -> Item | None:
        return self.items[-1] if self.items else None

    @property
    def has_figures(self) -> bool:
        return any(piece.figure is not None for piece in self.fragment.pieces)


def decide(step: Step) -> Move:
    """What to do with a fragment."""
    if not step.has_figures:
        return _words(step) if step.reading.has_words else _idle(step)
    current = step.current
    if current is None:
        return Move.NEW
    if not step.reading.has_words and _belongs_before(step, current):
        return _figures(step, current)
    return _priced(step, current) if step.reading.has_price else _counted(step, current)


def is_tale(fragment: Fragment) -> bool:
    """A clause with a subject and no figure tells a story: "they keep asking", "we will talk on Monday"."""
    words = [piece.low for piece in fragment.pieces]
    if any(word in _VERBS for word in words[1:4]):
        return True
    subject = any(word in lexicon.SUBJECTS for word in words)
    return subject and (len(words) > _TALE_WORDS or any(word in lexicon.SUBJECTS for word in words[:3]))


# --- without figures ----------------------------------------------------------------------------------------------


def _idle(step: Step) -> Move:
    """Neither figure nor name: talk, unless it stands in the middle of an item ("per month", "each")."""
    inside = step.current is not None and step.brk in {Break.PAREN, Break.COMMA, Break.NONE, Break.DASH}
    tied = bool({"per", "each", "/", "kila"} & {piece.low for piece in step.fragment.pieces})
    return Move.MERGE if inside and tied else Move.SKIP


def _words(step: Step) -> Move:
    current = step.current
    if step.fragment.question and not step.fragment.asked:
        return Move.SKIP
    if is_tale(step.fragment):
        return Move.NEW if _names_next_price(step) else Move.SKIP
    if _goes_on_telling(step):
        return Move.SKIP
    if current is None:
        return Move.NEW
    if not current.waits:
        return _words_after_item(step, current)
    two = step.brk in {Break.AND, Break.COMMA} and (_are_two(step, current) or _are_two_names(step, current))
    return Move.NEW if two or step.brk in SENTENCE or step.brk is Break.PLUS else Move.MERGE


def _goes_on_telling(step: Step) -> bool:
    """ "they will pay by card and thanked us": the second half of a tale."""
    before = step.fragments[step.at - 1] if step.at else None
    if before is None or step.brk is not Break.AND or step.fragment.asked:
        return False
    return is_tale(before) and all(piece.figure is None for piece in before.pieces)


def _are_two_names(step: Step, current: Item) -> bool:
    """ "chimney sweeping and gutter clearing": where nothing is priced or counted, two full names are two items."""
    if any(piece.figure is not None for part in step.fragments for piece in part.pieces):
        return False
    return min(_content_words(current.pieces), _content_words(step.fragment.pieces)) > 1


def _content_words(pieces: Sequence[Piece]) -> int:
    return sum(1 for piece in pieces if lexicon.is_content(piece.text))


def _names_next_price(step: Step) -> bool:
    """ "we replaced the drive belt: 560": a tale right before a price that has no words says what it is for."""
    if step.at + 1 >= len(step.fragments):
        return False
    follower = step.fragments[step.at + 1]
    if follower.brk not in {Break.COLON, Break.COMMA, Break.DASH}:
        return False
    slots = find(follower.pieces)
    alone = not any(lexicon.is_content(piece.text) for piece in follower.pieces if piece.figure is None)
    return alone and any(slot.role is Role.PRICE for slot in slots)


def _words_after_item(step: Step, current: Item) -> Move:
    """Words behind a priced item: its name, a detail of it, or the next item."""
    if _is_price_alone(step, current) or step.brk in {Break.PAREN, Break.DASH}:
        return Move.MERGE
    detail = step.brk is Break.COMMA and not _more_follows(step) and step.known.line(step.reading.description) is None
    return Move.MERGE if detail else Move.NEW


def _more_follows(step: Step) -> bool:
    """Whether figures or another list member come after a name in a list."""
    if step.at + 1 >= len(step.fragments):
        return False
    follower = step.fragments[step.at + 1]
    listed = follower.brk in {Break.AND, Break.PLUS, Break.COMMA}
    figures = any(piece.figure is not None for piece in follower.pieces)
    return follower.brk not in SENTENCE and (listed or figures)


# --- figures without a name ---------------------------------------------------------------------------------------


def _belongs_before(step: Step, current: Item) -> bool:
    """A fragment named by a weak word only ("fixed fee of 30,000") completes what waits; else it is an item."""
    reading = step.reading
    if not reading.has_weak_words or reading.description.lower() == reading.unit.lower():
        return True
    return current.waits and step.brk not in {Break.BULLET, Break.LINE, Break.PLUS}


def _figures(step: Step, current: Item) -> Move:
    reading, now = step.reading, current.reading
    apart = step.brk is Break.BULLET or (step.brk is Break.LINE and not current.waits)
    if apart and reading.has_price:
        return Move.NEW
    if not (reading.has_price and now.has_price) or _ends_with_year(current):
        second_count = reading.has_count and now.has_count and now.has_price
        return Move.SKIP if second_count and step.brk not in IN_LIST else Move.MERGE
    if _lists_bare_figures(reading, now) or (_is_bare(now) and not _is_bare(reading)):
        return Move.MERGE
    is_sum = bool(reading.total and not reading.rate)
    return Move.SKIP if is_sum or step.brk is Break.PAREN else Move.NEW


def _ends_with_year(current: Item) -> bool:
    """ "annual audit 2025, 4,000": the year was no price."""
    slots = find(current.pieces)
    return len(slots) == 1 and slots[0].role is Role.BARE and could_be_year(slots[0].figure)


def _is_bare(reading: Reading) -> bool:
    """A small number that nothing marks as a price: the "12" of "ink cartridges 12, 15 each"."""
    return reading.is_bare and not reading.has_count


def _lists_bare_figures(reading: Reading, now: Reading) -> bool:
    """ "exercise books, 200, 45": the first bare number was the count."""
    uncounted = not now.has_count and not reading.has_count and not now.per
    return uncounted and now.rate.isdigit() and reading.rate.replace(",", "").replace(".", "").isdigit()


# --- figures with a name ------------------------------------------------------------------------------------------


def _is_price_alone(step: Step, current: Item) -> bool:
    """ "day rate is 400, 3 days of rigging": a price that has no words yet takes the ones behind it."""
    unnamed = not (current.reading.is_named or current.inherited)
    return current.reading.has_price and unnamed and step.brk in IN_LIST


def _counted(step: Step, current: Item) -> Move:
    """Words with a count and no price."""
    now = current.reading
    if _counts_the_priced(step.reading, now):
        return Move.MERGE
    if not current.waits:
        return Move.MERGE if _is_price_alone(step, current) and not now.has_count else Move.NEW
    if not now.has_words and not now.has_count:
        return Move.MERGE
    apart = now.has_count or step.brk in SENTENCE or step.brk in {Break.AND, Break.PLUS}
    return Move.NEW if apart else Move.MERGE


def _counts_the_priced(reading: Reading, now: Reading) -> bool:
    """ "7.45 per tile, 200 tiles": the noun that the price before was for, and how many of it there are."""
    nouns = {singular(word.lower()) for word in now.per} - {"each", "flat"}
    return not now.has_count and singular(reading.description.lower()) in nouns


def _priced(step: Step, current: Item) -> Move:
    """Words with a price."""
    now = current.reading
    if not current.waits:
        return Move.MERGE if _is_price_alone(step, current) and _is_bare_count(step.reading, now) else Move.NEW
    if not now.is_named:
        return Move.MERGE
    if step.brk in SENTENCE or (step.brk in _JOINED and _are_two(step, current)):
        return Move.NEW
    return Move.MERGE if _takes_price(step, current) else Move.NEW


def _takes_price(step: Step, current: Item) -> bool:
    """Whether a waiting item takes the price of the words behind it as its own."""
    reading, now = step.reading, current.reading
    if step.brk is Break.PLUS or (step.brk is Break.COLON and reading.has_words):
        return False
    if reading.has_count:
        return not now.has_count and step.brk is not Break.AND
    if now.has_count:
        if step.brk is Break.AND and step.fragment.pieces[0].low in {"a", "an", "one"}:
            return False  # "6 hours of bookkeeping and a tax return at 95"
        return bool(reading.per) or reading.rate_source.startswith(("@", "at "))
    in_list = current.brk is Break.COMMA and step.brk is Break.COMMA
    return not (in_list and any(not item.waits for item in step.items[:-1]))


def _is_bare_count(reading: Reading, now: Reading) -> bool:
    """ "250 kwa kila kikombe, vikombe 40"."""
    bare = reading.rate.replace(",", "").isdigit() and not reading.per and not reading.total
    return bare and bool(now.per) and not now.has_count


def _are_two(step: Step, current: Item) -> bool:
    return step.known.are_two(current.reading.description, step.reading.description)
