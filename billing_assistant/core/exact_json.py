"""JSON without floats: numbers with a decimal point are Decimals on both ways."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn
from uuid import UUID

import simplejson
from django.utils.functional import Promise


def dumps(value: Any, *, sort_keys: bool = False) -> str:
    """Compact JSON; a Decimal becomes a number with exactly its own digits. Refuses NaN and Infinity."""
    return simplejson.dumps(
        value,
        use_decimal=True,
        allow_nan=False,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=sort_keys,
        default=_plain,
    )


def loads(text: str | bytes) -> Any:
    """Reads JSON; 1.10 comes back as Decimal("1.10").

    Raises ValueError, also for NaN, Infinity and bottomless nesting.
    """
    try:
        return simplejson.loads(text, use_decimal=True, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None


def _plain(value: object) -> object:
    match value:
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case UUID() | Promise():
            return str(value)
        case set() | frozenset():
            return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number.")
