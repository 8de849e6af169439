"""Edits to a repeated invoice: more, fewer, changed, removed and new lines (section 9 of the drafting rules)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.describe import capitalised
from ai_agent.drafting.rules.fragments import Break, Fragment
from ai_agent.drafting.rules.moves import is_tale
from ai_agent.drafting.rules.pieces import first_figure
from ai_agent.drafting.rules.reading import Reading, read
from ai_agent.drafting.rules.words import shared, significant
from ai_agent.drafting.rules.wordsets import word_set
from ai_agent.drafting.types import Action, ProposedItem


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line of an earlier invoice, as far as reading an edit needs it."""

    description: str
    unit: str
    quantity: Decimal
    rate: Decimal


_REMOVE: Final = word_set(
    "drop remove without except excluding exclude skip omit delete cancel forget minus less no not ondoa "
    "toa bila isipokuwa futa hakuna usiweke excl"
)
_FEWER: Final = word_set("fewer less minus reduce reduced punguza pungufu cut")
_MORE: Final = word_set("more extra additional another further zaidi ongeza nyongeza add plus increase ziada")
_ADD: Final = word_set("add plus new also include one-off ongeza weka mpya pia additional extra")
_FACTORS: Final = word_set("double twice triple half halve nusu")
_FAR: Final = 10
_SMALL: Final = 100
_RATE: Final = word_set("rate price bei cost costs per each fee gharama")
_MANY_BECOME: Final = word_set("ziwe wawe viwe yawe wawe mawe")
_CHANGE: Final = (
    word_set(
        "to becomes become now instead make change set goes go up rises rise raise raised increase increases "
        "iwe ipande ibadilike sasa should at is are was"
    )
    | _MANY_BECOME
)


_SURELY_CHANGES: Final = _CHANGE - word_set("at is are should to")
_VERBS: Final = (
    _REMOVE | _FEWER | _MORE | _CHANGE | word_set("include the a of from by leave out double twice triple half halve")
) - word_set("additional extra")


def edits(parts: Sequence[Fragment], lines: Sequence[KnownLine]) -> list[ProposedItem]:
    """The edits to the repeated invoice, in order: more, fewer, changed, removed and new lines."""
    editor = _Editor(lines)
    for part in parts:
        editor.take(part)
    return editor.out


