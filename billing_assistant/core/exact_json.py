"""JSON without floats: numbers with a decimal point are Decimals on both ways."""

from __future__ import annotations

import datetime as dt
from decimal import InvalidOperation
from typing import Any, Final, NoReturn
from uuid import UUID

import simplejson
from django.utils.functional import Promise

MOST_DIGITS: Final = 1_000


class NumberTooLarge(ValueError):
    """A number of more digits than anybody needs."""


def dumps(value: Any, *, sort_keys: bool = False) -> str:
    """Compact JSON that is always UTF-8; a Decimal becomes a number with exactly its own digits.

    Half of a surrogate pair is written as its escape. Refuses NaN and Infinity.
    """
    text: str = simplejson.dumps(
        value,
        use_decimal=True,
        allow_nan=False,
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=sort_keys,
        default=_plain,
    )
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()
    return text


def loads(text: str | bytes) -> Any:
    """Reads JSON; 1.10 comes back as Decimal("1.10").

    Raises ValueError, also for NaN, Infinity and bottomless nesting; NumberTooLarge for a number of endless digits.
    """
    try:
        return simplejson.loads(text, use_decimal=True, parse_int=_whole, parse_constant=_refuse_constant)
    except InvalidOperation:
        raise NumberTooLarge("A number has too many digits.") from None
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


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise NumberTooLarge("A number has too many digits.")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number.")
