"""Where things stand, and where a page ends."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from invoices.pdf.document import InvoiceDocument, PageSize
from tests.invoices.pdf.reading import pages, reader, right_edges, text
from tests.invoices.pdf.samples import BUYER, HOW_TO_PAY, SELLER, invoice, many_lines, three_lines

POINTS_PER_MM = 72 / 25.4
HEAD = "Description Quantity Unit Rate Tax Amount KES"
LONG_NAME = "Kampuni ya Usafirishaji na Uhifadhi wa Mizigo ya Afrika Mashariki na Kati, Mombasa Limited"


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (30, 3), (200, 10)])
def test_takes_as_many_pages_as_its_lines_need(count: int, expected: int) -> None:
    assert len(pages(many_lines(count))) == expected


def test_three_lines_with_every_way_to_pay_fit_on_one_page() -> None:
    assert len(pages(invoice())) == 1
    assert len(pages(invoice(page_size=PageSize.LETTER))) == 1


def test_says_its_page_number_only_when_there_are_more() -> None:
    assert "Page 1" not in text(invoice())
    printed = pages(many_lines(60))
    assert [f"Page {number} of 4" in page for number, page in enumerate(printed, 1)] == [True] * 4


def test_repeats_the_head_of_the_table_and_names_itself_on_every_page() -> None:
    printed = [" ".join(page.split()) for page in pages(many_lines(60))]
    assert all(HEAD in page for page in printed)
    assert all("Invoice INV-2026-0001 · Chromapages" in page for page in printed[1:])
    assert "Invoice INV-2026-0001 · Chromapages" not in printed[0]


def test_prints_every_line_once() -> None:
    words = text(many_lines(200))
    assert [words.count(f"Delivery {number:03d} to") for number in range(1, 201)] == [1] * 200


@pytest.mark.parametrize("count", range(9, 16))
def test_the_sums_are_never_alone_on_a_page(count: int) -> None:
    page = next(page for page in pages(many_lines(count)) if "Subtotal" in page)
    assert page.count("Delivery") >= 2
    assert "Amount due KES" in " ".join(page.split())


@pytest.mark.parametrize("rows", range(4, 10))
def test_the_closing_words_are_never_alone_on_a_page(rows: int) -> None:
    tall = replace(BUYER, address=tuple(f"Row {number} of a tall address" for number in range(rows)))
    last = pages(invoice(buyer=tall, footer="Thank you and come again"))[-1]
    assert "come again" in last
    assert "Interest of 1.5 %" in last


def test_a_rate_stays_on_its_row_when_other_lines_are_taxed_in_longer_words() -> None:
    lines = tuple(replace(line, tax_label="VAT 16 %") for line in three_lines())
    mixed = invoice(lines=(*lines[:2], replace(lines[2], tax_label="Reverse charge")))
    shown = pages(mixed)[0].replace("\N{NO-BREAK SPACE}", " ").split("Subtotal")[0]
    assert ("VAT 16 %" in shown, "VAT\n16 %" in shown) == (True, False)


@pytest.mark.parametrize("rows", range(30, 35))
def test_never_leaves_one_line_alone_at_the_end_of_the_first_page(rows: int) -> None:
    tall = replace(BUYER, address=tuple(f"Row {number} of a very tall address" for number in range(rows)))
    assert pages(replace(many_lines(4), buyer=tall))[0].count("Delivery") in (0, 2)


@pytest.mark.parametrize(("size", "expected"), [(PageSize.A4, (595.28, 841.89)), (PageSize.LETTER, (612, 792))])
def test_has_the_size_that_was_asked_for(size: PageSize, expected: tuple[float, float]) -> None:
    box = reader(invoice(page_size=size)).pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(expected, abs=0.1)


def _extreme() -> InvoiceDocument:
    amount = Decimal("999999999999.99")
    line = replace(three_lines()[0], description="x" * 300, unit_price=amount, amount=amount)
    return invoice(
        seller=replace(SELLER, name=LONG_NAME, legal_name=LONG_NAME, logo=None),
        buyer=replace(BUYER, name=LONG_NAME, address=(LONG_NAME, "Łódź, Müllerstraße, Ñuñoa, Ẹkó, Đà Nẵng")),
        how_to_pay=replace(HOW_TO_PAY, bank=tuple(replace(row, value=LONG_NAME) for row in HOW_TO_PAY.bank)),
        lines=(line, replace(line, description=LONG_NAME)),
        subtotal=amount,
        total=amount,
        amount_due=amount,
    )


def test_very_long_names_and_amounts_stay_inside_the_page() -> None:
    document = _extreme()
    words = text(document)
    assert LONG_NAME in words
    assert "Łódź, Müllerstraße, Ñuñoa, Ẹkó, Đà Nẵng" in words
    assert "Amount due KES 999,999,999,999.99" in words
    assert "x" * 300 in words.replace(" ", "")
    assert all(right <= width - 18 * POINTS_PER_MM + 1 for right, width in right_edges(document))
