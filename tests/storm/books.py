"""What a storm needs inside the product: imported by a program of its own, after `django.setup()`."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from decimal import Decimal

from django.db.models import Count, Max, Min

from billing_assistant.core.clock import local_today, now
from billing_assistant.core.models import BusinessProfile
from billing_assistant.ledger.books import check_books
from customers.models import Customer
from invoices.models import Invoice, Plan, PlanLine, PlanPeriod
from invoices.plan_states import PlanStatus
from invoices.services.plan_schedule import due_at_of
from reminders.models import Message
from reminders.services.compose import message_id_of
from tests import factories

EVERY = 1_000


def seed(count: int) -> None:
    """A company, and for each customer a plan of three lines that is due today and sends its invoice."""

    profile = BusinessProfile.objects.first() or factories.seller()
    before = Customer.objects.count()
    customers = [
        Customer(profile=profile, number=f"STORM-{index}", name=f"Client {index}", email=f"c{index}@example.com")
        for index in range(before, before + count)
    ]
    Customer.objects.bulk_create(customers, batch_size=EVERY)
    starts_on = local_today(profile, now()) - timedelta(days=1)
    plans = [
        Plan(
            profile=profile,
            customer=customer,
            number=f"PLAN-{customer.number}",
            name="Website care",
            starts_on=starts_on,
            time_zone="Africa/Nairobi",
            currency=customer.currency,
        )
        for customer in customers
    ]
    for plan in plans:
        plan.due_at = due_at_of(plan)
    Plan.objects.bulk_create(plans, batch_size=EVERY)
    lines = [
        PlanLine(
            plan=plan,
            valid_from=starts_on,
            position=position,
            description=f"Service {position} in {{month}}",
            unit_price=Decimal(position * 100),
            tax_rate=Decimal(16),
        )
        for plan in plans
        for position in (1, 2, 3)
    ]
    PlanLine.objects.bulk_create(lines, batch_size=EVERY)


def report() -> None:
    """What there is, as JSON on one line."""

    sequences = Invoice.objects.aggregate(first=Min("sequence"), last=Max("sequence"), count=Count("pk"))
    doubled = PlanPeriod.objects.values("plan", "starts_on").annotate(times=Count("pk")).filter(times__gt=1)
    messages = list(Message.objects.filter(invoice__isnull=False))
    by_invoice = Message.objects.values("invoice").annotate(times=Count("pk")).filter(times__gt=1)
    found = {
        "invoices": sequences["count"],
        "gaps": (sequences["last"] or 0) - (sequences["first"] or 1) + 1 - sequences["count"],
        "periods": PlanPeriod.objects.count(),
        "periods_twice": doubled.count(),
        "parked": Plan.objects.filter(status=PlanStatus.PARKED).count(),
        "broken": [str(one) for one in check_books()],
        "asked_twice": by_invoice.count(),
        "messages": {message_id_of(message): message.status for message in messages},
    }
    sys.stdout.write(json.dumps(found) + "\n")
