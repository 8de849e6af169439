"""How far a customer's credit limit is used."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from billing_assistant.core.money import ZERO, Money
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Customer


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer owes, and would owe with a document that is to be issued, against the limit.

    All in the customer's own currency; what is owed in others is not counted, as the limit is not about it.
    """

    currency: str
    outstanding: Decimal
    adding: Decimal
    limit: Decimal | None

    @property
    def total(self) -> Decimal:
        return self.outstanding + self.adding

    @property
    def over(self) -> Decimal:
        """By how much the limit is passed; zero within it, and without one."""
        return max(self.total - self.limit, ZERO) if self.limit is not None else ZERO


def exposure_of(customer: Customer, *, adding: Money | None = None) -> Exposure:
    """The exposure by the books, with `adding` as if it were issued."""
    own = OwnerBalance.objects.filter(owner_id=customer.pk, currency=customer.currency).first()
    return Exposure(
        currency=customer.currency,
        outstanding=own.outstanding if own else ZERO,
        adding=adding.amount if adding is not None and adding.currency == customer.currency else ZERO,
        limit=customer.credit_limit,
    )
