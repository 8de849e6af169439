"""Keeps the payment status of customers true: after what happened, and when a day ends."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from customers.services.standing import payment_status_refresh
from payments.selectors.standing import customers_newly_overdue, standing_of


def standing_refresh(*, customer_id: UUID, now: datetime) -> None:
    """Computes one customer's payment status anew."""
    standing = standing_of(customer_id=customer_id, now=now)
    payment_status_refresh(
        customer_id=customer_id, has_overdue=standing.has_overdue, days_late=standing.days_late, now=now
    )


def standings_refresh(*, now: datetime, limit: int = 5_000) -> int:
    """Refreshes customers who became overdue because time passed; returns how many were looked at."""
    candidates = list(customers_newly_overdue(now=now).values_list("pk", flat=True)[:limit])
    for customer_id in candidates:
        standing_refresh(customer_id=customer_id, now=now)
    return len(candidates)
