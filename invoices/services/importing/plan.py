"""The plan of an import: documents made of lines, faulty ones left out whole, cancellations linked to originals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from billing_assistant.core.imports.importers import Fault
from billing_assistant.core.money import ZERO, percentage, quantize
from invoices.services.compute import TaxGroup
from invoices.services.importing.source import MAX_REFERENCE, Column, SourceLine
from invoices.states import InvoiceKind, TaxCategory


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A line to be written: quantity and price are not negative; `amount` is their product, rounded once."""

    source: SourceLine
    quantity: Decimal
    amount: Decimal
    corrects: PlannedLine | None = None


@dataclass
class PlannedDocument:
    """An invoice or credit note to be written. `corrects` is the invoice of this file that a cancellation cancels."""

    number: str
    kind: InvoiceKind
    issued_on: date
    customer: str
    customer_name: str
    country: str
    lines: list[PlannedLine]
    currency: str
    due_on: date | None = None
    corrects: PlannedDocument | None = None

    @property
    def customer_number(self) -> str:
        """What the file says beside a name; a name alone stands in the place of a number."""
        return "" if self.customer == self.customer_name[:MAX_REFERENCE] else self.customer

    @property
    def subtotal(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @cached_property
    def taxes(self) -> tuple[TaxGroup, ...]:
        """The tax that the file's rates come to on the sum of each rate; without a rate a line is exempt."""
        bases: dict[tuple[TaxCategory, Decimal], Decimal] = {}
        for line in self.lines:
            key = (line.source.tax_category, line.source.tax_rate or ZERO)
            bases[key] = bases.get(key, ZERO) + line.amount
        return tuple(
            TaxGroup(category, rate, base, percentage(base, rate, self.currency))
            for (category, rate), base in bases.items()
        )

    @property
    def tax_total(self) -> Decimal:
        return sum((group.tax for group in self.taxes), ZERO)

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.tax_total

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
    other = next((line for line in group if line.currency != first.currency), None)
    if other is not None:
        yield other.fault(Column.CURRENCY, _("The document has two currencies."))


def is_cancellation(number: str) -> bool:
    """Whether a document number marks a cancellation: it begins with C and goes on with digits."""
    return number[:1].upper() == "C" and number[1:2].isdigit()


def _document(number: str, group: Sequence[SourceLine], currency: str) -> PlannedDocument:
    first, currency = group[0], group[0].currency or currency
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
        currency=currency,
        due_on=max((line.due_on for line in group if line.due_on), default=None),
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
        mine = by_customer[note.customer]
        candidates = [one for one in mine if one.issued_on <= note.issued_on and one.currency == note.currency]
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
        remaining = left[id(candidate)] - used.get(id(candidate), ZERO)
        if candidate.source.same_price(line.source) and remaining >= line.quantity:
            return candidate
    return None
