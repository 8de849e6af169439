"""Our balance at M-Pesa: asked for after midnight, told later at an address of ours, kept as a reading.

Safaricom tells what is there now, not how it moved. What moved on a day is the difference of the readings after its two
midnights, each put back to midnight by the money that is known to have come in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from billing_assistant.core.errors import Rejected
from billing_assistant.core.money import ZERO, Money
from integrations.models import MpesaBalance, MpesaOrder, MpesaOrderKind, MpesaReceipt
from integrations.mpesa import journal, payloads
from integrations.mpesa.arrivals import send_order
from integrations.mpesa.client import Daraja
from integrations.mpesa.keys import MpesaKeys
from integrations.mpesa.results import PAID

HOURS: Final = 6
"""So long after midnight a reading still tells about the day before; once an hour it is asked for until it is there."""
AMOUNT: Final = 2
"""Where the amount stands between the bars."""


class MpesaBalances:
    """The balance of one connection."""

    def __init__(self, keys: MpesaKeys, daraja: Daraja, url_of: Callable[[UUID], str]) -> None:
        self._keys = keys
        self._daraja = daraja
        self._url_of = url_of

    def moved(self, *, since: datetime, until: datetime) -> Sequence[Money]:
        """Raises Rejected where no reading tells about one of the ends."""
        return [Money(self._at(until) - self._at(since), "KES")]

    def ask(self, *, zone: str, now: datetime) -> bool:
        """Asks for the balance, once in each of the first hours of a local day until it is told; whether it did.

        Called in no transaction. Raises the three errors.
        """
        here = now.astimezone(ZoneInfo(zone))
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        if not self._keys.can_command or here.hour >= HOURS or self._reading(midnight) is not None:
            return False
        order, is_new = journal.order_begin(
            connection_id=self._keys.connection_id,
            kind=MpesaOrderKind.BALANCE,
            key=f"balance-{here:%Y%m%d-%H}",
            receipt="",
            shillings=0,
            now=now,
        )
        if is_new:
            body = payloads.balance_body(self._keys, url=self._url_of(order.pk))
            send_order(self._daraja, order, "/mpesa/accountbalance/v1/query", body)
        return is_new

    def told(self, order: MpesaOrder, end: payloads.OrderEnd, *, now: datetime) -> None:
        """The answer: kept as a reading, once."""
        amount = _summed(end.facts.get("AccountBalance", "")) if end.code == PAID else None
        if order.kind == MpesaOrderKind.BALANCE and amount is not None:
            journal.balance_told(order, amount=amount, now=now)

    def _at(self, midnight: datetime) -> Decimal:
        reading = self._reading(midnight)
        if reading is None:
            raise Rejected("M-Pesa has not told its balance of that day.")
        came = MpesaReceipt.objects.filter(
            connection_id=self._keys.connection_id, paid_at__gte=midnight, paid_at__lte=reading.read_at
        ).aggregate(sum=Sum("amount"))["sum"]
        amount: Decimal = reading.amount - (came or ZERO)
        return amount

    def _reading(self, midnight: datetime) -> MpesaBalance | None:
        span = (midnight, midnight + timedelta(hours=HOURS))
        rows = MpesaBalance.objects.filter(connection_id=self._keys.connection_id, read_at__range=span)
        return rows.order_by("read_at").first()


def _summed(text: str) -> Decimal | None:
    """`Working Account|KES|700000.00|…&Utility Account|KES|…`: all accounts together; None for what is no such text."""
    total = ZERO
    for account in text.split("&"):
        parts = account.split("|")
        if len(parts) <= AMOUNT or parts[1] != "KES":
            return None
        try:
            total += Decimal(parts[AMOUNT]).quantize(Decimal("0.01"))
        except InvalidOperation:
            return None
    return total
