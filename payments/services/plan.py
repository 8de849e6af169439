"""Which invoices an amount settles: pure planning, no database. The parts never sum to more than the amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.errors import InvalidAmount, ValidationFailed
from billing_assistant.core.money import ZERO, Money, is_quantized
from payments.errors import MoreThanDue, MoreThanReceived

OLDEST_FIRST: Final = "oldest first"
Wish = Mapping[UUID, Decimal] | Literal["oldest first"] | None


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice with what is due on it, and when."""

    id: UUID
    number: str
    due: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the amount that settles an invoice."""

    invoice_id: UUID
    amount: Decimal


def plan_exact(money: Money, wanted: Mapping[UUID, Decimal], items: Mapping[UUID, OpenItem]) -> list[Part]:
    """The parts as a person typed them; zeros are left out.

    Raises InvalidAmount, ValidationFailed (negative), MoreThanDue, MoreThanReceived.
    """
    parts = [Part(invoice_id, amount) for invoice_id, amount in wanted.items() if amount]
    for part in parts:
        item = items[part.invoice_id]
        if part.amount < 0:
            raise ValidationFailed(
                {"allocations": [_("%(number)s: an allocation cannot be negative.") % {"number": item.number}]}
            )
        if not is_quantized(part.amount, money.currency):
            raise InvalidAmount(
                _("%(number)s: the amount has more decimals than %(currency)s.")
                % {"number": item.number, "currency": money.currency},
                field="allocations",
            )
        if part.amount > item.due:
            raise MoreThanDue(item.number, Money(item.due, money.currency), Money(part.amount, money.currency))
    total = sum((part.amount for part in parts), ZERO)
    if total > money.amount:
        raise MoreThanReceived(money, Money(total, money.currency))
    return parts


def plan_oldest_first(money: Money, items: Sequence[OpenItem]) -> list[Part]:
    """Fills the invoices in the order of their due dates (then numbers); what is left over is in no part."""
    left, parts = money.amount, []
    for item in sorted(items, key=lambda one: (one.due_on, one.number)):
        amount = min(left, item.due)
        if amount > 0:
            parts.append(Part(item.id, amount))
            left -= amount
    return parts
