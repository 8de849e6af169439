"""A circuit breaker for each connection: a vendor that does not answer is left alone for a while, at no cost to us.

Closed, calls go through. After FAILURES in a row, each within WINDOW of the last, it opens: calls end at once as
Unavailable. After PAUSE one call may try (half-open); it closes the breaker, or opens it again. The state is in the
cache, so all processes share it and losing it means only that it is closed. A refusal is an answer, not a failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from billing_assistant.core import clock
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.states import Status

FAILURES: Final = 5
WINDOW: Final = timedelta(minutes=2)
PAUSE: Final = timedelta(seconds=30)
TRIAL: Final = timedelta(seconds=60)
KEPT: Final = timedelta(hours=1)


class BreakerState(Status):
    CLOSED = "closed", _("Answers"), "success", "circle-check"
    OPEN = "open", _("Left alone for a moment"), "danger", "ban"
    HALF_OPEN = "half_open", _("Being tried again"), "warning", "refresh"


class BreakerOpen(Unavailable):
    """The vendor did not answer lately, so it was not asked."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """The breaker of one connection, by its key."""

    key: str

    @property
    def state(self) -> BreakerState:
        """As it stands now; for pages."""
        opened_at = cache.get(self._opened)
        if opened_at is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if clock.now() < opened_at + PAUSE else BreakerState.HALF_OPEN

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around each call. Raises BreakerOpen when the vendor is not to be asked now."""
        self._enter(clock.now())
        try:
            yield
        except Rejected:
            self._closed()
            raise
        except (Unavailable, OutcomeUnknown):
            self._failed(clock.now())
            raise
        else:
            self._closed()

    def reset(self) -> None:
        """Closes it: a person tests the connection."""
        self._closed()

    def _enter(self, now: datetime) -> None:
        opened_at = cache.get(self._opened)
        if opened_at is None:
            return
        left = (opened_at + PAUSE - now).total_seconds()
        if left > 0:
            raise BreakerOpen("The provider did not answer lately.", retry_after=left)
        if not cache.add(self._trial, now, timeout=int(TRIAL.total_seconds())):
            raise BreakerOpen("The provider is being tried again.", retry_after=PAUSE.total_seconds())

    def _closed(self) -> None:
        if cache.get(self._opened) is not None or cache.get(self._count) is not None:
            cache.delete_many([self._count, self._opened, self._trial])

    def _failed(self, now: datetime) -> None:
        cache.add(self._count, 0, timeout=int(WINDOW.total_seconds()))
        try:
            count = cache.incr(self._count)
        except ValueError:  # it ended between the two
            return
        cache.touch(self._count, int(WINDOW.total_seconds()))
        if count >= FAILURES or cache.get(self._opened) is not None:
            cache.set(self._opened, now, timeout=int(KEPT.total_seconds()))
            cache.delete(self._trial)

    @property
    def _count(self) -> str:
        return f"breaker:{self.key}:failures"

    @property
    def _opened(self) -> str:
        return f"breaker:{self.key}:opened"

    @property
    def _trial(self) -> str:
        return f"breaker:{self.key}:trial"
