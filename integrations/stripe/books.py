"""Stripe's own books: disputes, balance, payouts, and what it kept of a payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from billing_assistant.core.money import Money
from integrations.ports.disputes import ProviderDispute
from integrations.ports.payouts import BalanceEntry, ProviderPayout, summed
from integrations.stripe.api import StripeApi, between
from integrations.stripe.payloads import dispute_of, entry_of, payout_of
from integrations.stripe.reading import readable


class StripeBooks:
    """The ports `Disputes`, `Payouts`, `Balances` and `Fees`."""

    api: StripeApi

    def dispute_fetch(self, external_id: str) -> ProviderDispute:
        return dispute_of(self.api.call(lambda sdk: sdk.v1.disputes.retrieve(external_id)))

    def disputes_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderDispute]:
        listed = self.api.listed(lambda sdk, given: sdk.v1.disputes.list(given), created=between(since, until))
        return [dispute_of(each) for each in reversed(list(listed))]

    def entries_list(self, *, since: datetime, until: datetime) -> Sequence[BalanceEntry]:
        listed = self.api.listed(
            lambda sdk, given: sdk.v1.balance_transactions.list(given), created=between(since, until)
        )
        return [entry_of(each) for each in reversed(list(listed))]

    def payouts_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderPayout]:
        listed = self.api.listed(lambda sdk, given: sdk.v1.payouts.list(given), created=between(since, until))
        return [payout_of(each) for each in reversed(list(listed))]

    def balance_moved(self, *, since: datetime, until: datetime) -> Sequence[Money]:
        """The net of every movement, payouts and Stripe's own fees with them."""
        return summed(entry.net for entry in self.entries_list(since=since, until=until))

    @readable
    def payment_fee(self, payment_id: str) -> Money | None:
        expand = {"expand": ["balance_transaction"]}
        charge = self.api.call(lambda sdk: sdk.v1.charges.retrieve(payment_id, expand))
        booked = charge["balance_transaction"]
        return entry_of(booked).fee if isinstance(booked, dict) else None
