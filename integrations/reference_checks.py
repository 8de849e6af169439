"""Whether an account reference that a payer typed names something of ours: apps above register the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

Check = Callable[[UUID, str, Sequence[str]], bool]
_checks: list[Check] = []


def reference_check(check: Check) -> Check:
    """Registers a check of business profile, what was typed, and words that payers put before it. It only reads."""
    if check not in _checks:
        _checks.append(check)
    return check


def is_known_reference(profile_id: UUID, typed: str, prefixes: Sequence[str] = ()) -> bool:
    """Whether any app knows what was typed."""
    return any(check(profile_id, typed, prefixes) for check in _checks)
