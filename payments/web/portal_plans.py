"""What a client reads of payment plans: what is due when, and what has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from billing_assistant.core.clock import local_today
from customers.models import Customer
from invoices.models import Invoice
from payments.models import PaymentPlan
from payments.selectors.payment_plans import (
    InstalmentRow,
    instalment_rows,
    plan_of_invoice,
    planned_of,
    plans_of_customers,
)


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """A plan with its instalments, and the numbers of its invoices."""

    plan: PaymentPlan
    instalments: Sequence[InstalmentRow]
    numbers: Sequence[str]


def plan_beside(invoice: Invoice, today: date) -> ShownPlan | None:
    """The plan that an invoice is in, if one stands. The caller has scoped the invoice."""
    plan = plan_of_invoice(invoice.pk)
    return _shown(plan, today) if plan else None


def plans_of(customers: Sequence[Customer], now: datetime) -> list[ShownPlan]:
    """The plans of these customers that stand."""
    rows = plans_of_customers(customers).select_related("profile")
    return [_shown(plan, local_today(plan.profile, now)) for plan in rows]


def _shown(plan: PaymentPlan, today: date) -> ShownPlan:
    planned = planned_of(plan)
    return ShownPlan(plan, instalment_rows(plan, planned, today), [each.invoice.number for each in planned])
