"""The five meanings that a colour may have. Each is always shown with a word or an icon."""

from __future__ import annotations

from typing import Any, Final

TONES: Final = ("neutral", "info", "success", "warning", "danger")
TONE_ICONS: Final = {
    "neutral": "circle-dashed",
    "info": "info-circle",
    "success": "circle-check",
    "warning": "clock",
    "danger": "alert-triangle",
}
_ALIASES: Final = {"warn": "warning", "error": "danger", "muted": "neutral", "debug": "neutral", "": "neutral"}


def tone_of(value: Any) -> str:
    """A tone by name; an unknown one is neutral."""
    name = str(value or "")
    name = _ALIASES.get(name, name)
    return name if name in TONES else "neutral"
