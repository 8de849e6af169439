"""Everything that a printed document shows, as plain values. The figures are final: nothing here computes or rounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

NOTHING: Final = Decimal(0)


class Kind(StrEnum):
    """What the document is. A draft carries a mark over every page."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DRAFT = "draft"
    RECEIPT = "receipt"
    QUOTE = "quote"
    PROFORMA = "proforma"


OFFERS: Final = frozenset({Kind.QUOTE, Kind.PROFORMA})


class PageSize(StrEnum):
    A4 = "A4"
    LETTER = "Letter"


class Design(StrEnum):
    """A look: the stylesheet of this name in `static/pdf/` and the head and lines of this name in `templates/pdf/`."""

    PROFESSIONAL = "professional"
    SIMPLE = "simple"
    DETAILED = "detailed"


class Column(StrEnum):
    """What a line shows besides its description and amount."""

    ITEM = "item"
    QUANTITY = "quantity"
    RATE = "rate"
    TAX = "tax"


ALL_COLUMNS: Final = frozenset(Column)
LINE_COLUMNS: Final = ALL_COLUMNS - {Column.ITEM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture as it was uploaded: PNG, JPEG, WebP or GIF."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A side of the document. `contact` is the person that it is for the attention of."""

    name: str
    legal_name: str = ""
    contact: str = ""
    address: tuple[str, ...] = ()
    tax_id_label: str = ""
    tax_id: str = ""
    registration: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller(Party):
    """The side that issues. Its colour is darkened where it could not be read on white."""

    logo: Logo | None = None
    accent_color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing billed. `amount` is after `discount`; `discount_label` says what the discount is ("10 %")."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    unit: str = ""
    category: str = ""
    tax_label: str = ""
    discount: Decimal = NOTHING
    discount_label: str = ""
    service_from: date | None = None
    service_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRow:
    """The tax of one rate: "VAT 16 %", its base and the tax; `reason` says why none is charged."""

    label: str
    base: Decimal
    tax: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The lines of one category, told by its name, and what they come to."""

    name: str
    subtotal: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyPayment:
    """What has to be paid until a day to be granted a discount ("2 %") for it."""

    discount_label: str
    until: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """What one unit of the document's currency is in another, on a day, by whom."""

    currency: str
    rate: Decimal
    source: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReceived:
    """A payment that a receipt confirms or that an invoice counts."""

    received_on: date
    method: str
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankDetail:
    """A row of the bank details: "Account number", "0123456789"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mpesa:
    """A Paybill and the account that the payer types; both are shown in words and as a QR code."""

    paybill: str
    account: str

    @property
    def code(self) -> str:
        """What the QR code says: the words of M-Pesa's own menu, in any language, for any camera to read."""
        return f"M-PESA Paybill\nBusiness no.: {self.paybill}\nAccount no.: {self.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToPay:
    """The ways to pay. `portal_url` is an http(s) address; it is shown as a link and as a QR code."""

    bank: tuple[BankDetail, ...] = ()
    mpesa: Mpesa | None = None
    portal_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """One document, complete.

    - Amounts are in `currency`, with no more decimals than it has, and positive on a credit note as on an invoice.
    - `title` replaces the word of the kind ("Tax invoice" for "Invoice").
    - `language` is "en", "sw" or a tag with a region ("en-KE").
    - With `prices_include_tax` the lines and the subtotal are gross, and the tax rows are told as parts of the total.
    - `amount_due` is what is left after `paid` and `credited`. A receipt shows `paid` as its main figure.
    - `corrects` is the number of the document that a credit note credits, or that a receipt is for.
    - `valid_until` is the last day on which an offer can be accepted.
    - `instalments` are shown when there are two or more; the detailed design shows a single one too.
    - `sections` have the names of the lines' categories, in their order; without them the lines are not divided.
    - `columns` are those that are shown. Without `show_subtotal`, `show_tax_rates` or `show_discount` those rows are
      left out, and what is left still adds up: the tax is told in one row, the subtotal is after the discount.
    """

    kind: Kind
    number: str
    language: str
    seller: Seller
    buyer: Party
    issued_on: date
    currency: str
    lines: tuple[Line, ...]
    subtotal: Decimal
    total: Decimal
    amount_due: Decimal
    taxes: tuple[TaxRow, ...] = ()
    discount_total: Decimal = NOTHING
    paid: Decimal = NOTHING
    credited: Decimal = NOTHING
    due_on: date | None = None
    valid_until: date | None = None
    instalments: tuple[Instalment, ...] = ()
    payments: tuple[PaymentReceived, ...] = ()
    how_to_pay: HowToPay | None = None
    title: str = ""
    reference: str = ""
    project: str = ""
    early_payment: EarlyPayment | None = None
    exchange_rate: ExchangeRate | None = None
    sections: tuple[Section, ...] = ()
    corrects: str = ""
    notes: str = ""
    terms: str = ""
    footer: str = ""
    prices_include_tax: bool = False
    void: bool = False
    page_size: PageSize = PageSize.A4
    design: Design = Design.PROFESSIONAL
    columns: frozenset[Column] = LINE_COLUMNS
    show_subtotal: bool = True
    show_tax_rates: bool = True
    show_discount: bool = True
