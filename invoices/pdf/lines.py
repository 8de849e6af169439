"""The lines of a document as they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from invoices.pdf.document import InvoiceDocument, Line
from invoices.pdf.figures import Figures, unbroken

_SHORT: Final = 200


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """`details` are the small rows under the description: the service period and the discount.

    No page ends after a line to `keep`: the first two lines stay together, and the last two, unless they are tall.
    """

    description: str
    details: str
    quantity: str
    unit: str
    price: str
    tax: str
    amount: str
    keep: bool


def printed_lines(document: InvoiceDocument, figures: Figures) -> tuple[PrintedLine, ...]:
    kept = (0, len(document.lines) - 2)
    return tuple(
        _printed(line, figures, keep=index in kept and len(line.description) <= _SHORT)
        for index, line in enumerate(document.lines)
    )


def _printed(line: Line, figures: Figures, *, keep: bool) -> PrintedLine:
    return PrintedLine(
        description=line.description,
        details="\n".join(filter(None, (figures.period(line.service_from, line.service_to), _discount(line, figures)))),
        quantity=figures.quantity(line.quantity),
        unit=line.unit,
        price=figures.price(line.unit_price),
        tax=unbroken(line.tax_label),
        amount=figures.amount(line.amount),
        keep=keep,
    )


def _discount(line: Line, figures: Figures) -> str:
    if not line.discount:
        return ""
    words = " ".join(word for word in (_("Discount"), line.discount_label) if word)
    return f"{words}: {figures.taken_off(line.discount)}"
