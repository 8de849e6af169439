"""The port to disputes: a payer's bank takes money back, or asks first. Read only: evidence is given at the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from billing_assistant.core.money import Money


class DisputeStatus(StrEnum):
    """Where a dispute stands. WARNING: the bank asks, no money was taken."""

    WARNING = "warning"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    """A dispute as the gateway has it. `withdrawn` says whether the money is taken from us at the moment."""

    external_id: str
    payment_id: str
    status: DisputeStatus
    money: Money
    reason: str
    created_at: datetime
    withdrawn: bool
    respond_by: datetime | None = None
    fee: Money | None = None
    """What the gateway took for it so far, where it says so in the currency of the dispute."""


@runtime_checkable
class Disputes(Protocol):
    """Capability `disputes`."""

    def dispute_fetch(self, external_id: str) -> ProviderDispute:
        """One dispute as it stands now."""

    def disputes_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderDispute]:
        """Those opened from `since` on and before `until`, the oldest first."""
