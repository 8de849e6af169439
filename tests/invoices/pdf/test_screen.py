"""The page in a browser: the same words, no inline style or script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from invoices.pdf.colours import INK, readable_accent
from invoices.pdf.document import Kind
from invoices.pdf.render import render_fragment, render_html, screen_sheets
from tests.invoices.pdf.samples import invoice


def test_says_the_same_figures() -> None:
    page = render_html(invoice())
    assert "85,521.00" in page
    assert "11,796.00" in page
    assert "20 December 2026" in page


@pytest.mark.parametrize("kind", list(Kind))
def test_obeys_the_content_security_policy(kind: Kind) -> None:
    page = render_html(invoice(kind=kind))
    assert "style=" not in page
    assert "<style" not in page
    assert "<script" not in page
    sources = re.findall(r'src="([^"]*)"', page)
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert len(sources) == 3


def test_links_stylesheets_that_exist() -> None:
    for sheet in screen_sheets(invoice()):
        assert finders.find(sheet)
        assert f"/static/{sheet}" in render_html(invoice())


def test_the_fragment_is_the_document_alone() -> None:
    fragment = render_fragment(invoice())
    assert fragment.lstrip().startswith("<article")
    assert "<html" not in fragment
    assert fragment.strip() in render_html(invoice())


@pytest.mark.parametrize(
    ("color", "expected"),
    [("#1a1d21", "#1a1d21"), ("#0f766e", "#0f766e"), ("red", INK), ("#fff;}", INK), ("", INK), ("#ffffff", "#757575")],
)
def test_a_colour_can_be_read_on_white(color: str, expected: str) -> None:
    assert readable_accent(color) == expected


def test_every_class_of_the_templates_has_a_look() -> None:
    root = Path(__file__).resolve().parents[3]
    look = "".join(path.read_text() for path in (root / "static" / "pdf").glob("*.css"))
    markup = "".join(path.read_text() for path in (root / "templates" / "pdf").glob("*.html"))
    classes = {name for group in re.findall(r'class="([^"{]*)"', markup) for name in group.split()}
    assert {name for name in classes if f".{name}" not in look} <= {"doc-party", "doc-rate"}
