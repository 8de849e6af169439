"""Documents to print: a plain one, and changes of it."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from PIL import Image, ImageDraw

from invoices.pdf.document import (
    BankDetail,
    HowToPay,
    InvoiceDocument,
    Kind,
    Line,
    Logo,
    Mpesa,
    Party,
    Seller,
    TaxRow,
)

PORTAL_URL: Final = (
    "https://billing.chromapages.example/portal/i/eyJpbnYiOiIwMTkzNGQ4In0.abcdefghijklmnopqrstuvwxyz0123456789"
)


def logo() -> Logo:
    """A mark with transparency, as a seller would upload it."""
    picture = Image.new("RGBA", (840, 240), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 20, 200, 220), 44, fill="#1f6feb")
    draw.ellipse((58, 78, 142, 162), fill="white")
    for index, width in enumerate((560, 430)):
        draw.rounded_rectangle((250, 62 + 76 * index, 250 + width, 102 + 76 * index), 18, fill="#1a1d21")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return Logo(content=out.getvalue(), content_type="image/png")


SELLER: Final = Seller(
    name="Chromapages",
    legal_name="Chromapages Limited",
    address=("4th Floor, Westside Towers", "Lower Kabete Road", "P.O. Box 14322-00800", "Nairobi, Kenya"),
    tax_id_label="PIN",
    tax_id="P051234567X",
    registration="PVT-7LUX2K9",
    email="accounts@chromapages.example",
    phone="+254 20 555 0100",
    website="chromapages.example",
    accent_color="#1f6feb",
    logo=logo(),
)
BUYER: Final = Party(
    name="Savanna Coffee Exporters Ltd",
    contact="Wanjiru Kamau",
    address=("Enterprise Road 27", "Industrial Area", "Nairobi, Kenya"),
    tax_id_label="PIN",
    tax_id="P059876543Z",
)
HOW_TO_PAY: Final = HowToPay(
    bank=(
        BankDetail(label="Bank", value="Equity Bank Kenya"),
        BankDetail(label="Account name", value="Chromapages Limited"),
        BankDetail(label="Account number", value="0180 2934 7751 20"),
        BankDetail(label="Branch", value="Westlands"),
        BankDetail(label="SWIFT", value="EQBLKENA"),
    ),
    mpesa=Mpesa(paybill="247 247", account="INV-2026-0001"),
    portal_url=PORTAL_URL,
)


def three_lines() -> tuple[Line, ...]:
    return (
        Line(
            description="Web hosting, business plan",
            quantity=Decimal(3),
            unit="months",
            unit_price=Decimal("15000.0000"),
            tax_label="16 %",
            amount=Decimal("45000.00"),
            service_from=date(2026, 11, 1),
            service_to=date(2027, 1, 31),
        ),
        Line(
            description="Domain renewal chromapages.example",
            quantity=Decimal(1),
            unit="year",
            unit_price=Decimal("2400"),
            tax_label="16 %",
            amount=Decimal("2400.00"),
            service_from=date(2026, 11, 20),
            service_to=date(2027, 11, 19),
        ),
        Line(
            description="Photography for the product pages, half a day on site",
            quantity=Decimal("4.5"),
            unit="hours",
            unit_price=Decimal("6500"),
            tax_label="16 %",
            discount=Decimal("2925.00"),
            discount_label="10 %",
            amount=Decimal("26325.00"),
        ),
    )


def invoice(**changes: Any) -> InvoiceDocument:
    """Three lines in KES, 16 % VAT, due in 30 days, with every way to pay."""
    return replace(
        InvoiceDocument(
            kind=Kind.INVOICE,
            number="INV-2026-0001",
            language="en",
            seller=SELLER,
            buyer=BUYER,
            issued_on=date(2026, 11, 20),
            due_on=date(2026, 12, 20),
            currency="KES",
            lines=three_lines(),
            subtotal=Decimal("73725.00"),
            taxes=(TaxRow(label="VAT 16 %", base=Decimal("73725.00"), tax=Decimal("11796.00")),),
            total=Decimal("85521.00"),
            amount_due=Decimal("85521.00"),
            how_to_pay=HOW_TO_PAY,
            reference="PO 4500-1182",
            notes="Thank you for your business. Please quote the invoice number with your payment.",
            terms="Payment within 30 days of the issue date. Interest of 1.5 % a month is charged on late payments.",
        ),
        **changes,
    )


def many_lines(count: int) -> InvoiceDocument:
    """An invoice of `count` lines of 100.00 each."""
    lines = tuple(
        Line(
            description=f"Delivery {number:03d} to the Mombasa warehouse",
            quantity=Decimal(2),
            unit="pallets",
            unit_price=Decimal(50),
            tax_label="16 %",
            amount=Decimal("100.00"),
            service_from=date(2026, 11, 1 + number % 28),
        )
        for number in range(1, count + 1)
    )
    net = Decimal(100 * count)
    tax = net * 16 / 100
    return invoice(
        lines=lines,
        subtotal=net,
        taxes=(TaxRow(label="VAT 16 %", base=net, tax=tax),),
        total=net + tax,
        amount_due=net + tax,
    )
