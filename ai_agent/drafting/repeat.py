"""The lines of a repeated invoice after its edits (section 9 of the drafting rules)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ai_agent.drafting.history import line_for
from ai_agent.drafting.lines import Line, LineReader, read_unit
from ai_agent.drafting.rules import units
from ai_agent.drafting.types import Flag, Need, Note, Origin, PastInvoice, PastLine, ProposedItem, Provenance


@dataclass(slots=True)
class Repeated:
    """Lines under edit, each beside the earlier line it came from (None for a new one)."""

    lines: list[Line]
    origins: list[PastLine | None]
    notes: list[Note]


def repeated(invoice: PastInvoice, edits: Sequence[ProposedItem], reader: LineReader) -> Repeated:
    """All lines of an invoice, with the edits applied in order."""
    state = Repeated(
        [], [], [Note("repeated_invoice", {"number": invoice.number, "date": invoice.issued_on.isoformat()})]
    )
    for past in invoice.lines:
        state.lines.append(_copied(past, invoice.number))
        state.origins.append(past)
    for edit in edits:
        _apply(state, edit, reader)
    return state


def _copied(past: PastLine, number: str) -> Line:
    line = Line(past.description, past.quantity, units.canonical(past.unit) or units.UNIT, past.rate)
    line.provenance = {name: Provenance(Origin.HISTORY, number) for name in ("quantity", "rate")}
    return line


def _apply(state: Repeated, edit: ProposedItem, reader: LineReader) -> None:
    if edit.action == "new":
        _append(state, edit, reader)
        return
    kept = [origin for origin in state.origins if origin is not None]
    place = line_for(kept, edit.description, read_unit(edit.unit))
    if place is None and edit.action in {"more", "change"} and edit.description:
        _append(state, edit, reader)
        return
    if place is None and edit.action in {"more", "fewer", "change"} and len(kept) == 1 and not edit.description:
        place = 0
    if place is None:
        state.notes.append(Note("line_not_found", {"item": edit.description or edit.unit or edit.quantity or ""}))
        return
    at = state.origins.index(kept[place])
    if edit.action == "remove":
        del state.lines[at], state.origins[at]
    else:
        _edit(state.lines[at], edit, reader)
        if state.lines[at].quantity == 0:
            del state.lines[at], state.origins[at]


def _append(state: Repeated, edit: ProposedItem, reader: LineReader) -> None:
    state.lines.append(reader.read(edit))
    state.origins.append(None)


def _edit(line: Line, edit: ProposedItem, reader: LineReader) -> None:
    if edit.quantity is not None:
        _edit_quantity(line, edit, reader)
    if edit.rate is not None:
        said = reader.read(edit.model_copy(update={"quantity": None, "action": "new"}))
        line.rate, line.said_total = said.rate, None
        line.notes += said.notes
        line.needs |= said.needs & {Need.RATE}
        line.flags |= said.flags
        if "rate" in said.provenance:
            line.provenance["rate"] = said.provenance["rate"]


def _edit_quantity(line: Line, edit: ProposedItem, reader: LineReader) -> None:
    said = _said_quantity(line, edit, reader)
    line.provenance["quantity"] = Provenance(Origin.REQUEST, edit.quantity_source or edit.quantity or "")
    if said is None or line.quantity is None:
        line.quantity = None
        line.needs.add(Need.QUANTITY)
        return
    if edit.action == "more":
        line.quantity += said
    elif edit.action == "fewer":
        line.quantity -= said
    else:
        line.quantity = said
    if line.quantity < 0:
        line.quantity = None
        line.needs.add(Need.QUANTITY)
        line.flags.add(Flag.INVALID_AMOUNT)


def _said_quantity(line: Line, edit: ProposedItem, reader: LineReader) -> Decimal | None:
    """The figure of an edit in the unit of the line; None where it is vague, refused or not above zero."""
    figure = reader.figure(line, edit.quantity)
    if figure is None or figure.vague:
        return None
    if figure.value <= 0:
        line.flags.add(Flag.INVALID_AMOUNT)
        return None
    unit = read_unit(edit.unit)
    if unit is None or unit == units.UNIT:
        return figure.value
    return units.convert(figure.value, unit, line.unit) or figure.value
