"""The port to money that comes without a checkout of ours: paid at a Paybill, with a reference that the payer typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from integrations.ports.attempts import ProviderPayment


@runtime_checkable
class IncomingPayments(Protocol):
    """Capability `incoming`. The `reference` of such a payment is what a person typed: it may be anything."""

    @property
    def profile_id(self) -> UUID:
        """The business profile whose money it is."""

    @property
    def reference_prefixes(self) -> Sequence[str]:
        """Words that payers put before the number of an invoice."""

    def incoming_prepare(self) -> None:
        """Tells the gateway where to announce such money. Safe to repeat."""

    def incoming_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderPayment]:
        """What came from `since` on and before `until`, the oldest first: finds what was announced and got lost."""
