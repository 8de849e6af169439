"""Counting calls in the shared cache: a sliding window out of two fixed ones, exact under parallel calls.

When the cache is away nobody is turned away: a full stop of the API would be worse than an uncounted minute.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from redis.exceptions import RedisError

from billing_assistant.core import clock

_RATE = re.compile(r"(\d+)/(s|sec|second|m|min|minute|h|hour|d|day)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rate:
    calls: int
    seconds: int


@lru_cache(maxsize=64)
def parse(text: str) -> Rate:
    """Reads "600/min". Raises ImproperlyConfigured."""
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise ImproperlyConfigured(f"API_THROTTLES: {text!r} is not like 600/min.")
    return Rate(int(match[1]), _SECONDS[match[2][0]])


def too_often(scope: str, who: str) -> float:
    """Counts a call. Returns 0 when it may pass, else the seconds to wait."""
    text = settings.API_THROTTLES.get(scope, "")
    if not text:
        return 0.0
    rate = parse(text)
    moment = clock.now().timestamp()
    window, into = divmod(moment, rate.seconds)
    key = f"rate:{scope}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    try:
        present = _add(f"{key}:{int(window)}", rate.seconds * 2)
        before = cache.get(f"{key}:{int(window) - 1}", 0)
    except (RedisError, OSError) as error:
        log.warning("rates.cache_away", error=type(error).__name__)
        return 0.0
    weight = before * (1 - into / rate.seconds) + present
    return 0.0 if weight <= rate.calls else max(1.0, rate.seconds - into)


def _add(key: str, keep_seconds: int) -> int:
    try:
        return int(cache.incr(key))  # the usual case: one call of many in a window
    except ValueError:
        return 1 if cache.add(key, 1, keep_seconds) else int(cache.incr(key))
