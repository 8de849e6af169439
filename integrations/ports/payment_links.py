"""The port to payment links: an address that anybody may open, for one payment, until it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from billing_assistant.core.money import Money
from integrations.ports.attempts import ProviderPayment
from integrations.ports.checkouts import SessionStatus


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """A link to be made. `reference` is ours and comes back on every payment.

    `idempotency_key` was stored before the call: the same key never makes a second link.
    """

    reference: str
    money: Money
    description: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """A link as the gateway has it: OPEN, or EXPIRED when nobody can begin to pay with it any more."""

    external_id: str
    url: str
    status: SessionStatus
    reference: str


@runtime_checkable
class PaymentLinks(Protocol):
    """Capability `payment_links`. The `session_id` of a payment that came through a link is the link's id."""

    def link_create(self, request: LinkRequest) -> PaymentLink:
        """Makes a link that takes one payment; the same idempotency key gives the same link again."""

    def link_find(self, idempotency_key: str) -> PaymentLink | None:
        """The open link that was made under a key, if any: resolves an unknown outcome."""

    def link_fetch(self, external_id: str) -> PaymentLink:
        """A link as it stands now."""

    def link_close(self, external_id: str) -> PaymentLink:
        """Closes a link and the pages that were opened with it; a page that was paid is left as it is."""

    def link_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        """Every attempt to pay with a link, the oldest first."""
