"""The lines of a repeated invoice after its edits (section 9 of the drafting rules)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ai_agent.drafting.history import line_for
from ai_agent.drafting.lines import Line, LineReader
from ai_agent.drafting.rules import units
from ai_agent.drafting.said_units import read_unit
from ai_agent.drafting.types import Flag, Need, Note, Origin, PastInvoice, PastLine, ProposedItem, Provenance

_FACTORS: Final = {
    "double": Decimal(2), "twice": Decimal(2), "triple": Decimal(3), "half": Decimal("0.5"), "halve": Decimal("0.5"),
    "mara mbili": Decimal(2), "nusu": Decimal("0.5"),
}  # fmt: skip


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
    place = _place(state, edit, reader)
    if place is None and edit.action in {"more", "change"} and edit.description:
        _append(state, edit, reader)
    elif place is None:
        state.notes.append(Note("line_not_found", {"item": edit.description or edit.unit or edit.quantity or ""}))
    elif edit.action == "remove":
        del state.lines[place], state.origins[place]
    else:
        _edit(state.lines[place], edit, reader)
        if state.lines[place].quantity == 0:
            del state.lines[place], state.origins[place]


def _place(state: Repeated, edit: ProposedItem, reader: LineReader) -> int | None:
    """The line that an edit is about. More hours are not added to a line that counts sessions."""
    kept = [(at, origin) for at, origin in enumerate(state.origins) if origin is not None]
    known = [line for invoice in reader.history.invoices for line in invoice.lines]
    unit = read_unit(edit.unit)
    found = line_for([origin for _, origin in kept], edit.description, unit, known)
    if found is None:
        only = len(kept) == 1 and not edit.description and edit.action != "remove"
        return kept[0][0] if only else None
    line_unit = state.lines[kept[found][0]].unit
    differs = edit.action == "more" and unit not in {None, units.UNIT, line_unit} and line_unit != units.UNIT
    return None if differs and units.factor(unit or "", line_unit) is None else kept[found][0]


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
    factor = _FACTORS.get((edit.quantity or "").lower())
    if factor is not None and line.quantity is not None and reader.ground.has_phrase(edit.quantity or ""):
        return line.quantity * factor
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
