"""What can be issued: a draft that is stored, or the document of a period that a plan bills without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from customers.models import Customer
from invoices.models import InvoiceDraft


@dataclass(slots=True, eq=False)
class PlanDocument:
    """The document of one period of a plan in the words of a draft, without a row of its own: `pk` is the plan's."""

    pk: UUID
    profile: BusinessProfile
    customer: Customer
    number: str
    currency: str
    prices_include_tax: bool
    discount_kind: str
    discount_value: Decimal
    payment_terms_days: int
    reference: str
    project: str
    template_id: UUID | None
    series_id: UUID | None
    language: str
    notes: str
    terms: str

    promo_code: Final[str] = ""
    early_discount_percent: Final[Decimal] = ZERO
    early_discount_days: Final[int | None] = None
    instalments: Final[tuple[tuple[str, str], ...]] = ()
    due_on: Final[date | None] = None

    @property
    def profile_id(self) -> UUID:
        return self.profile.pk


Drafted = InvoiceDraft | PlanDocument
