"""Logos are made anew from their pixels; what cannot be is left out."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace

import pymupdf
import pytest
from PIL import Image

from invoices.pdf.document import Design, InvoiceDocument, Logo
from invoices.pdf.errors import LogoRefused
from invoices.pdf.pictures import clean_logo, qr_dots, qr_png
from tests.invoices.pdf.reading import alternative_texts, printed, text
from tests.invoices.pdf.samples import HOW_TO_PAY, PORTAL_URL, SELLER, invoice
from tests.support.qr import qr_text

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n"


def _picture(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 0).save(out, kind)
    return out.getvalue()


def _bomb() -> bytes:
    """A PNG of a few bytes that says it has 30,000 by 30,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_takes_the_usual_kinds(kind: str) -> None:
    assert clean_logo(_picture(kind)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "content",
    [SVG, EPS, b"", b"%PDF-1.7", b"GIF89a", _picture("BMP"), _picture("TIFF"), _bomb(), b"x" * (2 * 1024 * 1024 + 1)],
    ids=["svg", "eps", "empty", "pdf", "cut", "bmp", "tiff", "bomb", "large"],
)
def test_refuses_the_rest(content: bytes) -> None:
    with pytest.raises(LogoRefused):
        clean_logo(content)


def test_keeps_nothing_but_the_pixels() -> None:
    out = io.BytesIO()
    picture = Image.new("RGB", (2000, 1000), "red")
    exif = picture.getexif()
    exif[0x010E] = "secret place"
    picture.save(out, "JPEG", exif=exif, comment=b"secret words")
    cleaned = clean_logo(out.getvalue())
    assert b"secret" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as small:
        assert small.size == (480, 240)


def test_a_logo_that_cannot_be_printed_gives_way_to_the_name() -> None:
    document = invoice(seller=replace(SELLER, logo=Logo(content=SVG, content_type="image/svg+xml")))
    assert not any("Chromapages" in words for words in alternative_texts(document))
    assert "Chromapages Chromapages Limited" in text(document)


def _seen(document: InvoiceDocument) -> list[Image.Image]:
    """The codes as the file shows them, a pixel a dot, in the order in which they stand."""
    found = []
    with pymupdf.open(stream=printed(document)) as pdf:  # type: ignore[no-untyped-call]
        for code in (one for one in pdf[0].get_image_info() if one["bpc"] == 1):
            pixels = pdf[0].get_pixmap(dpi=300, clip=code["bbox"], colorspace="gray")
            shown = Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)
            dots = (code["width"] // 6, code["height"] // 6)
            found.append(shown.resize(dots, Image.Resampling.BOX).point(lambda level: 255 * (level > 127)))
    return found


def _read(code: Image.Image) -> str:
    rows = [[code.getpixel((column, row)) == 0 for column in range(code.width)] for row in range(code.height)]
    return qr_text(rows)


def test_the_qr_code_of_the_file_has_every_dot_in_its_place() -> None:
    seen = _seen(invoice())[-1]
    assert seen.tobytes() == qr_dots(PORTAL_URL).resize(seen.size, Image.Resampling.NEAREST).tobytes()


@pytest.mark.parametrize("design", list(Design))
def test_a_phone_reads_the_paybill_with_the_account_and_the_portal_link(design: Design) -> None:
    document = replace(invoice(), design=design)
    assert [_read(code) for code in _seen(document)] == [
        "M-PESA Paybill\nBusiness no.: 247 247\nAccount no.: INV-2026-0001",
        PORTAL_URL,
    ]


def test_a_seller_without_a_paybill_prints_the_code_of_the_link_alone() -> None:
    document = invoice(how_to_pay=replace(HOW_TO_PAY, mpesa=None))
    assert [_read(code) for code in _seen(document)] == [PORTAL_URL]
    assert _seen(invoice(how_to_pay=None)) == []


def test_the_qr_code_is_sharp_and_stable() -> None:
    code = qr_png(PORTAL_URL)
    assert code == qr_png(PORTAL_URL)
    with Image.open(io.BytesIO(code)) as picture:
        assert picture.mode == "L"
        assert picture.width == picture.height == 41 * 6
        assert {level for _count, level in picture.getcolors() or ()} == {0, 255}
