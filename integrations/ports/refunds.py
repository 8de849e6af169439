"""The port to refunds: money goes back the way it came, in whole or in part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from billing_assistant.core.money import Money


class RefundStatus(StrEnum):
    """Where a refund stands at the gateway. FAILED: the money came back to us."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Money to be sent back. `reference` is ours and, like the key, was stored before the call.

    `money` is the whole payment unless the capabilities say `partial_refunds`.
    """

    payment_id: str
    money: Money
    reference: str
    idempotency_key: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    """A refund as the gateway has it. `reference` is empty for one that was made on the gateway's own pages."""

    external_id: str
    payment_id: str
    reference: str
    status: RefundStatus
    money: Money
    created_at: datetime
    failure: str = ""


@runtime_checkable
class Refunds(Protocol):
    """Capability `refunds`."""

    def refund_create(self, request: RefundRequest) -> ProviderRefund:
        """Sends money back; the same idempotency key never does it twice. Rejected: the gateway will not."""

    def refund_find(self, request: RefundRequest, *, since: datetime) -> ProviderRefund | None:
        """The refund that a request made at `since` or a little later, if any: resolves an unknown outcome."""

    def refund_fetch(self, external_id: str) -> ProviderRefund:
        """One refund as it stands now."""

    def payment_refunds(self, payment_id: str) -> Sequence[ProviderRefund]:
        """Every refund of a payment, the oldest first, also those made on the gateway's own pages."""
