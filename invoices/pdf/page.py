"""The document as words and figures in its language: what the template prints, in the order in which it prints it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from invoices.pdf.colours import readable_accent
from invoices.pdf.columns import Columns, Headings, columns_for
from invoices.pdf.document import HowToPay, InvoiceDocument, Kind, Party
from invoices.pdf.figures import Figures
from invoices.pdf.lines import PrintedLine, printed_lines
from invoices.pdf.sums import Sum, printed_sums

_SEPARATOR: Final = "  ·  "
# The size class of the main figure, by the most characters that it may have.
_SIZES: Final = ((10, "large"), (14, "medium"), (18, "small"))
# Notes that fit beside the sums without making them taller.
_SHORT: Final = 240
_FEW_ROWS: Final = 4
_MANY: Final = 40
_LONG_AMOUNT: Final = 14


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PrintedParty:
    heading: str
    name: str
    rows: str


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
    lines: tuple[PrintedLine, ...]
    sums: tuple[Sum, ...]
    schedule: tuple[Fact, ...]
    payments: tuple[PrintedPayment, ...]
    company: str
    contact: str
    logo_src: str = ""
    qr_src: str = ""

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
        return _joined(self.name, self.document.seller.name)


def lay_out(document: InvoiceDocument, *, logo_src: str, qr_src: str) -> Page:
    """Puts a clean document into the words of the active language, which must be the document's."""
    figures = Figures(document.language, document.currency)
    main_label, main_amount = _main_figure(document, figures)
    lines, headings = printed_lines(document, figures), _headings(document.currency)
    return Page(
        document=document,
        accent=readable_accent(document.seller.accent_color),
        word=document.title or _word(document.kind),
        mark=_mark(document),
        main_label=main_label,
        main_amount=main_amount,
        main_size=next((name for most, name in _SIZES if len(main_amount) <= most), "smallest"),
        facts=tuple(_facts(document, figures)),
        seller=_seller(document.seller, has_logo=bool(logo_src)),
        buyer=_buyer(document.buyer, _buyer_heading(document.kind)),
        headings=headings,
        columns=columns_for(lines, headings),
        lines=lines,
        sums=printed_sums(document, figures),
        schedule=_schedule(document, figures),
        payments=tuple(
            PrintedPayment(
                figures.short_day(payment.received_on),
                _joined(payment.method, payment.reference),
                figures.amount(payment.amount),
            )
            for payment in document.payments
        ),
        company=_company(document.seller),
        contact=_contact(document.seller),
        logo_src=logo_src,
        qr_src=qr_src,
    )


def _headings(currency: str) -> Headings:
    return Headings(
        quantity=_("Quantity"),
        unit=_("Unit"),
        price=pgettext("price of one unit", "Rate"),
        tax=_("Tax"),
        amount=f"{_('Amount')} {currency}",
    )


def _word(kind: Kind) -> str:
    return {
        Kind.INVOICE: _("Invoice"),
        Kind.CREDIT_NOTE: _("Credit note"),
        Kind.DRAFT: _("Draft invoice"),
        Kind.RECEIPT: _("Receipt"),
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


def _facts(document: InvoiceDocument, figures: Figures) -> list[Fact]:
    facts = []
    if document.due_on and document.kind in (Kind.INVOICE, Kind.DRAFT):
        if _in_parts(document):
            facts.append(Fact(_("First payment due"), figures.day(document.instalments[0].due_on)))
        else:
            facts.append(Fact(_("Due date"), figures.day(document.due_on)))
    facts.append(Fact(_("Issue date"), figures.day(document.issued_on)))
    if document.corrects:
        label = _("For invoice") if document.kind == Kind.RECEIPT else _("Refers to")
        facts.append(Fact(label, document.corrects))
    if document.reference:
        facts.append(Fact(_("Your reference"), document.reference))
    return facts


def _buyer_heading(kind: Kind) -> str:
    match kind:
        case Kind.CREDIT_NOTE:
            return _("Credited to")
        case Kind.RECEIPT:
            return _("Received from")
        case Kind.INVOICE | Kind.DRAFT:
            return _("Billed to")


def _seller(seller: Party, *, has_logo: bool) -> PrintedParty:
    """Under a logo the legal name stands alone; without one the trading name is the wordmark."""
    legal_name = seller.legal_name or seller.name
    name = legal_name if has_logo else seller.name
    rows = (legal_name if legal_name != name else "", *seller.address, _numbered(seller.tax_id_label, seller.tax_id))
    return PrintedParty("", name, "\n".join(filter(None, rows)))


def _buyer(buyer: Party, heading: str) -> PrintedParty:
    legal_name = buyer.legal_name if buyer.legal_name != buyer.name else ""
    rows = (
        legal_name,
        buyer.contact,
        *buyer.address,
        _numbered(buyer.tax_id_label, buyer.tax_id),
        buyer.email,
        buyer.phone,
    )
    return PrintedParty(heading, buyer.name, "\n".join(filter(None, rows)))


def _numbered(label: str, number: str) -> str:
    return f"{label} {number}".strip() if number else ""


def _in_parts(document: InvoiceDocument) -> bool:
    return len(document.instalments) > 1


def _schedule(document: InvoiceDocument, figures: Figures) -> tuple[Fact, ...]:
    if not _in_parts(document):
        return ()
    return tuple(Fact(figures.day(part.due_on), figures.amount(part.amount)) for part in document.instalments)


def _company(seller: Party) -> str:
    """Who the seller is by law."""
    number = _("Company no. %(number)s") % {"number": seller.registration} if seller.registration else ""
    return _joined(seller.legal_name or seller.name, number)


def _contact(seller: Party) -> str:
    """How to reach the seller."""
    return _joined(seller.website, seller.email, seller.phone)


def _joined(*parts: str) -> str:
    return _SEPARATOR.join(filter(None, parts))
