"""One proposed item as a line with figures: quantity, unit and rate from the words (sections 3, 4, 9, 10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ai_agent.drafting.grounding import Ground
from ai_agent.drafting.history import History, Priced
from ai_agent.drafting.offers import Offers
from ai_agent.drafting.rules import units
from ai_agent.drafting.rules.figures import Figure
from ai_agent.drafting.rules.pieces import first_figure
from ai_agent.drafting.rules.text import clean
from ai_agent.drafting.said_units import EACH, FLAT, Per, compound, read_per, read_unit, unit_within
from ai_agent.drafting.types import Flag, Need, Note, Offer, Origin, ProposedItem, Provenance
from billing_assistant.core.money import quantize, quantize_places

RATE_PLACES: Final = 6
MAX_FIGURE: Final = Decimal("999999999999")
ONE: Final = Figure(Decimal(1))
_FRACTIONS: Final = {
    "half": Decimal("0.5"),
    "nusu": Decimal("0.5"),
    "third": Decimal(1) / 3,
    "quarter": Decimal("0.25"),
    "robo": Decimal("0.25"),
}
_PEOPLE_UNITS: Final = frozenset({"user", "license", "session", "project", units.UNIT})


@dataclass(slots=True)
class Line:
    """A line before tax. Its rate is the typed one: with prices that include tax it is still gross."""

    description: str
    quantity: Decimal | None = Decimal(1)
    unit: str = units.UNIT
    rate: Decimal | None = None
    said_total: Decimal | None = None
    needs: set[Need] = field(default_factory=set)
    flags: set[Flag] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)
    provenance: dict[str, Provenance] = field(default_factory=dict)

    def gross(self, currency: str) -> Decimal | None:
        """Quantity times rate, rounded once; the said total where one was said."""
        if self.quantity is None or self.rate is None:
            return None
        if self.said_total is not None:
            return quantize(self.said_total, currency)
        return quantize(self.quantity * self.rate, currency)


class LineReader:
    """Turns proposed items into lines, in one currency, never with a figure that was not said."""

    def __init__(self, ground: Ground, history: History, currency: str, offers: Iterable[Offer] = ()) -> None:
        self.ground = ground
        self.history = history
        self.currency = currency
        self.offers = Offers(offers, currency)

    def read(self, item: ProposedItem) -> Line:
        line = Line(item.description)
        per = read_per(item.rate_unit)
        quantity, counted = self._quantity(line, item)
        line.quantity = quantity
        if item.share and (item.rate or item.total):
            self._share(line, item)
            return line
        if item.total and not item.rate:
            self._total(line, item, counted, per)
            return line
        self._times(line, item, per)
        self._rate(line, item, per, counted)
        return line

    # --- figures ------------------------------------------------------------------------------------------------

    def figure(self, line: Line, words: str | None) -> Figure | None:
        """The figure of some words, refused when the request does not hold it or it is in another currency."""
        found = first_figure(clean(words)) if words else None
        if found is None or found.vague:
            return found
        if not (self.ground.has_figure(found.value) and abs(found.value) <= MAX_FIGURE):
            line.notes.append(Note("figure_refused", {"figure": words or ""}))
            return None
        if found.currency is not None and found.currency != self.currency:
            line.notes.append(Note("other_currency", {"figure": words or ""}))
            return None
        return found

    def _quantity(self, line: Line, item: ProposedItem) -> tuple[Decimal | None, str | None]:
        """The count and its unit. An unsaid count is one; a vague, refused or impossible one is unknown."""
        counted = read_unit(item.unit)
        if item.quantity is None:
            return Decimal(1), counted
        figure = ONE if item.quantity.lower() in {"a", "an"} else self.figure(line, item.quantity)
        line.provenance["quantity"] = Provenance(Origin.REQUEST, item.quantity_source or item.quantity)
        several = compound(item.quantity)
        if several is not None and figure is not None and figure.value > 0 and self.ground.has_phrase(item.quantity):
            return several
        counted = counted or unit_within(item.quantity)
        if figure is None or figure.vague:
            line.needs.add(Need.QUANTITY)
            return None, counted
        if figure.value <= 0:
            line.flags.add(Flag.INVALID_AMOUNT)
            line.needs.add(Need.QUANTITY)
            return None, counted
        return _plain(figure.value), counted

    def _times(self, line: Line, item: ProposedItem, per: list[Per]) -> None:
        """The second count: months of "per user per month"; sessions of "4 sessions of 2 hours"."""
        if item.times is None or line.quantity is None:
            return
        figure = self.figure(line, item.times)
        if figure is None or figure.vague or figure.value <= 0:
            return
        value, unit = figure.value, unit_within(item.times)
        if len(per) > 1 and unit is not None:
            value = units.convert(value, unit, per[1].unit) or value
        line.quantity *= value

    # --- shares and totals --------------------------------------------------------------------------------------

    def _share(self, line: Line, item: ProposedItem) -> None:
        """A part payment: quantity one, the rate is the share of the said price (section 3)."""
        words = item.rate or item.total
        base, part = self.figure(line, words), self._part(line, item.share or "")
        line.quantity, line.unit = Decimal(1), units.UNIT
        if base is None or part is None:
            line.needs.add(Need.RATE)
            return
        line.rate = quantize(base.value * part, self.currency)
        line.provenance["rate"] = Provenance(Origin.REQUEST, f"{item.share}, {item.rate_source or words}")
        self._refuse_impossible_rate(line)

    def _part(self, line: Line, words: str) -> Decimal | None:
        figure = self.figure(line, words)
        if figure is not None and (figure.percent or "/" in words):
            return figure.value / 100 if figure.percent else figure.value
        named = next((value for word, value in _FRACTIONS.items() if word in words.lower()), None)
        return named if named is not None and self.ground.has_phrase(words) else None

    def _total(self, line: Line, item: ProposedItem, counted: str | None, per: list[Per]) -> None:
        """A said total for N: quantity N, rate total/N, and the total itself is kept (section 3)."""
        figure = self.figure(line, item.total)
        wanted = next((step.unit for step in per if step.unit not in {EACH, FLAT}), None)
        line.unit = counted or wanted or units.UNIT
        if line.unit == units.MINUTE and line.quantity is not None:
            line.unit, line.quantity = "hour", line.quantity / units.HALF_HOUR_MINUTES
        if figure is None:
            line.needs.add(Need.RATE)
            return
        line.provenance["rate"] = Provenance(Origin.REQUEST, item.rate_source or item.total or "")
        line.rate = figure.value
        self._refuse_impossible_rate(line)
        if line.rate is None or line.quantity is None:
            line.rate = line.rate if line.quantity is not None else None
            return
        exact = line.rate / line.quantity
        line.rate = quantize(exact, self.currency)
        if line.rate != exact:
            line.rate = quantize_places(exact, RATE_PLACES)
        if line.quantity != 1:
            line.notes.append(Note("total_split", {"item": line.description}))
        if line.rate != exact:
            line.said_total = figure.value

    # --- rate ---------------------------------------------------------------------------------------------------

    def _rate(self, line: Line, item: ProposedItem, per: list[Per], counted: str | None) -> None:
        figure = self.figure(line, item.rate)
        if figure is None or figure.vague:
            self._known_rate(line, item, counted)
            return
        line.rate = figure.value / per[0].count if per else figure.value
        line.provenance["rate"] = Provenance(Origin.REQUEST, item.rate_source or item.rate or "")
        self._refuse_impossible_rate(line)
        self._settle_unit(line, counted, per[0].unit if per else None, said=item.quantity is not None)

    def _refuse_impossible_rate(self, line: Line) -> None:
        if line.rate is not None and line.rate <= 0:
            line.rate = None
            line.flags.add(Flag.INVALID_AMOUNT)
            line.needs.add(Need.RATE)

    def _known_rate(self, line: Line, item: ProposedItem, counted: str | None) -> None:
        """The price of the newest earlier line for the same item (section 9), else that of the catalogue; without one
        the price is asked for."""
        past = self.history.price_of(item.description, self.currency)
        origin, note = Origin.HISTORY, "price_from_history"
        if past is None:
            past, origin, note = self.offers.price_of(item.description), Origin.CATALOGUE, "price_from_catalogue"
        line.unit = counted or (past.unit if past else units.UNIT)
        if past is None:
            line.unit = self._shown(line, line.unit)
            line.needs.add(Need.RATE)
            return
        if not self._fits_past(line, counted, past):
            line.needs.add(Need.RATE)
            line.notes.append(
                Note("unit_differs", {"item": line.description, "counted": counted or "", "priced": past.unit})
            )
            return
        line.rate = past.rate
        line.provenance["rate"] = Provenance(origin, past.number)
        line.notes.append(Note(note, {"item": line.description, "rate": format(past.rate, "f"), "number": past.number}))

    def _fits_past(self, line: Line, counted: str | None, past: Priced) -> bool:
        if counted in {None, past.unit}:
            return True
        converted = units.convert(line.quantity or Decimal(1), counted or "", past.unit)
        if converted is not None:
            line.quantity, line.unit = (converted if line.quantity is not None else None), past.unit
            return True
        line.unit = self._shown(line, counted or units.UNIT)
        return not (counted in units.TIMES and past.unit in units.TIMES)

    def _settle_unit(self, line: Line, counted: str | None, priced: str | None, *, said: bool) -> None:
        """The quantity in the unit that the price is for (section 3), the counted unit where the price names none."""
        if priced in {None, EACH}:
            line.unit = self._shown(line, counted or units.UNIT)
            return
        if priced == FLAT:
            line.unit = units.UNIT
            line.quantity = Decimal(1) if line.quantity is not None else None
            return
        unit = priced or units.UNIT
        line.unit = units.UNIT if unit == units.MINUTE else unit
        if counted is None or not said or counted == priced:
            return
        self._convert(line, counted, unit)

    def _convert(self, line: Line, counted: str, priced: str) -> None:
        converted = units.convert(line.quantity, counted, priced) if line.quantity is not None else None
        if converted is not None:
            line.quantity = converted
        elif counted in units.TIMES or (priced not in units.TIMES and priced not in _PEOPLE_UNITS):
            line.quantity = None
            line.needs.add(Need.QUANTITY)
            line.notes.append(Note("unit_differs", {"item": line.description, "counted": counted, "priced": priced}))
        elif counted != units.UNIT:
            line.unit = counted

    def _shown(self, line: Line, unit: str) -> str:
        """Minutes are billed as hours."""
        if unit != units.MINUTE:
            return unit
        if line.quantity is not None:
            line.quantity /= units.HALF_HOUR_MINUTES
        return "hour"


def _plain(value: Decimal) -> Decimal:
    """The value without idle decimals: six, not 6.0."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
