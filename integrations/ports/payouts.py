"""The port to the gateway's own books: what moved there, and what was paid out to our bank. Read only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable

from billing_assistant.core.money import Money


class EntryKind(StrEnum):
    """Why our balance at the gateway moved."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"
    PAYOUT = "payout"
    OTHER = "other"


class PayoutStatus(StrEnum):
    """Where a payout stands. FAILED: the money is on our balance again."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class BalanceEntry:
    """One movement of our balance there: `net` is `gross` less `fee`, all signed and in one currency.

    `object_id` names the payment, refund, dispute or payout that it is about, as the other ports name it.
    """

    external_id: str
    kind: EntryKind
    object_id: str
    gross: Money
    fee: Money
    net: Money
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderPayout:
    """Money on its way from our balance there to our bank."""

    external_id: str
    status: PayoutStatus
    money: Money
    created_at: datetime
    arrives_on: date | None = None


@runtime_checkable
class Payouts(Protocol):
    """Capability `payouts`."""

    def entries_list(self, *, since: datetime, until: datetime) -> Sequence[BalanceEntry]:
        """What moved from `since` on and before `until`, the oldest first."""

    def payouts_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderPayout]:
        """Payouts made from `since` on and before `until`, the oldest first."""


@runtime_checkable
class Balances(Protocol):
    """Capability `balances`."""

    def balance_moved(self, *, since: datetime, until: datetime) -> Sequence[Money]:
        """By how much our balance there moved from `since` on and before `until`, an amount a currency; signed.

        Rejected where the gateway cannot tell about this span.
        """


@runtime_checkable
class AskedBalances(Protocol):
    """Of gateways that tell their balance only when they were asked, later and at an address of ours."""

    def balance_ask(self, *, zone: str, now: datetime) -> bool:
        """Asks, soon after midnight of a time zone and until it is told; whether it did. In no transaction."""


@runtime_checkable
class Fees(Protocol):
    """Capability `fees`."""

    def payment_fee(self, payment_id: str) -> Money | None:
        """What the gateway kept of a payment, in the currency of our balance there; None while it cannot say."""


@runtime_checkable
class Taxes(Protocol):
    """Capability `taxes`, of a gateway that is the seller (merchant of record) and owes the tax itself."""

    def payment_tax(self, payment_id: str) -> Money | None:
        """The tax that the gateway took out of a payment to pay it for us, in the currency of `payment_fee`.

        Zero where there is none; None while it cannot say.
        """


def summed(amounts: Iterable[Money]) -> list[Money]:
    """Signed amounts added up, one a currency, in the order of their codes."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for money in amounts:
        sums[money.currency] += money.amount
    return [Money(amount, currency) for currency, amount in sorted(sums.items())]
