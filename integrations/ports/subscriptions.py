"""The port to subscriptions that a gateway collects by itself: it charges the client each period, and tells us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from billing_assistant.core.money import Money
from integrations.ports.attempts import ProviderPayment
from integrations.ports.capabilities import Environment


class SubscriptionStatus(StrEnum):
    """Where a subscription stands at the gateway. ON_HOLD: a charge failed, the client has to do something."""

    PENDING = "pending"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SubscriptionProduct:
    """What can be subscribed to there: `price` is charged once every so many units (day, week, month, year)."""

    external_id: str
    name: str
    price: Money
    unit: str
    every: int
    includes_tax: bool


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A page on which a client subscribes. `reference` is ours and comes back on the subscription and its payments.

    A page that nobody opened moves no money; `idempotency_key` was stored before the call.
    """

    reference: str
    product_id: str
    currency: str
    success_url: str
    expires_at: datetime
    idempotency_key: str
    payer_name: str = ""
    payer_email: str = ""


@dataclass(frozen=True, slots=True)
class ProviderSubscription:
    """A subscription as the gateway has it. `next_charge_at` is empty once it charges no more.

    `next_product_id` is what it is for from that charge on, if that is another product.
    """

    external_id: str
    reference: str
    status: SubscriptionStatus
    environment: Environment
    product_id: str
    price: Money
    next_charge_at: datetime | None = None
    next_product_id: str = ""


@runtime_checkable
class Subscriptions(Protocol):
    """Capability `subscriptions`. The `subscription_id` of a payment is the subscription's."""

    def products_list(self) -> Sequence[SubscriptionProduct]:
        """What can be subscribed to, by name."""

    def subscription_page(self, request: SubscriptionRequest) -> str:
        """The address of a page for subscribing; the same idempotency key gives the same page again."""

    def subscription_fetch(self, external_id: str) -> ProviderSubscription:
        """One subscription as it stands now."""

    def subscriptions_under(self, reference: str, *, since: datetime) -> Sequence[ProviderSubscription]:
        """Those made under our reference from `since` on, the oldest first: finds what was announced and got lost."""

    def subscription_payments(self, external_id: str, *, since: datetime) -> Sequence[ProviderPayment]:
        """Attempts to charge it from `since` on, the oldest first."""

    def subscription_move(self, external_id: str, to: SubscriptionStatus) -> ProviderSubscription:
        """Pauses it, has it go on (ACTIVE) or cancels it at once. One that is so already, or ended, is left alone."""

    def subscription_change(self, external_id: str, *, product_id: str) -> ProviderSubscription:
        """From its next charge on it is for another product; nothing is charged now. Safe to repeat."""

    def product_like(self, product_id: str, *, name: str, price: Money) -> SubscriptionProduct:
        """Makes a product that differs from another by its name and price alone."""

    def subscription_mend(self, external_id: str, *, return_url: str) -> str:
        """The address of a page on which the client gives another payment method, and pays what a charge failed for."""
