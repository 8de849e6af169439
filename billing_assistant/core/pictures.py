"""Pictures that people upload: decoded, bounded and written anew, so that nothing but pixels is kept."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from billing_assistant.core.files import FileRefused

FORMATS: Final = ("PNG", "JPEG", "WEBP")
MAX_BYTES: Final = 4 * 1024 * 1024
MAX_SIDE: Final = 6000
MAX_PIXELS: Final = 24_000_000
LOGO_BOX: Final = (1200, 480)


def logo_png(content: bytes) -> bytes:
    """A logo as PNG, at most 1200 by 480 pixels, without the metadata of the original. Raises FileRefused."""
    if not content:
        raise FileRefused(_("The file is empty."), field="logo")
    if len(content) > MAX_BYTES:
        raise FileRefused(_("The picture is larger than 4 MB."), field="logo")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _check_size(picture.size)
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        raise FileRefused(_("This is not a PNG, JPEG or WebP picture."), field="logo") from None
    upright.thumbnail(LOGO_BOX, Image.Resampling.LANCZOS)
    written = BytesIO()
    Image.frombytes("RGBA", upright.size, upright.tobytes()).save(written, "PNG", optimize=True)
    return written.getvalue()


def _check_size(size: tuple[int, int]) -> None:
    """Before any pixel is decoded: a small file can claim a picture that fills the memory."""
    width, height = size
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise FileRefused(_("The picture has too many pixels: at most 6000 on a side."), field="logo")
