"""How a customer stands: what the payment status follows from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from billing_assistant.core.clock import local_date, local_today
from customers.models import Customer
from customers.states import PaymentStatus
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState


@dataclass(frozen=True, slots=True)
class CustomerStanding:
    """Whether anything is past its due date today, and how late the invoice that was settled last was paid."""

    has_overdue: bool
    days_late: int


def standing_of(*, customer_id: UUID, now: datetime) -> CustomerStanding:
    """A customer's standing at a moment, by the dates of its business profile."""
    customer = Customer.objects.select_related("profile").get(pk=customer_id)
    rows = Invoice.objects.filter(customer_id=customer_id, kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED)
    overdue = rows.filter(amount_due__gt=0, next_due_on__lt=local_today(customer.profile, now)).exists()
    last = rows.filter(settled_at__isnull=False, total__gt=0).order_by("-settled_at", "-id").first()
    if last is None or last.settled_at is None:
        return CustomerStanding(overdue, 0)
    paid_on = local_date(last.settled_at, customer.profile.time_zone)
    return CustomerStanding(overdue, max((paid_on - last.due_on).days, 0))


def customers_newly_overdue(*, now: datetime) -> QuerySet[Customer]:
    """Customers with something past its due date whose payment status does not say so yet.

    Candidates by yesterday in UTC at the latest; `standing_of` decides by the profile's own date.
    """
    late = Invoice.objects.filter(
        kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED, amount_due__gt=0, next_due_on__lte=now.date()
    ).values("customer_id")
    return Customer.objects.filter(~Q(payment_status=PaymentStatus.OVERDUE), pk__in=late).order_by(F("pk"))
