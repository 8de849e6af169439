"""How a customer pays: good, warning or overdue. Computed by one rule, never typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.ledger.models import OwnerBalance
from customers.locks import customer_lock
from customers.models import Customer
from customers.states import PaymentStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rule looks at. Amounts are in the customer's own currency."""

    has_overdue: bool
    days_late: int
    outstanding: Decimal
    credit_limit: Decimal | None


def payment_status_of(standing: Standing) -> PaymentStatus:
    """First that holds: overdue (an amount is past its due date today), warning (owes more than the credit limit, or
    paid the last invoice late), good."""
    if standing.has_overdue:
        return PaymentStatus.OVERDUE
    over_limit = standing.credit_limit is not None and standing.outstanding > standing.credit_limit
    return PaymentStatus.WARNING if over_limit or standing.days_late > 0 else PaymentStatus.GOOD


def payment_status_refresh(*, customer_id: UUID, has_overdue: bool, days_late: int, now: datetime) -> PaymentStatus:
    """Computes a customer's payment status anew and keeps it; tells an event when it changed.

    The caller, on a floor that knows invoices, says whether any amount is past its due date today, and how many days
    after its due date the invoice that was settled last was paid (0 when in time, or when there is none).
    The balance is read from the books. Safe to repeat.
    """
    with transaction.atomic():
        customer = customer_lock(customer_id)
        status = payment_status_of(Standing(has_overdue, days_late, _outstanding(customer), customer.credit_limit))
        before = PaymentStatus(customer.payment_status)
        if before is not status:
            customer.payment_status = status.value
            customer.save(update_fields=["payment_status"])
            events.record(
                name="customer.payment_status_changed",
                subject=customer,
                actor=Actor.system("billing"),
                now=now,
                profile_id=customer.profile_id,
                customer_id=customer.pk,
                label=customer.name,
                data={"number": customer.number, "old": before.value, "new": status.value},
            )
    return status


def _outstanding(customer: Customer) -> Decimal:
    balance = OwnerBalance.objects.filter(owner_id=customer.pk, currency=customer.currency).first()
    return balance.outstanding if balance else Decimal(0)
