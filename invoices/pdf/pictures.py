"""The pictures of a document: the seller's logo, made anew from its pixels, and the QR codes of the ways to pay."""

from __future__ import annotations

import io
import warnings
from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import segno
from PIL import Image, ImageOps

from invoices.pdf.errors import LogoRefused

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_PIXELS: Final = 20_000_000
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
# 230 dots per inch at the largest size that a design prints.
_PRINTED: Final = (640, 240)
_WHITE: Final = 255
_MASK: Final = 0
_DOT: Final = 6


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    content_type: str

    @property
    def data_url(self) -> str:
        return f"data:{self.content_type};base64,{b64encode(self.content).decode()}"


@lru_cache(maxsize=32)
def clean_logo(content: bytes) -> bytes:
    """The picture on white, as a small PNG made anew from its pixels. Raises LogoRefused.

    Vector pictures (SVG, EPS, PDF) are refused: they can carry scripts and ask for other files.
    """
    if len(content) > MOST_BYTES:
        raise LogoRefused("The logo is larger than 2 MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise LogoRefused("The logo has more than 20 million pixels.")
                return _printed(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LogoRefused("The logo is not a PNG, JPEG, WebP or GIF picture that can be read.") from error


def _printed(picture: Image.Image) -> bytes:
    pixels = ImageOps.exif_transpose(picture).convert("RGBA")
    pixels.thumbnail(_PRINTED, Image.Resampling.LANCZOS)
    paper = Image.new("RGB", pixels.size, "white")
    paper.paste(pixels, mask=pixels)
    return _png(paper)


def qr_png(text: str) -> bytes:
    """A QR code as a PNG."""
    return _png(qr_dots(text))


def qr_dots(text: str) -> Image.Image:
    """A QR code (correction M) in black and white without a quiet zone: the page leaves the space.

    The mask is fixed: choosing the best of eight takes most of the time, and a signed link looks random under any.
    """
    matrix = segno.make(text, error="m", micro=False, mask=_MASK).matrix
    dots = Image.frombytes("L", (len(matrix), len(matrix)), b"".join(bytes(row) for row in matrix))
    size = len(matrix) * _DOT
    return dots.point(lambda dark: _WHITE * (1 - dark)).resize((size, size), Image.Resampling.NEAREST)


def _png(pixels: Image.Image) -> bytes:
    out = io.BytesIO()
    pixels.save(out, "PNG")
    return out.getvalue()
