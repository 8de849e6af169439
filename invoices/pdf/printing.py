"""Pictures as they go into a PDF: encoded once, where the engine would encode them anew for each page job."""

from __future__ import annotations

import io
from functools import lru_cache
from hashlib import md5
from typing import Any, Final

import pydyf  # type: ignore[import-untyped]
from PIL import Image
from weasyprint import DEFAULT_OPTIONS
from weasyprint.images import RasterImage

from invoices.pdf.pictures import qr_dots

_GREY: Final = "/DeviceGray"


class PrintedLogo(RasterImage):  # type: ignore[misc]
    """A PNG whose pixels are compressed for the PDF once."""

    def __init__(self, png: bytes) -> None:
        name = md5(png, usedforsecurity=False).hexdigest()
        with Image.open(io.BytesIO(png)) as picture:
            super().__init__(picture, name, png, cache={}, options=DEFAULT_OPTIONS)
        self._objects: dict[bool, tuple[dict[str, Any], bytes]] = {}

    def get_x_object(self, interpolate: bool, dpi_ratio: float) -> pydyf.Stream:  # noqa: FBT001  # WeasyPrint's signature
        """A new object for each PDF, of the same bytes."""
        if interpolate not in self._objects:
            made = super().get_x_object(interpolate, dpi_ratio)
            self._objects[interpolate] = (made.extra, b"".join(part.data for part in made.stream))
        extra, data = self._objects[interpolate]
        return pydyf.Stream([data], dict(extra))


class PrintedCode:
    """A QR code: one bit a dot, which the viewer enlarges without smoothing."""

    def __init__(self, name: str, text: str) -> None:
        dots = qr_dots(text)
        self.id = name
        self.width, self.height = dots.size
        self._bits = dots.convert("1", dither=Image.Dither.NONE).tobytes()

    def get_intrinsic_size(self, resolution: float, _font_size: float) -> tuple[float, float, float]:
        return self.width / resolution, self.height / resolution, 1

    def draw(self, stream: Any, width: float, height: float, _style: Any) -> None:
        name = stream.add_image(self, interpolate=False, ratio=1)
        stream.transform(width, 0, 0, -height, 0, height)
        stream.draw_x_object(name)

    def get_x_object(self, _interpolate: bool, _dpi_ratio: float) -> pydyf.Stream:  # noqa: FBT001
        extra = {
            "Type": "/XObject",
            "Subtype": "/Image",
            "Width": self.width,
            "Height": self.height,
            "ColorSpace": _GREY,
            "BitsPerComponent": 1,
            "Interpolate": "false",
        }
        return pydyf.Stream([self._bits], extra, compress=True)


@lru_cache(maxsize=32)
def printed_logo(png: bytes) -> PrintedLogo:
    """The logo of a seller, ready for many documents."""
    return PrintedLogo(png)
