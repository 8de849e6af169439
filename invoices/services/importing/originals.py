"""Invoices that were imported before and that cancellations of a later batch, or of a later file, refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from invoices.models import Invoice, InvoiceLine
from invoices.services.importing.plan import PlannedDocument
from invoices.states import InvoiceKind, InvoiceState


@dataclass(frozen=True, slots=True)
class Originals:
    """Ids of invoices by number, and their lines by the planned line (its identity) that they were made from."""

    ids: Mapping[str, UUID]
    lines: Mapping[int, InvoiceLine]


def originals_of(documents: Sequence[PlannedDocument], profile: BusinessProfile) -> Originals:
    """Finds what cancellations refer to outside of `documents`.

    A cancellation whose invoice is not there as planned, or has less left than it cancels, loses its reference.
    """
    here = {document.number for document in documents}
    notes = [note for note in documents if note.corrects is not None and note.corrects.number not in here]
    numbers = {note.corrects.number for note in notes if note.corrects is not None}
    if not numbers:
        return Originals({}, {})
    there = Invoice.objects.filter(
        profile=profile,
        number__in=numbers,
        imported=True,
        kind=InvoiceKind.INVOICE,
        state=InvoiceState.ISSUED,
    ).in_bulk()
    ids = {invoice.number: invoice.pk for invoice in there.values()}
    stored = {(line.invoice_id, line.position): line for line in InvoiceLine.objects.filter(invoice__in=there)}
    credited = _credited(there)
    left = {line.pk: line.quantity - credited.get(line.pk, ZERO) for line in stored.values()}
    lines: dict[int, InvoiceLine] = {}
    for note in notes:
        found = _lines(note, ids, stored)
        if found is None or not _take(note, found, left):
            note.unlink()
        else:
            lines |= found
    return Originals(ids, lines)


def _credited(invoices: Mapping[UUID, Invoice]) -> dict[int, Decimal]:
    rows = InvoiceLine.objects.filter(corrects_line__invoice__in=invoices).values("corrects_line_id")
    totals = rows.annotate(total=Sum("quantity")).values_list("corrects_line_id", "total")
    return {line_id: total for line_id, total in totals if line_id is not None}


def _lines(
    note: PlannedDocument, ids: Mapping[str, UUID], stored: Mapping[tuple[UUID, int], InvoiceLine]
) -> dict[int, InvoiceLine] | None:
    """The stored lines that a cancellation cancels, or None when they are not as planned."""
    original = note.corrects
    if original is None or original.number not in ids:
        return None
    position = {id(line): at for at, line in enumerate(original.lines, start=1)}
    found: dict[int, InvoiceLine] = {}
    for line in note.lines:
        target = line.corrects
        row = stored.get((ids[original.number], position[id(target)])) if target is not None else None
        if target is None or row is None:
            return None
        planned = (target.quantity, target.source.unit_price, target.source.tax_rate or ZERO)
        if (row.quantity, row.unit_price, row.tax_rate) != planned:
            return None
        found[id(target)] = row
    return found


def _take(note: PlannedDocument, found: Mapping[int, InvoiceLine], left: dict[int, Decimal]) -> bool:
    """Takes what a cancellation cancels from what is left of the lines; False, and nothing taken, if it is too much."""
    wanted: dict[int, Decimal] = {}
    for line in note.lines:
        key = found[id(line.corrects)].pk
        wanted[key] = wanted.get(key, ZERO) + line.quantity
    if any(left[key] < quantity for key, quantity in wanted.items()):
        return False
    left.update({key: left[key] - quantity for key, quantity in wanted.items()})
    return True
