"""The page speaks the document's language, whatever the language of the person who asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real

from invoices.pdf import stylesheets
from invoices.pdf.render import render_pdf
from tests.invoices.pdf.reading import root, text
from tests.invoices.pdf.samples import invoice, many_lines

WORDS = {
    "Invoice": "Ankara",
    "Amount due": "Kiasi kinachodaiwa",
    "Due date": "Tarehe ya mwisho ya kulipa",
    "Page %(page)s of %(pages)s": "Ukurasa %(page)s kati ya %(pages)s",
}


@pytest.fixture
def swahili(tmp_path: Path) -> Iterator[None]:
    """A catalogue of four words."""
    catalog = Catalog(locale="sw")
    for word, meaning in WORDS.items():
        catalog.add(word, meaning)
    target = tmp_path / "sw" / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    with override_settings(LOCALE_PATHS=[tmp_path]):
        _forget()
        yield
    _forget()


def _forget() -> None:
    vars(trans_real)["_translations"].clear()
    vars(trans_real)["_default"] = None
    stylesheets._sheets.cache_clear()


@pytest.mark.usefixtures("swahili")
def test_swahili_documents_speak_swahili_to_an_english_user() -> None:
    with translation.override("en"):
        pdf = render_pdf(invoice(language="sw", notes="Only here"))
    assert pdf == render_pdf(invoice(language="sw", notes="Only here"))
    words = text(invoice(language="sw", notes="Asante"))
    assert "Ankara INV-2026-0001 Kiasi kinachodaiwa KES 85,521.00" in words
    assert "Tarehe ya mwisho ya kulipa 20 Desemba 2026" in words
    assert root(invoice(language="sw", notes="Asante"))["/Lang"] == "sw"


@pytest.mark.usefixtures("swahili")
def test_page_numbers_are_told_in_the_language() -> None:
    words = text(replace(many_lines(40), language="sw"))
    assert "Ukurasa 1 kati ya 3" in words
    assert "Ukurasa 2 kati ya 3" in words


def test_american_english_begins_with_the_month() -> None:
    assert "December 20, 2026" in text(invoice(language="en-US", currency="USD"))


def test_plain_english_begins_with_the_day() -> None:
    assert "20 December 2026" in text(invoice())
