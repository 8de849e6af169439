"""Text stays text, and nothing is loaded that is not ours."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from invoices.pdf import press
from invoices.pdf.document import BankDetail, HowToPay, InvoiceDocument, Mpesa
from invoices.pdf.errors import DocumentTooLarge, FetchRefused, RenderRefused
from invoices.pdf.fetcher import ASSETS, AssetFetcher, EmbeddedFetcher, Refusal, embedded
from invoices.pdf.paper import Paper
from invoices.pdf.pictures import Picture
from invoices.pdf.render import render_html, render_pdf
from invoices.pdf.text import clean
from tests.invoices.pdf.reading import links, root, text
from tests.invoices.pdf.samples import BUYER, SELLER, invoice, three_lines

ATTACKS = (
    "<img src=file:///etc/passwd>",
    '<link rel=attachment href="file:///etc/passwd">',
    "<style>@import url(http://127.0.0.1/x.css);</style>",
    "</title><script>alert(1)</script>",
    '" onload="x',
    "<svg><image href='file:///etc/passwd'/></svg>",
    "&lt;b&gt; {{ settings.SECRET_KEY }} {% load static %}",
    "url(file:///etc/passwd)",
    "]]><!ENTITY x SYSTEM 'file:///etc/passwd'>",
)


def _attacked(attack: str) -> InvoiceDocument:
    """The attack in every text of a document."""
    return invoice(
        seller=replace(
            SELLER, name=attack, legal_name=attack, address=(attack,), tax_id=attack, tax_id_label=attack,
            registration=attack, email=attack, phone=attack, website=attack, accent_color=attack,
        ),
        buyer=replace(BUYER, name=attack, contact=attack, address=(attack,), tax_id=attack, email=attack),
        number=attack, title=attack, reference=attack, corrects=attack, notes=attack, terms=attack, footer=attack,
        lines=tuple(
            replace(line, description=attack, unit=attack, tax_label=attack, discount_label=attack)
            for line in three_lines()
        ),
        how_to_pay=HowToPay(
            bank=(BankDetail(label=attack, value=attack),),
            mpesa=Mpesa(paybill=attack, account=attack),
            portal_url="https://billing.example/portal?a=<b>&c='d'",
        ),
    )  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_any_text_is_printed_as_text(attack: str) -> None:
    document = _attacked(attack)
    assert "".join(attack.split()) in text(document).replace(" ", "")
    assert links(document) == ["https://billing.example/portal?a=%3Cb%3E&c='d'"]
    assert "/Names" not in root(document)


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_any_text_is_shown_as_text_on_screen(attack: str) -> None:
    page = render_html(_attacked(attack))
    assert "<script" not in page
    assert "<style" not in page
    assert page.count("<img") == 3
    assert 'onload="x' not in page


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "https://example.com/x.ttf",
        "ftp://example.com/x",
        "data:font/ttf;base64,AAAA",
        (ASSETS / "fonts.css").as_uri(),
        (ASSETS / "fonts" / ".." / ".." / ".." / "manage.py").as_uri(),
        (ASSETS / "fonts" / "OFL.txt").as_uri(),
        f"{(ASSETS / 'fonts' / 'invoice-sans-Regular.ttf').as_uri()}?x=1",
        "embedded:logo",
        "fonts/invoice-sans-Regular.ttf",
        "",
    ],
)
def test_stylesheets_may_load_our_fonts_alone(url: str) -> None:
    with pytest.raises(Refusal):
        AssetFetcher().fetch(url)


def test_stylesheets_load_our_fonts() -> None:
    font = ASSETS / "fonts" / "invoice-sans-Regular.ttf"
    assert AssetFetcher().fetch(font.as_uri()).read() == font.read_bytes()


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://localhost/", "data:,x", "embedded:qr", "embedded:", "logo", "//x/logo"]
)
def test_a_page_may_load_its_own_pictures_alone(url: str) -> None:
    fetcher = EmbeddedFetcher({"logo": Picture(b"content", "image/png")})
    assert fetcher.fetch(embedded("logo")).read() == b"content"
    with pytest.raises(Refusal):
        fetcher.fetch(url)


HOSTILE = (
    '<img src="file:///etc/passwd" alt="x"/>',
    '<img src="http://127.0.0.1:1/x.png" alt="x"/>',
    '<object data="file:///etc/passwd"></object>',
    '<embed src="file:///etc/passwd"/>',
    '<link rel="attachment" href="file:///etc/passwd"/>',
    '<a rel="attachment" href="file:///etc/passwd">x</a>',
    '<link rel="stylesheet" href="file:///etc/passwd"/>',
    '<style>@import url("file:///etc/passwd");</style>',
    '<style>@font-face { font-family: x; src: url("file:///etc/passwd") }</style>',
    '<p style="background: url(file:///etc/passwd)">x</p>',
    '<p style="list-style-image: url(file:///etc/passwd); display: list-item">x</p>',
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_even_hostile_markup_loads_nothing(hostile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second wall: were a text ever printed unescaped, the job would stop."""

    def unescaped(*_args: object, **_kwargs: object) -> str:
        return f'<html lang="en"><head><title>x</title></head><body>{hostile}</body></html>'

    monkeypatch.setattr(press, "markup", unescaped)
    with pytest.raises(FetchRefused):
        render_pdf(invoice())


