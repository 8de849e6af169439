"""The lines of a document as they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from invoices.pdf.document import Column, Design, InvoiceDocument, Line
from invoices.pdf.figures import Figures, unbroken

_SHORT: Final = 200
_SEPARATOR: Final = "  ·  "


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """`details` are the small rows under the description: the service period and the discount.

    `terms` say in words what the columns say in figures ("3 months × 15,000.00"), for a design without columns.
    No page ends after a line to `keep`: the first two lines stay together, and the last two, unless they are tall.
    """

    item: str
    description: str
    details: str
    terms: str
    quantity: str
    unit: str
    price: str
    discount: str
    tax: str
    amount: str
    keep: bool


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """The lines of one category under its name; no name where lines are not divided."""

    name: str
    subtotal: str
    lines: tuple[PrintedLine, ...]


def printed_sections(document: InvoiceDocument, figures: Figures) -> tuple[PrintedSection, ...]:
    """All lines, by their sections in the detailed design. Items are numbered as they are printed."""
    if not _is_divided(document):
        return (PrintedSection("", "", _printed_lines(document.lines, document, figures)),)
    sections: list[PrintedSection] = []
    first = 1
    for section in document.sections:
        lines = tuple(line for line in document.lines if line.category == section.name)
        printed = _printed_lines(lines, document, figures, first=first)
        sections.append(PrintedSection(section.name or _("Other"), figures.amount(section.subtotal), printed))
        first += len(lines)
    return tuple(sections)


def _is_divided(document: InvoiceDocument) -> bool:
    return document.design == Design.DETAILED and any(section.name for section in document.sections)


def _printed_lines(
    lines: tuple[Line, ...], document: InvoiceDocument, figures: Figures, *, first: int = 1
) -> tuple[PrintedLine, ...]:
    kept = (0, len(lines) - 2)
    return tuple(
        _printed(line, document, figures, item=first + index, keep=index in kept and len(line.description) <= _SHORT)
        for index, line in enumerate(lines)
    )


def _printed(line: Line, document: InvoiceDocument, figures: Figures, *, item: int, keep: bool) -> PrintedLine:
    shown = document.columns
    detailed = document.design == Design.DETAILED
    discount = _discount(line, figures) if document.show_discount else ""
    period = figures.period(line.service_from, line.service_to)
    quantity = figures.quantity(line.quantity) if Column.QUANTITY in shown else ""
    unit = line.unit if Column.QUANTITY in shown else ""
    price = figures.price(line.unit_price) if Column.RATE in shown else ""
    tax = unbroken(line.tax_label) if Column.TAX in shown else ""
    terms = _SEPARATOR.join(filter(None, (_times(quantity, unit, price), tax, period, discount)))
    return PrintedLine(
        item=str(item) if Column.ITEM in shown else "",
        description=line.description,
        details="\n".join(filter(None, (period, "" if detailed else discount))),
        terms=terms,
        quantity=quantity,
        unit=unit,
        price=price,
        discount=unbroken(line.discount_label) if detailed and discount else "",
        tax=tax,
        amount=figures.amount(line.amount),
        keep=keep,
    )


def _times(quantity: str, unit: str, price: str) -> str:
    """ "3 months × 15,000.00"."""
    counted = f"{quantity} {unit}".strip()
    return f"{counted} × {price}" if counted and price else counted or price


def _discount(line: Line, figures: Figures) -> str:
    if not line.discount:
        return ""
    words = " ".join(word for word in (_("Discount"), line.discount_label) if word)
    return f"{words}: {figures.taken_off(line.discount)}"
