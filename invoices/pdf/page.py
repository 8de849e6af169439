"""The document as words and figures in its language: what the template prints, in the order in which it prints it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from invoices.pdf.colours import readable_accent
from invoices.pdf.columns import Columns, Headings, columns_for
from invoices.pdf.document import OFFERS, Design, HowToPay, InvoiceDocument, Kind
from invoices.pdf.figures import Figures, unbroken
from invoices.pdf.lines import PrintedLine, PrintedSection, printed_sections
from invoices.pdf.parties import PrintedParty, company, contact, joined, printed_buyer, printed_seller
from invoices.pdf.sums import Sum, printed_sums

# The size class of the main figure, by the most characters that it may have.
_SIZES: Final = ((10, "large"), (14, "medium"), (18, "small"))
# Notes that fit beside the sums without making them taller.
_SHORT: Final = 240
_FEW_ROWS: Final = 4
_MANY: Final = 40
_LONG_AMOUNT: Final = 14
_CELL: Final = 22


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PrintedPayment:
    day: str
    what: str
    amount: str


@dataclass(frozen=True, slots=True)
class Page:
    document: InvoiceDocument
    accent: str
    word: str
    mark: str
    main_label: str
    main_amount: str
    main_size: str
    facts: tuple[Fact, ...]
    seller: PrintedParty
    buyer: PrintedParty
    headings: Headings
    columns: Columns
    sections: tuple[PrintedSection, ...]
    sums: tuple[Sum, ...]
    schedule: tuple[Fact, ...]
    early: str
    exchange: str
    payments: tuple[PrintedPayment, ...]
    company: str
    contact: str
    logo_src: str = ""
    qr_src: str = ""
    mpesa_src: str = ""

    @property
    def accent_code(self) -> str:
        """The six digits of the accent, for the address of the stylesheet that gives it to a browser."""
        return self.accent.removeprefix("#")

    @property
    def head_part(self) -> str:
        """The template of the head of the page."""
        return f"pdf/{self.document.design}/head.html"

    @property
    def lines_part(self) -> str:
        """The template of the lines."""
        return "pdf/simple/lines.html" if self.document.design == Design.SIMPLE else "pdf/lines.html"

    @property
    def pay_part(self) -> str:
        """The template of the ways to pay."""
        return "pdf/detailed/pay.html" if self.document.design == Design.DETAILED else "pdf/pay.html"

    @property
    def lines(self) -> tuple[PrintedLine, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def name(self) -> str:
        """ "Invoice INV-2026-0001", the name of the document."""
        return f"{self.word} {self.document.number}".strip()

    @property
    def title(self) -> str:
        """The title of the file, as a viewer and a browser tab show it."""
        return f"{self.name}, {self.document.seller.name}"

    @property
    def created(self) -> str:
        return self.document.issued_on.isoformat()

    @property
    def notes_beside(self) -> bool:
        """Short notes fill the free space left of the sums."""
        notes = self.document.notes
        return len(notes) <= _SHORT and notes.count("\n") < _FEW_ROWS and not self.schedule and not self.payments

    @property
    def how(self) -> HowToPay | None:
        """The ways to pay, when there are any."""
        how = self.document.how_to_pay
        return how if how and (how.bank or how.mpesa or how.portal_url) else None

    @property
    def bank(self) -> tuple[Fact, ...]:
        """The bank details for a table of one row: what is short stays on one line."""
        details = self.document.how_to_pay.bank if self.document.how_to_pay else ()
        return tuple(
            Fact(
                detail.label,
                detail.value.replace(" ", "\N{NO-BREAK SPACE}") if len(detail.value) <= _CELL else detail.value,
            )
            for detail in details
        )

    @property
    def density(self) -> str:
        """Very many lines are set closer, and very wide columns smaller."""
        return " ".join(filter(None, (self.columns.density, "doc-many" if len(self.lines) > _MANY else "")))

    @property
    def breadth(self) -> str:
        """Very large sums take more of the width, at the same size."""
        return "doc-totals-wide" if any(len(sum_.amount) > _LONG_AMOUNT for sum_ in self.sums) else ""

    @property
    def seller_side(self) -> str:
        """Without a logo the seller's name stands in its place."""
        return "doc-seller" if self.logo_src else "doc-seller doc-wordmark"

    @property
    def running_head(self) -> str:
        """The head of the pages after the first."""
        return joined(self.name, self.document.seller.name)


