"""Names are printed in the script that they are written in: no box, no blank where a letter should be."""

from __future__ import annotations

from dataclasses import replace

import pymupdf
import pytest

from invoices.pdf.render import render_pdf
from tests.invoices.pdf.samples import BUYER, invoice


def _without_picture(name: str) -> list[str]:
    """Letters for which no font had a picture."""
    pdf = render_pdf(invoice(buyer=replace(BUYER, name=name)))
    with pymupdf.open(stream=pdf) as file:
        spans = [span for page in file for span in page.get_texttrace()]
    return [chr(code) for span in spans for code, glyph, *_rest in span["chars"] if glyph == 0]


@pytest.mark.parametrize("name", ["Wanjikũ & Ŋaĩ", "Жук", "Ωμέγα", "شركة النيل", "שלום בעם", "Café ☕"])
def test_every_letter_has_a_picture(name: str) -> None:
    assert _without_picture(name) == []
