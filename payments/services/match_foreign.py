"""What money is worth in other currencies, by the rates that people have set for its day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from billing_assistant.core.money import quantize
from invoices.models import ExchangeRate
from invoices.services.rules import rules_of
from payments.models import BankAccount


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What is settled in another currency, and by which rate: one unit of it is worth so much of the line's."""

    currency: str
    amount: Decimal
    rate: Decimal
    on: date


@dataclass(slots=True)
class RatesKnown:
    """Rates into the profile's currency by currency, the latest first, each good for so many days."""

    own: str = ""
    days: int = 0
    by_currency: dict[str, list[tuple[date, Decimal]]] = field(default_factory=lambda: defaultdict(list))

    def between(self, currency: str, into: str, day: date) -> tuple[Decimal, date] | None:
        """What one unit is worth on a day, and of which day the older of its rates is; None when it is not known."""
        from_rate, to_rate = self._own_worth(currency, day), self._own_worth(into, day)
        if from_rate is None or to_rate is None:
            return None
        return from_rate[0] / to_rate[0], min(from_rate[1], to_rate[1])

    def _own_worth(self, currency: str, day: date) -> tuple[Decimal, date] | None:
        if currency == self.own:
            return Decimal(1), day
        good = (one for one in self.by_currency.get(currency, ()) if day - timedelta(self.days) <= one[0] <= day)
        return next(((rate, on) for on, rate in good), None)


def rates_read(account: BankAccount, currencies: Iterable[str], *, since: date, until: date) -> RatesKnown:
    """The rates of some currencies and of the account's own that are good on days between two. Two queries."""
    known = RatesKnown(own=account.profile.currency, days=rules_of(account.profile_id).exchange_rate_days)
    rows = ExchangeRate.objects.filter(
        profile_id=account.profile_id,
        currency__in={*currencies, account.currency},
        into=known.own,
        valid_on__range=(since - timedelta(known.days), until),
    )
    for currency, on, rate in rows.order_by("-valid_on").values_list("currency", "valid_on", "rate"):
        known.by_currency[currency].append((on, rate))
    return known


def settled_by(worth: Decimal, owed: Decimal, currency: str, rate: Decimal, *, percent: Decimal) -> Decimal | None:
    """What money settles of an invoice in another currency: all of it within so many per cent, or a part; None when
    it is too much.
    """
    there = worth / rate
    if abs(there - owed) * 100 <= owed * percent:
        return quantize(owed, currency)
    return quantize(there, currency) if there < owed else None
