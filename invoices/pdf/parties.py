"""The two sides of a document as they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from invoices.pdf.document import Design, InvoiceDocument, Kind, Party

_SEPARATOR: Final = "  ·  "


@dataclass(frozen=True, slots=True)
class PrintedParty:
    heading: str
    name: str
    rows: str

    @property
    def block(self) -> str:
        """The name, and under it the rows side by side."""
        return f"{self.name}\n{', '.join(self.rows.splitlines())}".strip()


def _buyer_heading(kind: Kind) -> str:
    match kind:
        case Kind.CREDIT_NOTE:
            return _("Credited to")
        case Kind.RECEIPT:
            return _("Received from")
        case Kind.QUOTE | Kind.PROFORMA:
            return _("Offered to")
        case Kind.INVOICE | Kind.DRAFT:
            return _("Billed to")


def printed_seller(document: InvoiceDocument, *, has_logo: bool) -> PrintedParty:
    """Under a logo the legal name stands alone; without one the trading name is the wordmark."""
    seller = document.seller
    legal_name = seller.legal_name or seller.name
    name = legal_name if has_logo else seller.name
    rows = (legal_name if legal_name != name else "", *seller.address, _numbered(seller.tax_id_label, seller.tax_id))
    heading = "" if document.design == Design.PROFESSIONAL else _("From")
    return PrintedParty(heading, name, "\n".join(filter(None, rows)))


def printed_buyer(document: InvoiceDocument) -> PrintedParty:
    buyer = document.buyer
    legal_name = buyer.legal_name if buyer.legal_name != buyer.name else ""
    rows = (
        legal_name,
        buyer.contact,
        *buyer.address,
        _numbered(buyer.tax_id_label, buyer.tax_id),
        buyer.email,
        buyer.phone,
    )
    return PrintedParty(_buyer_heading(document.kind), buyer.name, "\n".join(filter(None, rows)))


def _numbered(label: str, number: str) -> str:
    return f"{label}\N{NO-BREAK SPACE}{number}".strip() if number else ""


def company(seller: Party) -> str:
    """Who the seller is by law."""
    number = _("Company no. %(number)s") % {"number": seller.registration} if seller.registration else ""
    return joined(seller.legal_name or seller.name, number)


def contact(seller: Party) -> str:
    """How to reach the seller."""
    return joined(seller.website, seller.email, seller.phone)


def joined(*parts: str) -> str:
    """Those of the parts that say something, side by side."""
    return _SEPARATOR.join(filter(None, parts))
