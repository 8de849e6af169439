"""Customers whom nobody has used for long and of whom no document is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from billing_assistant.core.models import ErasureRecord, Event
from billing_assistant.core.services.retention import months_before, retention_of
from billing_assistant.ledger.models import Account
from customers.models import Customer


def customers_unused(*, profile_id: UUID, now: datetime) -> QuerySet[Customer]:
    """The customers of a profile without anything in the books, of whom nothing was told for as many months as the
    profile says, and who are not erased. The longest unused first. The caller has scoped the profile."""
    before = months_before(now, retention_of(profile_id).inactive_months)
    own = OuterRef("pk")
    return Customer.objects.filter(
        ~Exists(Account.objects.filter(owner_id=own)),
        ~Exists(Event.objects.filter(customer_id=own, created_at__gte=before)),
        ~Exists(ErasureRecord.objects.filter(customer_id=own, contact_id=None)),
        profile_id=profile_id,
        is_placeholder=False,
        merged_into=None,
        updated_at__lt=before,
        created_at__lt=before,
    ).order_by("updated_at", "id")