def lay_out(document: InvoiceDocument, *, logo_src: str, qr_src: str, mpesa_src: str = "") -> Page:
    """Puts a clean document into the words of the active language, which must be the document's."""
    figures = Figures(document.language, document.currency)
    main_label, main_amount = _main_figure(document, figures)
    sections, headings = printed_sections(document, figures), _headings(document)
    lines = tuple(line for section in sections for line in section.lines)
    return Page(
        document=document,
        accent=readable_accent(document.seller.accent_color),
        word=document.title or _word(document.kind),
        mark=_mark(document),
        main_label=main_label,
        main_amount=main_amount,
        main_size=next((name for most, name in _SIZES if len(main_amount) <= most), "smallest"),
        facts=tuple(_facts(document, figures)),
        seller=printed_seller(document, has_logo=bool(logo_src)),
        buyer=printed_buyer(document),
        headings=headings,
        columns=columns_for(lines, headings),
        sections=sections,
        sums=printed_sums(document, figures),
        schedule=_schedule(document, figures),
        early=_early(document, figures),
        exchange=_exchange(document, figures),
        payments=tuple(
            PrintedPayment(
                figures.short_day(payment.received_on),
                joined(payment.method, payment.reference),
                figures.amount(payment.amount),
            )
            for payment in document.payments
        ),
        company=company(document.seller),
        contact=contact(document.seller),
        logo_src=logo_src,
        qr_src=qr_src,
        mpesa_src=mpesa_src,
    )


def _headings(document: InvoiceDocument) -> Headings:
    return Headings(
        item=pgettext("number of a line", "No."),
        quantity=_("Quantity"),
        unit=_("Unit"),
        price=pgettext("price of one unit", "Rate"),
        discount=pgettext("heading of a narrow column", "Disc."),
        tax=_("Tax"),
        amount=f"{_('Amount')} {document.currency}",
    )


def _word(kind: Kind) -> str:
    return {
        Kind.INVOICE: _("Invoice"),
        Kind.CREDIT_NOTE: _("Credit note"),
        Kind.DRAFT: _("Draft invoice"),
        Kind.RECEIPT: _("Receipt"),
        Kind.QUOTE: _("Quote"),
        Kind.PROFORMA: _("Proforma invoice"),
    }[kind]


def _mark(document: InvoiceDocument) -> str:
    if document.void:
        return pgettext("mark across a document", "VOID")
    return pgettext("mark across a document", "DRAFT") if document.kind == Kind.DRAFT else ""


def _main_figure(document: InvoiceDocument, figures: Figures) -> tuple[str, str]:
    match document.kind:
        case Kind.CREDIT_NOTE:
            return _("Credited amount"), figures.amount(document.total)
        case Kind.RECEIPT:
            return _("Amount paid"), figures.amount(document.paid)
        case Kind.INVOICE | Kind.DRAFT:
            return _("Amount due"), figures.amount(document.amount_due)
        case Kind.QUOTE | Kind.PROFORMA:
            return _("Total"), figures.amount(document.total)


def _facts(document: InvoiceDocument, figures: Figures) -> list[Fact]:
    facts = []
    if document.due_on and document.kind in (Kind.INVOICE, Kind.DRAFT):
        if _in_parts(document):
            facts.append(Fact(_("First payment due"), figures.day(document.instalments[0].due_on)))
        else:
            facts.append(Fact(_("Due date"), figures.day(document.due_on)))
    if document.valid_until:
        facts.append(Fact(_("Valid until"), figures.day(document.valid_until)))
    facts.append(Fact(_("Date") if document.kind in OFFERS else _("Issue date"), figures.day(document.issued_on)))
    if document.corrects:
        label = _("For invoice") if document.kind == Kind.RECEIPT else _("Refers to")
        facts.append(Fact(label, document.corrects))
    if document.reference:
        facts.append(Fact(_("Your reference"), document.reference))
    if document.project:
        facts.append(Fact(_("Project"), document.project))
    return facts


def _in_cell(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= _CELL else text


def _in_parts(document: InvoiceDocument) -> bool:
    return len(document.instalments) > 1


def _schedule(document: InvoiceDocument, figures: Figures) -> tuple[Fact, ...]:
    """When which part is due. The detailed design tells a single due date as well."""
    detailed = document.design == Design.DETAILED and document.kind in (Kind.INVOICE, Kind.DRAFT)
    if not _in_parts(document) and not (detailed and document.instalments):
        return ()
    return tuple(Fact(figures.day(part.due_on), figures.amount(part.amount)) for part in document.instalments)


def _early(document: InvoiceDocument, figures: Figures) -> str:
    early = document.early_payment
    if early is None:
        return ""
    return _("%(discount)s off when paid by %(day)s: %(amount)s") % {
        "discount": unbroken(early.discount_label),
        "day": figures.day(early.until),
        "amount": f"{document.currency}\N{NO-BREAK SPACE}{figures.amount(early.amount)}",
    }


def _exchange(document: InvoiceDocument, figures: Figures) -> str:
    rate = document.exchange_rate
    if rate is None:
        return ""
    return _("Exchange rate: 1 %(currency)s = %(rate)s (%(source)s, %(day)s)") % {
        "currency": document.currency,
        "rate": f"{rate.currency}\N{NO-BREAK SPACE}{figures.price(rate.rate)}",
        "source": rate.source,
        "day": figures.short_day(rate.on),
    }
