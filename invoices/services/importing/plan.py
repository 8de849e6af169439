"""The plan of an import: documents made of lines, faulty ones left out whole, cancellations linked to originals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from billing_assistant.core.imports.importers import Fault
from billing_assistant.core.money import ZERO, quantize
from invoices.services.importing.source import Column, SourceLine
from invoices.states import InvoiceKind


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line to be written: quantity and price are not negative; `amount` is their product, rounded once."""

    source: SourceLine
    quantity: Decimal
    amount: Decimal
    corrects: PlannedLine | None = None


@dataclass(slots=True)
class PlannedDocument:
    """An invoice or credit note to be written. `corrects` is the invoice of this file that a cancellation cancels."""

    number: str
    kind: InvoiceKind
    issued_on: date
    customer: str
    customer_name: str
    country: str
    lines: list[PlannedLine]
    corrects: PlannedDocument | None = None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    def unlink(self) -> None:
        """Leaves a cancellation without the invoice that it cancels."""
        self.corrects = None
        self.lines = [PlannedLine(line.source, line.quantity, line.amount) for line in self.lines]


@dataclass(slots=True)
class Plan:
    """What would be imported, and what not and why."""

    documents: list[PlannedDocument] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


def plan_documents(lines: Sequence[SourceLine], faults: Iterable[Fault], currency: str) -> Plan:
    """Groups lines to documents in the order of the file; a document with one faulty line is refused whole.

    Invoices come before the cancellations that may refer to them.
    """
    plan = Plan(faults=list(faults))
    plan.refused = {fault.about for fault in plan.faults if fault.about}
    grouped: dict[str, list[SourceLine]] = defaultdict(list)
    for line in lines:
        grouped[line.document].append(line)
    for number, group in grouped.items():
        wrong = list(_document_faults(number, group))
        if wrong:
            plan.faults += wrong
            plan.refused.add(number)
        if number not in plan.refused:
            plan.documents.append(_document(number, group, currency))
    plan.faults.sort(key=lambda fault: fault.line)
    plan.documents.sort(key=lambda document: document.kind is InvoiceKind.CREDIT_NOTE)
    link_cancellations(plan.documents)
    return plan


def _document_faults(number: str, group: Sequence[SourceLine]) -> Iterator[Fault]:
    first = group[0]
    negative = [line for line in group if line.quantity < 0]
    if negative and len(negative) < len(group):
        yield negative[0].fault(Column.QUANTITY, _("Some quantities are negative and some are not."))
    elif negative and not is_cancellation(number):
        yield first.fault(Column.QUANTITY, _("The quantity is negative, but this is no cancellation (C…)."))
    elif is_cancellation(number) and not negative:
        yield first.fault(Column.QUANTITY, _("A cancellation has negative quantities."))
    other = next((line for line in group if line.customer != first.customer), None)
    if other is not None:
        yield other.fault(Column.CUSTOMER, _("The document has two customers."))


def is_cancellation(number: str) -> bool:
    """Whether a document number marks a cancellation: it begins with C and goes on with digits."""
    return number[:1].upper() == "C" and number[1:2].isdigit()


def _document(number: str, group: Sequence[SourceLine], currency: str) -> PlannedDocument:
    first = group[0]
    return PlannedDocument(
        number=number,
        kind=InvoiceKind.CREDIT_NOTE if is_cancellation(number) else InvoiceKind.INVOICE,
        issued_on=min(line.issued_on for line in group),
        customer=first.customer,
        customer_name=first.customer_name,
        country=first.country,
        lines=[
            PlannedLine(line, abs(line.quantity), quantize(abs(line.quantity) * line.unit_price, currency))
            for line in group
        ],
    )


def link_cancellations(documents: Sequence[PlannedDocument]) -> None:
    """Links each cancellation to the newest earlier invoice of its customer that has every line with enough left over.

    Same code and price, quantity not yet cancelled; so credit notes never exceed their invoice.
    """
    by_customer: dict[str, list[PlannedDocument]] = defaultdict(list)
    left: dict[int, Decimal] = {}
    for document in documents:
        if document.kind is InvoiceKind.INVOICE and document.customer:
            by_customer[document.customer].append(document)
            left |= {id(line): line.quantity for line in document.lines}
    for note in documents:
        if note.kind is not InvoiceKind.CREDIT_NOTE:
            continue
        candidates = [one for one in by_customer[note.customer] if one.issued_on <= note.issued_on]
        for original in sorted(candidates, key=lambda one: one.issued_on, reverse=True):
            matched = _match(note, original, left)
            if matched is not None:
                note.corrects, note.lines = original, matched
                break


def _match(note: PlannedDocument, original: PlannedDocument, left: dict[int, Decimal]) -> list[PlannedLine] | None:
    """The note's lines with the lines that they cancel, or None; takes what it uses from what is left."""
    used: dict[int, Decimal] = {}
    matched = []
    for line in note.lines:
        target = _target(line, original.lines, left, used)
        if target is None:
            return None
        used[id(target)] = used.get(id(target), ZERO) + line.quantity
        matched.append(PlannedLine(line.source, line.quantity, line.amount, target))
    for key, quantity in used.items():
        left[key] -= quantity
    return matched


def _target(
    line: PlannedLine, candidates: Sequence[PlannedLine], left: Mapping[int, Decimal], used: Mapping[int, Decimal]
) -> PlannedLine | None:
    for candidate in candidates:
        same = candidate.source.code == line.source.code and candidate.source.unit_price == line.source.unit_price
        if same and left[id(candidate)] - used.get(id(candidate), ZERO) >= line.quantity:
            return candidate
    return None
