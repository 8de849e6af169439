"""A ledger so small that it can be read at once: what the real one is compared with, step by step.

It knows nothing of the product but the words: amounts by invoice, payment and credit note.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


@dataclass
class Bill:
    number: int
    total: Decimal
    state: str = "issued"
    paid: Decimal = ZERO
    credited: Decimal = ZERO
    written: Decimal = ZERO
    noted: Decimal = ZERO

    @property
    def due(self) -> Decimal:
        return self.total - self.paid - self.credited - self.written if self.state == "issued" else ZERO


@dataclass
class Money:
    """A payment."""

    amount: Decimal
    settles: dict[Any, Decimal] = field(default_factory=dict)
    differences: dict[Any, Decimal] = field(default_factory=dict)
    gone: Decimal = ZERO
    reversed: bool = False

    @property
    def left(self) -> Decimal:
        return ZERO if self.reversed else self.amount - self.gone - sum(self.settles.values(), ZERO)


@dataclass
class Note:
    bill: Any
    left: Decimal


@dataclass
class Model:
    bills: dict[Any, Bill] = field(default_factory=dict)
    payments: dict[Any, Money] = field(default_factory=dict)
    notes: dict[Any, Note] = field(default_factory=dict)
    disputes: dict[Any, tuple[Any, Decimal, dict[Any, Decimal]]] = field(default_factory=dict)
    revenue: Decimal = ZERO
    cash: Decimal = ZERO
    held: Decimal = ZERO

    def settle(self, payment: Any, bill: Any, amount: Decimal) -> None:
        settles = self.payments[payment].settles
        settles[bill] = settles.get(bill, ZERO) + amount
        self.bills[bill].paid += amount

    def difference_back(self, payment: Any, bill: Any) -> None:
        """What was written off with a payment is due again where it does not settle any more what it did."""
        self.bills[bill].written -= self.payments[payment].differences.pop(bill, ZERO)

    def take(self, payment: Any, amount: Decimal) -> dict[Any, Decimal]:
        """Money of a payment goes: credit first, then bills with a note that is ready, then the latest."""
        money, taken = self.payments[payment], {}
        short = max(amount - money.left, ZERO)
        ready = {note.bill for note in self.notes.values() if note.left}
        open_ones = [bill for bill, settled in money.settles.items() if settled and self.bills[bill].state == "issued"]
        for bill in sorted(open_ones, key=lambda one: (one in ready, self.bills[one].number), reverse=True):
            part = min(short, money.settles[bill])
            if part:
                self.settle(payment, bill, -part)
                taken[bill], short = part, short - part
        money.gone += amount
        return taken

    def step_in(self, bills: Any) -> None:
        """Notes that correct these bills settle what is due there."""
        for note in self.notes.values():
            if note.bill in bills:
                part = min(note.left, self.bills[note.bill].due)
                note.left -= part
                self.bills[note.bill].credited += part

    def owed(self) -> Decimal:
        return sum((bill.due for bill in self.bills.values()), ZERO)

    def credit(self) -> Decimal:
        return sum((each.left for each in (*self.payments.values(), *self.notes.values())), ZERO)
