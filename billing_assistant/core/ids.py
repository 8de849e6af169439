"""Identifiers: UUIDs of version 7, so that keys grow with time and indexes stay compact."""

from __future__ import annotations

import os
import threading
import time
from typing import Final
from uuid import UUID

_RANDOM_BITS: Final = 74
_STEP_BITS: Final = 48
_lock = threading.Lock()
_last = (0, 0)


def uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 bits, random at first.

    Within one process and millisecond each is greater than the one before it (method 2 of the RFC), so that rows
    written one after another are also read in that order.
    """
    milliseconds, tail = _next(time.time_ns() // 1_000_000)
    high, low = tail >> 62, tail & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


def _next(milliseconds: int) -> tuple[int, int]:
    global _last  # noqa: PLW0603 -- what the RFC keeps between two calls
    with _lock:
        if milliseconds == _last[0]:
            tail = _last[1] + 1 + _random(_STEP_BITS)
            if tail >> _RANDOM_BITS:
                milliseconds, tail = milliseconds + 1, _random(_RANDOM_BITS - 1)
        else:
            tail = _random(_RANDOM_BITS - 1)
        _last = (milliseconds, tail)
        return _last


def _random(bits: int) -> int:
    return int.from_bytes(os.urandom(10), "big") & ((1 << bits) - 1)


def as_uuid(text: str) -> UUID | None:
    """The UUID that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
