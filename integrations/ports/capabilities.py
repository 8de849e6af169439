"""What a gateway can do, as data: pages and services ask here before they offer or call anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from billing_assistant.core.money import Money


class Environment(StrEnum):
    """Whether the money is real. A payment of the other kind than the gateway's own is never recorded."""

    LIVE = "live"
    TEST = "test"


class WebhookCheck(StrEnum):
    """How a vendor proves that an event is its own: a signature over the body, or only that it knows our address."""

    SIGNATURE = "signature"
    SECRET_URL = "secret_url"  # noqa: S105 -- a word, no secret


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway can do. `currencies` None means any; those in `whole_units` take no cents (KES at M-Pesa).

    `largest` is the most that it takes at once, in any of its currencies; None for no limit that we know.

    Each flag but `find_by_key`, `expire` and `partial_refunds` is a port: the gateway has all methods of the port when
    the flag is set and none of them otherwise.
    """

    hosted_page: bool = True
    phone_prompt: bool = False
    payment_links: bool = False
    find_by_key: bool = False
    expire: bool = False
    saved_methods: bool = False
    refunds: bool = False
    partial_refunds: bool = False
    disputes: bool = False
    payouts: bool = False
    fees: bool = False
    taxes: bool = False
    balances: bool = False
    incoming: bool = False
    external_invoices: bool = False
    subscriptions: bool = False
    currencies: frozenset[str] | None = None
    whole_units: frozenset[str] = frozenset()
    webhook_check: WebhookCheck = WebhookCheck.SIGNATURE
    largest: Decimal | None = None
    shortest_life: timedelta = timedelta(minutes=30)
    longest_life: timedelta = timedelta(hours=24)

    def takes(self, currency: str) -> bool:
        """Whether it takes money in a currency at all."""
        return self.currencies is None or currency in self.currencies

    def takes_money(self, money: Money) -> bool:
        """Whether it takes exactly this amount: the currency, and no cents where it knows whole units only."""
        whole = money.currency not in self.whole_units or money.amount == money.amount.to_integral_value()
        return self.takes(money.currency) and whole
