"""What the page says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from invoices.pdf.document import HowToPay, Instalment, Kind, PaymentReceived
from tests.invoices.pdf.reading import links, pages, text
from tests.invoices.pdf.samples import HOW_TO_PAY, PORTAL_URL, SELLER, invoice, three_lines


def test_says_who_bills_whom_for_what_and_how_much() -> None:
    words = text(invoice())
    for part in (
        "Invoice INV-2026-0001",
        "Amount due KES 85,521.00",
        "Due date 20 December 2026",
        "Issue date 20 November 2026",
        "Your reference PO 4500-1182",
        "Chromapages Limited 4th Floor, Westside Towers",
        "PIN P051234567X",
        "Billed to Savanna Coffee Exporters Ltd Wanjiru Kamau",
        "Web hosting, business plan 1 Nov 2026 – 31 Jan 2027 3 months 15,000.00 16 % 45,000.00",
        "Discount 10 %: −2,925.00",
        "Subtotal 73,725.00 VAT 16 % on 73,725.00 11,796.00 Total 85,521.00",
        "Account number 0180 2934 7751 20",
        "Paybill 247 247 Account number INV-2026-0001",
        "Company no. PVT-7LUX2K9",
    ):
        assert part in words


def test_links_to_the_portal_alone() -> None:
    assert links(invoice()) == [PORTAL_URL]


def test_leaves_out_ways_to_pay_that_are_not_there() -> None:
    assert "How to pay" not in text(invoice(how_to_pay=None))
    assert "How to pay" not in text(invoice(how_to_pay=HowToPay()))
    bank_only = text(invoice(how_to_pay=replace(HOW_TO_PAY, mpesa=None, portal_url="")))
    assert "Bank transfer" in bank_only
    assert "M-Pesa" not in bank_only
    assert "Pay online" not in bank_only


def test_leaves_out_columns_without_anything_in_them() -> None:
    words = text(invoice(lines=tuple(replace(line, unit="", tax_label="") for line in three_lines())))
    assert "Description Quantity Rate Amount KES" in words


def test_settled_parts_lead_to_the_amount_due() -> None:
    words = text(
        invoice(
            discount_total=Decimal("100.00"),
            paid=Decimal("20000.00"),
            credited=Decimal("521.00"),
            amount_due=Decimal("65000.00"),
        )
    )
    assert "Discount −100.00" in words
    assert "Total 85,521.00 Paid −20,000.00 Credited −521.00 Amount due KES 65,000.00" in words


def test_prices_with_tax_tell_the_tax_after_the_total() -> None:
    assert "Total 85,521.00 Includes VAT 16 % on 73,725.00 11,796.00" in text(invoice(prices_include_tax=True))


def test_several_due_dates_become_a_schedule() -> None:
    instalments = (
        Instalment(due_on=date(2026, 12, 20), amount=Decimal("40000.00")),
        Instalment(due_on=date(2027, 1, 20), amount=Decimal("45521.00")),
    )
    words = text(invoice(instalments=instalments, due_on=date(2027, 1, 20)))
    assert "First payment due 20 December 2026" in words
    assert "Payment schedule 20 December 2026 40,000.00 20 January 2027 45,521.00" in words


def test_one_due_date_is_no_schedule() -> None:
    part = (Instalment(due_on=date(2026, 12, 20), amount=Decimal("85521.00")),)
    assert "Payment schedule" not in text(invoice(instalments=part))


def test_a_credit_note_credits_and_refers() -> None:
    words = text(
        invoice(kind=Kind.CREDIT_NOTE, number="CN-2026-0003", corrects="INV-2026-0001", due_on=None, how_to_pay=None)
    )
    assert "Credit note CN-2026-0003 Credited amount KES 85,521.00" in words
    assert "Refers to INV-2026-0001" in words
    assert "Credited to Savanna" in words
    assert "Amount due" not in words


def test_a_receipt_says_what_was_paid() -> None:
    payment = PaymentReceived(
        received_on=date(2026, 12, 1), method="M-Pesa", reference="TLK4X81QZ9", amount=Decimal("20000.00")
    )
    words = text(
        invoice(
            kind=Kind.RECEIPT,
            number="RCT-2026-0005",
            corrects="INV-2026-0001",
            paid=Decimal("20000.00"),
            amount_due=Decimal("65521.00"),
            payments=(payment,),
        )
    )
    assert "Receipt RCT-2026-0005 Amount paid KES 20,000.00" in words
    assert "For invoice INV-2026-0001" in words
    assert "M-Pesa · TLK4X81QZ9" in words
    assert "Still due 65,521.00" in words


def test_a_draft_and_a_void_document_are_marked() -> None:
    assert "DRAFT" in pages(invoice(kind=Kind.DRAFT, number="D-7"))[0]
    assert "VOID" in pages(invoice(void=True))[0]
    assert "VOID" not in pages(invoice())[0]


def test_another_title_takes_the_place_of_the_word() -> None:
    assert "Tax invoice INV-2026-0001" in text(invoice(title="Tax invoice"))


def test_without_a_logo_the_trading_name_stands_in_its_place() -> None:
    assert "Chromapages Chromapages Limited" in text(invoice(seller=replace(SELLER, logo=None)))