def test_markup_that_is_not_ours_does_not_even_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "markup", lambda *_args, **_kwargs: '<html lang="en"><body><p>a<b></p></body></html>')
    with pytest.raises(RenderRefused):
        render_pdf(invoice())


def test_a_picture_in_a_picture_is_not_loaded(caplog: pytest.LogCaptureFixture) -> None:
    """WeasyPrint draws a vector picture without what it could not load."""
    caplog.set_level(logging.CRITICAL, logger="weasyprint")
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
        '<title>x</title><image xlink:href="file:///etc/passwd" width="9" height="9"/></svg>'
    )
    asked: list[str] = []

    class Watching(EmbeddedFetcher):
        def fetch(self, url: str, headers: object = None) -> object:
            asked.append(url)
            return super().fetch(url)

    Paper(f'<html lang="en"><head><title>x</title></head><body>{svg}</body></html>', Watching({})).write_pdf()
    assert asked == ["file:///etc/passwd"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "//evil.example", "https://", "http://["])
def test_refuses_a_portal_link_that_is_no_web_address(url: str) -> None:
    with pytest.raises(RenderRefused):
        render_pdf(invoice(how_to_pay=HowToPay(portal_url=url)))


@pytest.mark.parametrize("language", ["", "e", "en'; x: y", "../en", "zz"])
def test_refuses_what_is_no_language(language: str) -> None:
    with pytest.raises(RenderRefused):
        render_pdf(invoice(language=language))


def test_refuses_documents_that_would_fill_the_memory() -> None:
    line = three_lines()[0]
    for changes in (
        {"lines": (line,) * 1001},
        {"notes": "x" * 10_001},
        {"reference": "x" * 501},
        {"lines": (replace(line, description="x" * 5_001),)},
        {"buyer": replace(BUYER, address=("x",) * 201)},
    ):
        with pytest.raises(DocumentTooLarge):
            render_pdf(invoice(**changes))


def test_control_characters_and_marks_of_direction_are_left_out() -> None:
    assert clean("A\x00B\x1b[31m\u202e100\u202c\ufeff\ud800\ufffe\r\nC\tD") == "AB[31m100\nC D"
    assert clean("N\u0303andu\u0301") == "Ñandú"
    assert clean("سلام 👋 Łódź") == "سلام 👋 Łódź"
    words = text(invoice(notes="Pay \u202e100\u202c\x07 now"))
    assert "Pay 100 now" in words


def test_another_script_falls_back_to_the_fonts_of_the_system() -> None:
    assert "Москва" in text(invoice(notes="Москва"))


def test_the_asset_folder_is_ours() -> None:
    assert (Path(__file__).resolve().parents[3] / "static" / "pdf") == ASSETS
