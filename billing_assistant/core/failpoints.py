"""Named places in the code where a test, or a drill, makes the process die or fail.

`declare("message.before_send")` at module level, `fail_point("message.before_send")` where it may happen.
Nothing happens unless `settings.FAIL_POINTS` names the point:

    message.before_send:kill        SIGKILL to this process at the first hit, and at each later one
    message.before_send:kill@3      only at the third hit in this process
    message.before_send:raise%0.02  raises FailPointReached at one hit in fifty
    a:kill,b:raise                  several points
"""

from __future__ import annotations

import os
import random
import re
import signal
import threading
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

_NAME = r"[a-z0-9_]+(?:\.[a-z0-9_]+)+"
_RULE = re.compile(
    rf"^(?P<name>{_NAME}):(?P<fault>kill|raise)(?:@(?P<hit>[1-9]\d{{0,6}})|%(?P<share>[01](?:\.\d{{1,6}})?))?$"
)
_declared: set[str] = set()
_hits: Counter[str] = Counter()
_lock = threading.Lock()
_chance = random.SystemRandom()


class Fault(StrEnum):
    KILL = "kill"
    RAISE = "raise"


class FailPointReached(RuntimeError):
    """Raised by a fail point that was told to raise. Not an error of the business: nobody should catch it."""


@dataclass(frozen=True, slots=True)
class Rule:
    fault: Fault
    hit: int | None = None
    share: Decimal | None = None

    def applies(self, hits: int) -> bool:
        if self.hit is not None:
            return hits == self.hit
        return self.share is None or _chance.random() < self.share


def declare(*names: str) -> None:
    """Makes names known. Declaring a name again is fine: a module may be imported twice in tests."""
    for name in names:
        if not re.fullmatch(_NAME, name):
            raise ValueError(f"{name!r} is not a name for a fail point: write it like message.before_send.")
    _declared.update(names)


def declared() -> frozenset[str]:
    """Every name known so far."""
    return frozenset(_declared)


def fail_point(name: str) -> None:
    """Does nothing, or what `settings.FAIL_POINTS` says about this name.

    Raises LookupError for an undeclared one.
    """
    if name not in _declared:
        raise LookupError(f"The fail point {name!r} is not declared.")
    plan = settings.FAIL_POINTS
    if not plan:
        return
    rule = parse(plan).get(name)
    if rule is None:
        return
    with _lock:
        _hits[name] += 1
        hits = _hits[name]
    if not rule.applies(hits):
        return
    if rule.fault is Fault.KILL:
        os.kill(os.getpid(), signal.SIGKILL)
    raise FailPointReached(name)


def forget_hits() -> None:
    """Starts counting anew, for tests."""
    with _lock:
        _hits.clear()


@lru_cache(maxsize=16)
def parse(plan: str) -> dict[str, Rule]:
    """The rules by name. Raises ImproperlyConfigured for one that cannot be read."""
    rules: dict[str, Rule] = {}
    for part in filter(None, (part.strip() for part in plan.split(","))):
        match = _RULE.match(part)
        if match is None:
            raise ImproperlyConfigured(f"FAIL_POINTS: {part!r} is not name:kill or name:raise, with @hit or %share.")
        hit, share = match["hit"], match["share"]
        rules[match["name"]] = Rule(Fault(match["fault"]), int(hit) if hit else None, Decimal(share) if share else None)
    return rules


@checks.register
def check_fail_points(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A typo in the setting is an error at start, and so is a fail point left on in production."""
    plan = parse(settings.FAIL_POINTS) if settings.FAIL_POINTS else {}
    return [
        checks.Error(f"FAIL_POINTS names {name!r}, which no module declares.", id="core.E010")
        for name in sorted(set(plan) - _declared)
    ]
