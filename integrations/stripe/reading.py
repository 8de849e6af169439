"""Answers that cannot be read: asked for again after a read, unknown after a write. Nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from billing_assistant.core.errors import DomainError, OutcomeUnknown, Unavailable

P = ParamSpec("P")
T = TypeVar("T")


class Unreadable(Unavailable):
    """Stripe answered something else than its contract says."""

    def __init__(self) -> None:
        super().__init__("Stripe's answer could not be read.")


def readable(read: Callable[P, T]) -> Callable[P, T]:
    """An object that is not what it should be is Unreadable."""

    @wraps(read)
    def reader(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, DomainError) as error:
            raise Unreadable from error

    return reader


def writes(call: Callable[P, T]) -> Callable[P, T]:
    """A call that has an effect: when its answer cannot be read, the effect is unknown."""

    @wraps(call)
    def caller(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except Unreadable as error:
            raise OutcomeUnknown(str(error)) from error

    return caller
