"""Which invoices are charged by themselves, and how often that was tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet

from billing_assistant.core.clock import local_today
from billing_assistant.core.models import BusinessProfile
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.models import Checkout, SavedMethod
from payments.selectors.paying_rules import paying_rules_of
from payments.selectors.uncharged import uncharged
from payments.states import AutopayMoment, SavedMethodState

SETTLE_FIRST: Final = timedelta(minutes=2)
"""Credit notes and the customer's own credit are used before a card is charged."""


def autopay_due(*, now: datetime, limit: int) -> list[tuple[UUID, int]]:
    """Invoices with the number of the attempt that is due now. Only those issued since the client consented."""
    able = SavedMethod.objects.filter(autopay=True, state=SavedMethodState.ACTIVE).values("profile_id").distinct()
    found: list[tuple[UUID, int]] = []
    for profile in BusinessProfile.objects.filter(pk__in=able).order_by("id"):
        found += _due(profile, now, limit - len(found))
    return found


def is_autopaying(invoice_id: UUID) -> bool:
    """Whether an invoice will be charged by itself, or tried again: nobody needs to be reminded of it yet."""
    invoice = Invoice.objects.filter(pk=invoice_id).first()
    if invoice is None:
        return False
    return autopaying(invoice.profile_id).filter(pk=invoice_id).exists()


def autopaying(profile_id: UUID) -> QuerySet[Invoice]:
    """The invoices of a business profile that will be charged by themselves, or tried again."""
    return _trying(Q(), paying_rules_of(profile_id).autopay_days).filter(profile_id=profile_id)


def autopay_next(checkout: Checkout) -> datetime | None:
    """When a charge that failed is tried again, as long as its method works; None after the last time."""
    tries = Checkout.objects.filter(invoice_id=checkout.invoice_id, saved_method__isnull=False)
    counted = tries.aggregate(number=Count("id"), first=Min("created_at"))
    days = paying_rules_of(checkout.profile_id).autopay_days
    if counted["number"] >= len(days):
        return None
    return counted["first"] + timedelta(days=days[counted["number"]])


def _due(profile: BusinessProfile, now: datetime, limit: int) -> list[tuple[UUID, int]]:
    days = paying_rules_of(profile.pk).autopay_days
    time_has_come = Q(customer__saved_methods__autopay_on=AutopayMoment.ISSUE) | Q(
        due_on__lte=local_today(profile, now)
    )
    waiting = Q(tries=0)
    for number, after in enumerate(days[1:], start=1):
        waiting |= Q(tries=number, first__lte=now - timedelta(days=after))
    trying = _trying(time_has_come, days).filter(waiting, profile=profile, created_at__lte=now - SETTLE_FIRST)
    return list(trying.order_by("id").values_list("pk", "tries")[: max(limit, 0)])


def _trying(time_has_come: Q, days: Sequence[int]) -> QuerySet[Any]:
    """Invoices that a client's consent is about and that have attempts left."""
    charged = Q(checkouts__saved_method__isnull=False)
    consenting = Invoice.objects.filter(
        time_has_come,
        kind=InvoiceKind.INVOICE,
        state=InvoiceState.ISSUED,
        amount_due__gt=0,
        customer__saved_methods__autopay=True,
        customer__saved_methods__state=SavedMethodState.ACTIVE,
        created_at__gte=F("customer__saved_methods__consented_at"),
    )
    tried = consenting.exclude(uncharged()).annotate(
        tries=Count("checkouts", filter=charged, distinct=True), first=Min("checkouts__created_at", filter=charged)
    )
    return tried.filter(tries__lt=len(days))
