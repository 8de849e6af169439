"""The file itself: the same bytes, accessible, ours alone."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256
from typing import Any

from invoices.pdf.document import Design, Kind
from invoices.pdf.render import render_pdf
from invoices.pdf.stylesheets import sheets_for
from tests.invoices.pdf.reading import alternative_texts, printed, reader, root, tags
from tests.invoices.pdf.samples import SELLER, invoice, many_lines

_PRINT_ELSEWHERE = """
import hashlib, django
django.setup()
from invoices.pdf.render import render_pdf
from tests.invoices.pdf.samples import invoice
print(hashlib.sha256(render_pdf(invoice())).hexdigest())
"""


def test_the_same_document_gives_the_same_bytes() -> None:
    first = render_pdf(invoice())
    render_pdf(many_lines(2))
    assert render_pdf(invoice()) == first


def test_styles_that_are_kept_change_nothing() -> None:
    documents = [invoice(design=design) for design in Design] + [
        many_lines(3),
        invoice(notes="Thank you", reference=""),
    ]
    fresh = []
    for document in documents:
        sheets_for(document).kept.styles.clear()
        fresh.append(render_pdf(document))
    assert [render_pdf(document) for document in reversed(documents)] == fresh[::-1]


def test_another_process_gives_the_same_bytes() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-W", "ignore", "-c", _PRINT_ELSEWHERE]
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    assert there == sha256(printed(invoice())).hexdigest()


def test_another_document_gives_other_bytes() -> None:
    assert printed(invoice()) != printed(invoice(number="INV-2026-0002"))


def test_has_a_title_an_author_a_language_and_the_issue_date() -> None:
    pdf = reader(invoice())
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Invoice INV-2026-0001, Chromapages"
    assert pdf.metadata.author == "Chromapages"
    assert [str(pdf.metadata[name]) for name in ("/CreationDate", "/ModDate")] == ["D:20261120"] * 2
    assert root(invoice())["/Lang"] == "en"
    assert root(invoice())["/ViewerPreferences"]["/DisplayDocTitle"]


def test_is_tagged_for_readers() -> None:
    assert root(invoice())["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root(invoice())["/Metadata"].get_data()
    found = tags(invoice())
    assert found.count("/H1") == 1
    assert {"/H2", "/Table", "/THead", "/TH", "/TD", "/P", "/Figure", "/Link"} <= set(found)


def test_pictures_have_words() -> None:
    assert alternative_texts(invoice()) == [
        "Chromapages Limited",
        "QR code with the Paybill and the account number",
        "QR code of the page where this can be paid",
    ]


def test_carries_nothing_active_and_no_attachment() -> None:
    assert not {"/Names", "/OpenAction", "/AcroForm"} & set(root(invoice(kind=Kind.DRAFT)))


def test_uses_our_own_fonts_alone_for_latin() -> None:
    fonts: Any = reader(invoice()).pages[0]["/Resources"]
    fonts = fonts["/Font"]
    names = {font.get_object()["/BaseFont"].partition("+")[2] for font in fonts.values()}
    assert names == {"Invoice-Sans", "Invoice-Sans-Semi-Bold"}


def test_stays_small() -> None:
    assert len(printed(invoice())) < 60_000
    assert len(printed(invoice(seller=replace(SELLER, logo=None)))) < 40_000
