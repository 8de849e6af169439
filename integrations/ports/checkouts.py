"""The port to hosted pages: the client goes to the gateway's page and pays there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from billing_assistant.core.money import Money
from integrations.ports.attempts import ProviderPayment


class SessionStatus(StrEnum):
    """Where a hosted page stands at the gateway."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """A hosted page to be made. `reference` is ours and comes back on every object of it.

    `idempotency_key` was stored before the call: the same key never makes a second page.
    """

    reference: str
    money: Money
    description: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    idempotency_key: str
    payer_name: str = ""
    payer_email: str = ""


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A hosted page as the gateway has it."""

    external_id: str
    url: str
    status: SessionStatus
    reference: str
    money: Money
    expires_at: datetime


@runtime_checkable
class HostedPages(Protocol):
    """Capability `hosted_page`. `find_by_key` and `expire` say whether those two questions are worth asking."""

    def checkout_create(self, request: CheckoutRequest) -> CheckoutSession:
        """Makes a hosted page; the same idempotency key gives the same page again."""

    def checkout_find(self, idempotency_key: str, *, since: datetime) -> CheckoutSession | None:
        """The page that was made under a key at `since` or a little later, if any: resolves an unknown outcome."""

    def checkout_fetch(self, external_id: str) -> CheckoutSession:
        """A page as it stands now."""

    def checkout_expire(self, external_id: str) -> CheckoutSession:
        """Closes a page so that nobody can pay on it; one that is complete or expired is left as it is."""

    def checkout_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        """Every attempt to pay on a page, the oldest first."""
