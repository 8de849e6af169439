"""The seller's colour, made safe for paper: a plain hex colour that can be read on white."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

INK: Final = "#1a1d21"
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_READABLE: Final = 4.5
_STEPS: Final = 50
_LINEAR_PART: Final = 0.04045


def readable_accent(color: str) -> str:
    """The colour, darkened until its contrast on white is 4.5 to 1 (WCAG AA). Our ink for anything but #rrggbb."""
    if not _HEX.fullmatch(color):
        return INK
    channels = [int(color[start : start + 2], 16) for start in (1, 3, 5)]
    for step in range(_STEPS, 0, -1):
        darker = [int(channel * Fraction(step, _STEPS)) for channel in channels]
        if _contrast_on_white(darker) >= _READABLE:
            return "#" + "".join(f"{channel:02x}" for channel in darker)
    return INK


def _contrast_on_white(channels: list[int]) -> float:
    red, green, blue = (_linear(channel / 255) for channel in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    """From sRGB to linear light, IEC 61966-2-1."""
    return channel / 12.92 if channel <= _LINEAR_PART else ((channel + 0.055) / 1.055) ** 2.4