class _Editor:
    def __init__(self, lines: Sequence[KnownLine]) -> None:
        self.lines = lines
        self.out: list[ProposedItem] = []
        self.last: Fragment | None = None

    def take(self, part: Fragment) -> None:
        reading = read(part.pieces)
        words = {piece.low for piece in part.pieces}
        figures = any(piece.figure is not None for piece in part.pieces)
        if self._completes(part, reading):
            return
        factor = next((piece.text for piece in part.pieces if piece.low in _FACTORS), None)
        if factor is not None and not (reading.has_price or reading.has_count):
            self._add_factor(factor, reading)
        elif not figures:
            self._words(part, reading, words)
        else:
            self._add(part, reading, self._action(part, reading, words))

    def _add_factor(self, factor: str, reading: Reading) -> None:
        """ "double the sessions", "half the support hours"."""
        description = _without_verbs(reading.description)
        unit = next(
            (word for word in description.lower().split() if units.canonical(word) not in {None, units.UNIT}), None
        )
        self.out.append(
            ProposedItem(action="change", description=description, quantity=factor, unit=unit, quantity_source=factor)
        )

    def _completes(self, part: Fragment, reading: Reading) -> bool:
        """Figures alone after a new line without a price: "plus a domain renewal, 1,500"."""
        waiting = self.out and self.out[-1].action == "new" and not (self.out[-1].rate or self.out[-1].total)
        names = reading.has_words or (reading.has_weak_words and reading.description.lower() != reading.unit.lower())
        if not waiting or names or self.last is None:
            return False
        merged = replace(self.last, pieces=(*self.last.pieces, *part.separators, *part.pieces))
        self.out.pop()
        self._add(merged, read(merged.pieces), "new")
        return True

    def _words(self, part: Fragment, reading: Reading, words: set[str]) -> None:
        if is_tale(part):
            return
        if (
            words & _REMOVE
            or {"leave", "out"} <= words
            or {"take", "out"} <= words
            or {"take", "off"} <= words
            or (self._goes_on_removing(part) and reading.has_words)
        ):
            self._add(part, reading, "remove")
        elif reading.has_words and (part.brk is Break.PLUS or words & _ADD or part.asked):
            self._add(part, reading, "new")

    def _goes_on_removing(self, part: Fragment) -> bool:
        return bool(self.out) and self.out[-1].action == "remove" and part.brk in {Break.AND, Break.COMMA}

    def _action(self, part: Fragment, reading: Reading, words: set[str]) -> Action:
        line = self._line(reading)
        if reading.has_count and not reading.has_price:
            return self._count_action(part, words)
        if words & _FEWER and line is not None and not words & _RATE:
            return "fewer"
        adds = part.brk is Break.PLUS or bool(words & _ADD)
        if not reading.is_named and not reading.has_count and not adds:
            return "change"  # "at 37 an hour": a price alone is a new price of what is repeated
        other = (
            line is not None
            and not words & _SURELY_CHANGES
            and not _is_same_name(reading.description, line.description)
        )
        if line is None or other or (adds and not words & _CHANGE):
            return "new"
        return "change"

    def _count_action(self, part: Fragment, words: set[str]) -> Action:
        if words & _FEWER or words & {"drop", "remove", "ondoa"}:
            return "fewer"
        if words & _MORE or part.brk is Break.PLUS:
            return "more"
        return "change"

    def _line(self, reading: Reading) -> KnownLine | None:
        """The known line that the words name, or the one whose unit is counted."""
        words = significant(reading.description)
        best = max(self.lines, key=lambda line: shared(words, significant(line.description)), default=None)
        if best is not None and shared(words, significant(best.description)):
            return best
        unit = units.canonical(_unit_of(reading))
        same = [line for line in self.lines if unit not in {None, units.UNIT} and line.unit == unit]
        return same[0] if same and not words else None

    def _add(self, part: Fragment, reading: Reading, action: Action) -> None:
        quantity, rate = reading.quantity, reading.rate
        line = self._line(reading)
        if action == "change" and rate and not quantity and line is not None and self._is_count(part, reading, line):
            quantity, rate = rate, ""
        added = action == "new" and bool(_MORE & {piece.low for piece in part.pieces}) and self._is_small(reading)
        if (action in {"more", "fewer"} or added) and rate and not quantity:
            quantity, rate = rate, ""
        description = _without_verbs("" if reading.description.lower() == reading.unit.lower() else reading.description)
        if action == "new" and not description:
            description = reading.description
        self.last = part
        self.out.append(
            ProposedItem(
                action=action,
                description=description,
                quantity=quantity or None,
                unit=(_unit_of(reading) if action == "change" else reading.unit) or None,
                rate=rate or None,
                rate_unit="/".join(reading.per) or None,
                total=reading.total or None,
                quantity_source=reading.quantity_source
                or (reading.rate_source if quantity and not reading.quantity else None)
                or None,
                rate_source=reading.rate_source or None if rate else None,
            )
        )

    def _is_small(self, reading: Reading) -> bool:
        """ "ongeza mikate 10": a small bare number that is added counts."""
        figure = first_figure(reading.rate)
        marked = reading.per or reading.rate_source != reading.rate
        return (
            figure is not None and figure.plain and figure.currency is None and not marked and 0 < figure.value < _SMALL
        )

    def _is_count(self, part: Fragment, reading: Reading, line: KnownLine) -> bool:
        """Whether the one figure of a change is the new count: "ziwe 40" is; else the nearer old figure decides."""
        words = {piece.low for piece in part.pieces}
        figure = first_figure(reading.rate)
        if figure is None or figure.currency is not None or reading.per or words & _RATE or figure.value <= 0:
            return False
        if words & _MANY_BECOME:
            return True
        to_quantity, to_rate = _distance(figure.value, line.quantity), _distance(figure.value, line.rate)
        return figure.plain and to_quantity < to_rate


def counted_as_before(item: ProposedItem, lines: Sequence[KnownLine]) -> ProposedItem:
    """ "cake 3", where cakes cost 1,800: a bare number nearer to the old count than to the old price counts."""
    bare = item.rate is not None and item.rate.isdigit() and not (item.quantity or item.rate_unit or item.share)
    words = significant(item.description)
    line = max(lines, key=lambda each: shared(words, significant(each.description)), default=None)
    if not bare or line is None or not shared(words, significant(line.description)) or item.rate_source != item.rate:
        return item
    value = Decimal(item.rate or 0)
    if _distance(value, line.quantity) >= _distance(value, line.rate) or value >= line.rate / _FAR:
        return item
    return item.model_copy(
        update={"quantity": item.rate, "rate": None, "quantity_source": item.rate_source, "rate_source": None}
    )


def _unit_of(reading: Reading) -> str:
    """What is counted, else what is priced: "at 37 an hour" speaks of the hours."""
    return reading.unit or (reading.per[0] if reading.per else "")


def _is_same_name(first: str, second: str) -> bool:
    """Whether all significant words of the shorter name are in the longer one: hosting, web hosting."""
    one, other = significant(_without_verbs(first)), significant(second)
    return bool(one) and shared(one, other) == min(len(one), len(other))


def _without_verbs(description: str) -> str:
    """The description without the words of the edit itself at its edges: "ongeza", "drop the ..."."""
    words = description.split()
    while words and words[0].lower() in _VERBS:
        words.pop(0)
    while words and words[-1].lower() in _VERBS:
        words.pop()
    return capitalised(" ".join(words))


def _distance(value: Decimal, known: Decimal) -> Decimal:
    """How many times one figure is the other, at least 1."""
    if value <= 0 or known <= 0:
        return Decimal("Infinity")
    return max(value / known, known / value)
