"""How a customer pays: good, warning or overdue. Computed by one rule, never typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from customers.credit import exposure_of
from customers.locks import customer_lock
from customers.states import PaymentStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rule looks at. Amounts are in the customer's own currency."""

    has_overdue: bool
    days_late: int
    outstanding: Decimal
    credit_limit: Decimal | None
    late_days_tolerated: int = 0
    credit_warning_percent: int = 100


def payment_status_of(standing: Standing) -> PaymentStatus:
    """The first that holds:

    overdue: an amount is past its due date today;
    warning: more is owed than the profile's `credit_warning_percent` of the credit limit, or the invoice that was
        settled last was paid more than the profile's `late_days_tolerated` after its due date;
    good: neither.
    """
    if standing.has_overdue:
        return PaymentStatus.OVERDUE
    limit = standing.credit_limit
    much = limit is not None and standing.outstanding * 100 > limit * standing.credit_warning_percent
    late = standing.days_late > standing.late_days_tolerated
    return PaymentStatus.WARNING if much or late else PaymentStatus.GOOD


def payment_status_refresh(*, customer_id: UUID, has_overdue: bool, days_late: int, now: datetime) -> PaymentStatus:
    """Computes a customer's payment status anew and keeps it; tells an event when it changed.

    The caller, on a floor that knows invoices, says whether any amount is past its due date today, and how many days
    after its due date the invoice that was settled last was paid (0 when in time, or when there is none).
    The balance is read from the books. Safe to repeat.
    """
    with transaction.atomic():
        customer = customer_lock(customer_id)
        status = payment_status_of(
            Standing(
                has_overdue=has_overdue,
                days_late=days_late,
                outstanding=exposure_of(customer).outstanding,
                credit_limit=customer.credit_limit,
                late_days_tolerated=customer.profile.late_days_tolerated,
                credit_warning_percent=customer.profile.credit_warning_percent,
            )
        )
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
