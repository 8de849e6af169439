"""The designs, and what a template leaves out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core.models import BusinessProfile
from customers.states import InvoiceStyle
from invoices.pdf.build import document_of, draft_document_of
from invoices.pdf.document import (
    ALL_COLUMNS,
    Column,
    Design,
    EarlyPayment,
    ExchangeRate,
    Instalment,
    InvoiceDocument,
    PageSize,
    Section,
    TaxRow,
)
from invoices.pdf.dress import dressed
from invoices.pdf.render import render_html
from invoices.services.template_choice import template_snapshot
from invoices.services.templates import TemplateInput, template_create
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.invoices.pdf.reading import pages, reader, right_edges, root, tags, text
from tests.invoices.pdf.samples import BUYER, SELLER, invoice, many_lines, three_lines

DESIGNS = tuple(Design)


def divided(**changes: Any) -> InvoiceDocument:
    lines = tuple(
        replace(line, category=name) for line, name in zip(three_lines(), ("Hosting", "Hosting", ""), strict=True)
    )
    sections = (
        Section(name="Hosting", subtotal=Decimal("47400.00")),
        Section(name="", subtotal=Decimal("26325.00")),
    )
    return invoice(lines=lines, sections=sections, columns=ALL_COLUMNS, **changes)


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize(("size", "terms"), [(PageSize.A4, "Within 30 days."), (PageSize.LETTER, "")])
def test_three_lines_fit_on_one_page_in_every_design(design: Design, size: PageSize, terms: str) -> None:
    assert len(pages(divided(design=design, page_size=size, terms=terms, project="Relaunch"))) == 1


@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_is_tagged_with_title_and_language(design: Design) -> None:
    document = divided(design=design)
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure"} <= set(tags(document))
    assert root(document)["/Lang"] == "en"
    assert "INV-2026-0001" in reader(document).metadata.title  # type: ignore[union-attr, operator]


@pytest.mark.parametrize("design", DESIGNS)
def test_the_head_of_the_table_is_on_every_page_with_lines_and_the_sums_never_stand_alone(design: Design) -> None:
    printed = pages(replace(many_lines(60), design=design))
    assert all("Description" in page for page in printed if "Delivery" in page)
    assert "Delivery 060" in next(page for page in printed if "Subtotal" in page)


@pytest.mark.parametrize("design", DESIGNS)
def test_long_names_and_amounts_stay_on_the_page_without_a_logo(design: Design) -> None:
    long, huge = "Kampuni ya Ushirika wa Wakulima wa Kahawa " * 2, Decimal("98765432109876.54")
    document = divided(
        design=design,
        seller=replace(SELLER, logo=None, name=long, legal_name=long),
        buyer=replace(BUYER, name=long),
        total=huge,
        amount_due=huge,
        page_size=PageSize.LETTER,
    )
    assert all(right <= width for right, width in right_edges(document))


def test_the_detailed_design_tells_categories_with_what_they_come_to() -> None:
    words = text(divided(design=Design.DETAILED))
    assert "Hosting 47,400.00" in words
    assert "Other 26,325.00" in words


@pytest.mark.parametrize("design", [Design.SIMPLE, Design.PROFESSIONAL])
def test_the_other_designs_do_not(design: Design) -> None:
    assert "47,400.00" not in text(divided(design=design))


def test_the_detailed_design_has_a_schedule_and_a_column_of_discounts() -> None:
    document = divided(
        design=Design.DETAILED, instalments=(Instalment(due_on=date(2026, 12, 20), amount=Decimal("85521.00")),)
    )
    assert "Payment schedule" in text(document)
    assert "Disc." in text(document)


def test_the_simple_design_says_figures_in_words_and_the_total_once() -> None:
    words = text(divided(design=Design.SIMPLE))
    assert "3 months \N{MULTIPLICATION SIGN} 15,000.00" in words
    assert "Total" not in words


@pytest.mark.parametrize("design", DESIGNS)
def test_terms_for_paying_early_reasons_and_the_rate_of_exchange_are_told(design: Design) -> None:
    document = invoice(
        design=design,
        early_payment=EarlyPayment(discount_label="2 %", until=date(2026, 12, 1), amount=Decimal("83810.58")),
        exchange_rate=ExchangeRate(
            currency="UGX", rate=Decimal("28.5"), source="Central Bank of Kenya", on=date(2026, 11, 20)
        ),
        taxes=(TaxRow(label="Exempt", base=Decimal(100), tax=Decimal(0), reason="Education, First Schedule"),),
        project="Relaunch",
    )
    words = text(document)
    assert "2 % off when paid by 1 December 2026: KES 83,810.58" in words
    assert "1 KES = UGX 28.50 (Central Bank of Kenya, 20 Nov 2026)" in words
    assert "Education, First Schedule" in words
    assert "Project Relaunch" in words


def look(**changes: Any) -> dict[str, Any]:
    values = {name: getattr(TemplateInput(name="T"), name) for name in TemplateInput.__dataclass_fields__}
    return values | changes


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({"include_company_details": False}, "Lower Kabete Road"),
        ({"bank_details": False}, "Equity Bank Kenya"),
        ({"mpesa_details": False}, "247 247"),
        ({"notes_section": False}, "Thank you"),
        ({"show_subtotal": False}, "Subtotal"),
        ({"show_tax": False}, "VAT 16"),
        ({"show_discount": False}, "Discount"),
        ({"columns": ["description", "amount", "tax"]}, "Quantity"),
        ({"columns": ["description", "amount", "quantity"]}, "15,000.00"),
    ],
)
def test_what_a_template_leaves_out_is_not_printed(changes: dict[str, Any], gone: str) -> None:
    assert gone in render_html(invoice())
    assert gone not in render_html(dressed(invoice(), look(**changes)))


def test_what_is_left_still_adds_up() -> None:
    document = invoice(subtotal=Decimal("80000.00"), discount_total=Decimal("6275.00"))
    words = text(dressed(document, look(show_discount=False, show_tax=False)))
    assert "Subtotal 73,725.00" in words
    assert "Tax 11,796.00" in words


def test_items_are_numbered_where_a_template_says_so() -> None:
    assert "No." in text(dressed(invoice(), look()))
    assert "No." not in text(invoice())


def test_a_template_gives_title_colour_and_notes() -> None:
    document = dressed(invoice(), look(title="Tax invoice", accent_color="#0f766e", notes="Asante."))
    assert (document.title, document.seller.accent_color) == ("Tax invoice", "#0f766e")
    assert document.notes.endswith("\n\nAsante.")


def test_without_a_template_a_document_stays_as_it_was() -> None:
    assert dressed(invoice(), {}) == invoice()


@pytest.mark.django_db
class TestFromTheBooks:
    def test_an_invoice_is_printed_as_its_template_said_at_issue(self) -> None:
        seller: BusinessProfile = factories.seller()
        data = TemplateInput(
            name="Detailed", design=InvoiceStyle.DETAILED, title="Tax invoice", columns=("description", "amount")
        )
        template = template_create(profile_id=seller.pk, data=data, actor=SYSTEM, now=NOW)
        lines = (factories.line(category="Hosting"), factories.line(category=""), factories.line(category="Hosting"))
        invoice = factories.issued_invoice(factories.customer(seller), *lines, template_id=template.pk)
        document = document_of(invoice)
        assert (document.design, document.title, document.columns) == (Design.DETAILED, "Tax invoice", frozenset())
        assert [(section.name, section.subtotal) for section in document.sections] == [
            ("Hosting", Decimal("90000.00")),
            ("", Decimal("45000.00")),
        ]
        assert template_snapshot(template) == invoice.template

    def test_the_early_payment_is_computed_from_the_total(self) -> None:
        draft = factories.draft(early_discount_percent=Decimal(2), early_discount_days=10)
        early = draft_document_of(draft).early_payment
        assert early is not None
        assert (early.amount, early.discount_label) == (Decimal("51156.00"), "2 %")

    def test_a_draft_is_shown_in_its_own_language(self) -> None:
        assert draft_document_of(factories.draft(language="sw")).language == "sw"

    def test_columns_of_the_standard_template_are_all(self) -> None:
        assert document_of(factories.issued_invoice()).columns == frozenset(Column)
