"""The statement of a customer on paper, in the customer's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from customers.models import Customer
from invoices.pdf.build import buyer_of, seller_of
from invoices.pdf.document import Design, PageSize, Party, Seller
from invoices.pdf.errors import LogoRefused
from invoices.pdf.figures import Figures
from invoices.pdf.html import LOGO
from invoices.pdf.pictures import clean_logo
from invoices.pdf.text import clean, clean_all
from invoices.services.snapshots import buyer_snapshot, seller_snapshot
from payments.selectors.customer_statement import CurrencyStatement, statement_of

MOST_LINES: Final = 3_000


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A document or payment as it is written."""

    day: str
    what: str
    charged: str
    settled: str
    balance: str


@dataclass(frozen=True, slots=True)
class PrintedPart:
    """The statement in one currency as it is written."""

    currency: str
    opening: str
    lines: tuple[PrintedLine, ...]
    charged: str
    settled: str
    closing: str


def statement_pdf(*, customer: Customer, since: date, until: date) -> bytes:
    """The statement from one local day to another, both inclusive, as the books say it. The caller has scoped it.

    Raises ValidationFailed when it has more lines than anybody reads, RenderRefused.
    """
    parts = statement_of(customer, since=since, until=until)
    if sum(len(part.lines) for part in parts) > MOST_LINES:
        text = _("There are more than %(most)d entries. Choose a shorter time.")
        raise ValidationFailed({"from": [text % {"most": MOST_LINES}]})
    from invoices.pdf.press import print_page  # noqa: PLC0415  # the engine takes a second to import
    from invoices.pdf.printing import printed_logo  # noqa: PLC0415
    from invoices.pdf.stylesheets import sheets_of  # noqa: PLC0415

    language = customer.language
    with translation.override(language):
        seller_fields = seller_snapshot(customer.profile)
        seller = clean_all(seller_of(seller_fields, language))
        buyer = clean_all(buyer_of(buyer_snapshot(customer), seller_fields, language))
        logo = _logo(seller)
        html = _markup(customer, seller, buyer, parts, since=since, until=until, logo=bool(logo))
    sheets = partial(sheets_of, Design.SIMPLE, PageSize.A4, language, seller.accent_color)
    return print_page(html, sheets, {LOGO: printed_logo(logo)} if logo else {})


def statement_file_name(customer: Customer, until: date) -> str:
    """ "statement-CUST-0001-2026-03-02.pdf"."""
    return f"statement-{customer.number}-{until.isoformat()}.pdf"


def _logo(seller: Seller) -> bytes | None:
    """The logo as a PNG; one that cannot be printed is left out."""
    if seller.logo is None:
        return None
    try:
        return clean_logo(seller.logo.content)
    except LogoRefused:  # lint: allow swallowed - the seller's name stands in its place
        return None


def _markup(
    customer: Customer,
    seller: Seller,
    buyer: Party,
    parts: Sequence[CurrencyStatement],
    *,
    since: date,
    until: date,
    logo: bool,
) -> str:
    figures = Figures(customer.language, customer.currency)
    context = {
        "language": customer.language,
        "seller": seller,
        "buyer": buyer,
        "number": customer.number,
        "seller_block": "\n".join(filter(None, (seller.legal_name or seller.name, ", ".join(seller.address)))),
        "buyer_block": "\n".join(filter(None, (buyer.name, ", ".join(buyer.address)))),
        "contact": "  ·  ".join(filter(None, (seller.email, seller.phone, seller.website))),
        "since": figures.day(since),
        "until": figures.day(until),
        "created": until.isoformat(),
        "parts": [_part(part, customer.language) for part in parts],
        "logo_src": f"embedded:{LOGO}" if logo else "",
    }
    return render_to_string("pdf/statement.html", context)


def _part(part: CurrencyStatement, language: str) -> PrintedPart:
    figures = Figures(language, part.currency)

    def moved(amount: Decimal) -> str:
        return figures.amount(amount) if amount else ""

    lines = tuple(
        PrintedLine(
            day=figures.short_day(line.on),
            what=clean(f"{line.label} {line.number}".strip()),
            charged=moved(line.charged),
            settled=moved(line.settled),
            balance=figures.amount(line.balance),
        )
        for line in part.lines
    )
    sums = (figures.amount(part.charged), figures.amount(part.settled), figures.amount(part.closing))
    return PrintedPart(part.currency, figures.amount(part.opening), lines, *sums)
