"""Dodo's ledger: what it kept of a payment, for itself and for tax, and how our balance there moved.

Its amounts are whole smallest units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from billing_assistant.core.money import ZERO, Money
from integrations.dodo.api import DodoApi
from integrations.dodo.payloads import moment, money_of
from integrations.ports.payouts import summed

LEDGER: Final = "/balances/ledger"
FEES: Final = frozenset({"payment_fees", "dodo_fixed_fee", "interchange_fee", "scheme_fee", "payment_retry_fee"})
TAX: Final = "tax"
KEPT_BACK: Final = frozenset({"reserve_hold", "reserve_release", "opening_balance"})
"""Lines by which no money comes or goes: it is kept back for a while, or it was there before."""


class DodoBalance:
    """The ports `Fees`, `Taxes` and `Balances`."""

    api: DodoApi

    def payment_fee(self, payment_id: str) -> Money | None:
        """What Dodo kept; None until it stands in the ledger. The tax that Dodo pays for us is no fee."""
        lines = [each for each in self._lines(reference_object_id=payment_id) if each.get("event_type") in FEES]
        fees = summed(_signed(each, out=1) for each in lines)
        return fees[0] if len(fees) == 1 else None

    def payment_tax(self, payment_id: str) -> Money | None:
        """As the seller Dodo owes the tax: it takes it out of the payment with its fee, in a line of its own."""
        lines = list(self._lines(reference_object_id=payment_id))
        fees = summed(_signed(each, out=1) for each in lines if each.get("event_type") in FEES)
        taxes = summed(_signed(each, out=1) for each in lines if each.get("event_type") == TAX)
        if len(fees) != 1 or len(taxes) > 1:
            return None
        return taxes[0] if taxes else Money(ZERO, fees[0].currency)

    def balance_moved(self, *, since: datetime, until: datetime) -> Sequence[Money]:
        span = {"created_at_gte": _stamp(since), "created_at_lte": _stamp(until)}
        lines = (each for each in self._lines(**span) if each.get("event_type") not in KEPT_BACK)
        return summed(_signed(each, out=-1) for each in lines if since <= moment(each.get("created_at")) < until)

    def _lines(self, **filters: str) -> Iterable[dict[str, Any]]:
        return self.api.pages(LEDGER, **filters)


def _signed(line: dict[str, Any], *, out: int) -> Money:
    """The amount of a line; `out` is the sign of what leaves our balance."""
    money = money_of(line.get("amount"), line.get("currency"))
    return Money(money.amount * (-out if line.get("is_credit") else out), money.currency)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
