"""The company that the bench bills for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import InvoiceDraft
from invoices.services.compute import LineInput
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_create
from invoices.services.setup import profile_prepare

ACTOR: Final = Actor.system("bench")
LINES: Final = tuple(
    LineInput(name, Decimal(quantity), unit, Decimal(price), tax_rate=Decimal(16))
    for name, quantity, unit, price in (
        ("Website maintenance", "1", "month", "25000"),
        ("Web hosting", "3", "months", "15000"),
        ("Search engine optimisation", "12.5", "hours", "3500"),
    )
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A profile, its staff and some customers."""

    profile: BusinessProfile
    user: User
    customers: list[Customer]
    now: datetime

    def draft(self, index: int) -> InvoiceDraft:
        """A draft with three lines, for one customer after the other."""
        customer = self.customers[index % len(self.customers)]
        return draft_create(customer_id=customer.pk, data=DraftInput(lines=LINES), actor=ACTOR, now=self.now)


def build(customers: int = 50) -> Setting:
    """Makes the company in the present database."""
    profile = BusinessProfile.objects.create(
        name="Bench", slug="bench", email="bench@example.com", bank_account_number="0123456789", mpesa_paybill="522533"
    )
    profile_prepare(profile_id=profile.pk)
    user = User.objects.create_user("bench", email="bench@example.com", role=Role.ADMIN)
    rows = [
        Customer(profile=profile, number=f"CUST-{index:05}", name=f"Customer {index:05}", email=f"c{index}@example.com")
        for index in range(customers)
    ]
    return Setting(profile, user, Customer.objects.bulk_create(rows), now())
