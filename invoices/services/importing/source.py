"""Lines of documents as a file has them: rows checked one by one, each fault with its line and reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.imports.importers import Fault, Row

MAX_CELL: Final = 500
MAX_NUMBER: Final = 50
MAX_REFERENCE: Final = 60


class Column(StrEnum):
    """What a column means."""

    NUMBER = "number"
    DATE = "date"
    CUSTOMER = "customer"
    CUSTOMER_NAME = "customer_name"
    COUNTRY = "country"
    CODE = "code"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a document as the file has it. Quantity is negative on a cancellation."""

    line: int
    document: str
    issued_on: date
    customer: str
    customer_name: str
    country: str
    code: str
    description: str
    quantity: Decimal
    unit_price: Decimal

    def fault(self, field: str, reason: str) -> Fault:
        return Fault(self.line, field, "", reason, self.document)


def read_line(row: Row) -> SourceLine | list[Fault]:
    """A row as a line, or the faults that it has."""
    faults = [*row.faults, *_faults(row)]
    issued_on, quantity, price = row.day(Column.DATE), row.number(Column.QUANTITY), row.number(Column.UNIT_PRICE)
    if faults or issued_on is None or quantity is None or price is None:
        return faults
    code = _text(row, Column.CODE)
    name = _text(row, Column.CUSTOMER_NAME)
    return SourceLine(
        line=row.line,
        document=_text(row, Column.NUMBER),
        issued_on=issued_on,
        customer=_text(row, Column.CUSTOMER) or name[:MAX_REFERENCE],
        customer_name=name,
        country=_text(row, Column.COUNTRY),
        code=code,
        description=_text(row, Column.DESCRIPTION) or code or "Item",
        quantity=quantity,
        unit_price=price,
    )


def _text(row: Row, name: str) -> str:
    return " ".join(row.text(name).split())[:MAX_CELL]


def _faults(row: Row) -> Iterator[Fault]:
    told = {fault.field for fault in row.faults}
    document = _text(row, Column.NUMBER)
    if "" in told:  # the row as a whole cannot be read
        return
    if not document:
        yield row.fault(Column.NUMBER, _("The line has no invoice number."))
    elif len(document) > MAX_NUMBER or "/" in document:
        yield row.fault(Column.NUMBER, _("The number is too long or has a slash."))
    if len(_text(row, Column.CUSTOMER)) > MAX_REFERENCE:
        yield row.fault(Column.CUSTOMER, _("Write at most %(n)s characters.") % {"n": MAX_REFERENCE})
    for name in (Column.DATE, Column.QUANTITY, Column.UNIT_PRICE):
        if row.values.get(name) is None and name not in told:
            yield row.fault(name, _("This is needed."))
    price = row.number(Column.UNIT_PRICE)
    if price is not None and price < 0:
        yield row.fault(Column.UNIT_PRICE, _("The price is negative."))
    if row.number(Column.QUANTITY) == 0:
        yield row.fault(Column.QUANTITY, _("The quantity is zero."))
