"""Text as it may go on paper: composed, without control characters and without marks that turn its direction."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final, TypeVar

T = TypeVar("T")

_LINE_ENDS: Final = {"\r\n": "\n", "\r": "\n", "\N{LINE SEPARATOR}": "\n", "\N{PARAGRAPH SEPARATOR}": "\n", "\t": " "}
# Embeddings, overrides and isolates could show "100" as "001"; the byte order mark shows nothing.
_DIRECTION_MARKS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_CONTROLS: Final = frozenset({"Cc", "Cs"})
_LAST_TWO: Final = 0xFFFE


def clean(text: str) -> str:
    """The text in its composed form, with line feeds as the only control character."""
    if text.isascii() and text.isprintable():
        return text
    for end, plain in _LINE_ENDS.items():
        text = text.replace(end, plain)
    return unicodedata.normalize("NFC", "".join(char for char in text if _prints(char)))


def _prints(char: str) -> bool:
    if char == "\n":
        return True
    return char not in _DIRECTION_MARKS and unicodedata.category(char) not in _CONTROLS and not _is_noncharacter(char)


def _is_noncharacter(char: str) -> bool:
    """Unicode 23.7: 32 in a row, and the last two of each plane."""
    return "\ufdd0" <= char <= "\ufdef" or ord(char) & _LAST_TWO == _LAST_TWO


def clean_all(value: T) -> T:
    """A copy of a dataclass, tuple or text in which every text, however deep, is clean."""
    cleaned: Any = value
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        cleaned = clean(value)
    elif isinstance(value, tuple):
        cleaned = tuple(clean_all(item) for item in value)
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: clean_all(getattr(value, field.name)) for field in fields(value)}
        cleaned = replace(value, **parts)
    result: T = cleaned
    return result
