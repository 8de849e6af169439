"""Lines of documents as a file has them: rows checked one by one, each fault with its line and reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.imports.importers import Fault, Row
from invoices.states import TaxCategory

MAX_CELL: Final = 500
MAX_NUMBER: Final = 50
MAX_REFERENCE: Final = 60
HUNDRED: Final = 100


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
    TAX_RATE = "tax_rate"
    CURRENCY = "currency"
    DUE = "due"


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
    tax_rate: Decimal | None = None
    currency: str = ""
    due_on: date | None = None

    @property
    def tax_category(self) -> TaxCategory:
        """No rate is exempt, as a file without such a column says nothing of tax."""
        if self.tax_rate is None:
            return TaxCategory.EXEMPT
        return TaxCategory.STANDARD if self.tax_rate else TaxCategory.ZERO

    def same_price(self, other: SourceLine) -> bool:
        """Whether a cancelled line may be this one: the same goods at the same price and tax."""
        return (self.code, self.unit_price, self.tax_rate) == (other.code, other.unit_price, other.tax_rate)

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
        tax_rate=row.number(Column.TAX_RATE),
        currency=_text(row, Column.CURRENCY).upper(),
        due_on=row.day(Column.DUE),
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
    yield from _optional_faults(row)


def _optional_faults(row: Row) -> Iterator[Fault]:
    """What is wrong in the columns that a file need not have."""
    if not 0 <= (row.number(Column.TAX_RATE) or 0) <= HUNDRED:
        yield row.fault(Column.TAX_RATE, _("A tax rate is between 0 and 100 per cent."))
    currency = _text(row, Column.CURRENCY).upper()
    if currency and currency not in CURRENCIES:
        yield row.fault(Column.CURRENCY, _("This is not an ISO currency code."))
    issued_on, due_on = row.day(Column.DATE), row.day(Column.DUE)
    if issued_on and due_on and due_on < issued_on:
        yield row.fault(Column.DUE, _("It is due before its date."))
