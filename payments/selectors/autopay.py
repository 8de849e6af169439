"""Which invoices are charged by themselves, how much of them, and how often that was tried.

Charged on the due date, an invoice with instalments is charged part by part: each due date has its own tries, which
ask for all that is due by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    Count,
    DateField,
    DateTimeField,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual

from billing_assistant.core.clock import local_date, local_today
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from invoices.models import Instalment, Invoice
from invoices.services.instalments import parts_left, parts_standing
from invoices.states import InvoiceKind, InvoiceState
from payments.models import Checkout, SavedMethod
from payments.selectors.paying_rules import paying_rules_of
from payments.selectors.uncharged import charged_there, uncharged
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
    """Whether an invoice will be charged by itself, here or there, or tried again: nobody is reminded of it yet."""
    invoice = Invoice.objects.filter(pk=invoice_id).first()
    if invoice is None:
        return False
    there = Invoice.objects.filter(charged_there(clock_now()), pk=invoice_id)
    return autopaying(invoice.profile_id).filter(pk=invoice_id).exists() or there.exists()


def autopaying(profile_id: UUID) -> QuerySet[Invoice]:
    """The invoices of a business profile that will be charged by themselves, or tried again."""
    return _trying(Q(), paying_rules_of(profile_id).autopay_days, clock_now()).filter(profile_id=profile_id)


def charged_now(invoice: Invoice, method: SavedMethod, today: date) -> Decimal:
    """What of an invoice a saved method is charged for on a local day: all that is due, or all whose date has come."""
    if method.autopay_on == AutopayMoment.ISSUE:
        return invoice.amount_due
    left = parts_left(parts_standing(invoice), invoice.total - invoice.amount_due)
    return min(sum((part.amount for part in left if part.due_on <= today), ZERO), invoice.amount_due)


def autopay_next(checkout: Checkout) -> datetime | None:
    """When a charge that failed is tried again, as long as its method works; None after the last time."""
    tries = Checkout.objects.filter(invoice_id=checkout.invoice_id, saved_method__isnull=False)
    if (reached := _reached(checkout)) is not None:
        tries = tries.filter(created_at__gte=reached)
    counted = tries.aggregate(number=Count("id"), first=Min("created_at"))
    days = paying_rules_of(checkout.profile_id).autopay_days
    if counted["number"] >= len(days):
        return None
    return counted["first"] + timedelta(days=days[counted["number"]])


def _reached(checkout: Checkout) -> datetime | None:
    """The beginning of the day on which the part that a charge is for was due; None for one that is for all."""
    method, zone = checkout.saved_method, checkout.profile.time_zone
    if method is None or method.autopay_on == AutopayMoment.ISSUE:
        return None
    begun_on = local_date(checkout.created_at, zone)
    reached = Instalment.objects.filter(invoice_id=checkout.invoice_id, due_on__lte=begun_on).order_by("-due_on")
    day = reached.values_list("due_on", flat=True).first()
    return None if day is None else datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))


def _due(profile: BusinessProfile, now: datetime, limit: int) -> list[tuple[UUID, int]]:
    days = paying_rules_of(profile.pk).autopay_days
    time_has_come = Q(customer__saved_methods__autopay_on=AutopayMoment.ISSUE) | Q(
        next_due_on__lte=local_today(profile, now)
    )
    waiting = Q(tries=0)
    for number, after in enumerate(days[1:], start=1):
        waiting |= Q(tries=number, first__lte=now - timedelta(days=after))
    trying = _trying(time_has_come, days, now).filter(waiting, profile=profile, created_at__lte=now - SETTLE_FIRST)
    return list(trying.order_by("id").values_list("pk", "all_tries")[: max(limit, 0)])


def _trying(time_has_come: Q, days: Sequence[int], now: datetime) -> QuerySet[Any]:
    """Invoices that a client's consent is about and that have attempts left for the part whose date came last."""
    charged = Q(checkouts__saved_method__isnull=False)
    since = Q(GreaterThanOrEqual(_local_day(F("checkouts__created_at")), F("reached")))
    for_this_part = charged & (Q(reached__isnull=True) | since)
    consenting = Invoice.objects.filter(
        time_has_come,
        kind=InvoiceKind.INVOICE,
        state=InvoiceState.ISSUED,
        amount_due__gt=0,
        customer__saved_methods__autopay=True,
        customer__saved_methods__state=SavedMethodState.ACTIVE,
        created_at__gte=F("customer__saved_methods__consented_at"),
    )
    by_parts = consenting.exclude(uncharged()).annotate(
        reached=Case(When(customer__saved_methods__autopay_on=AutopayMoment.DUE, then=_reached_on(now)))
    )
    tried = by_parts.annotate(
        all_tries=Count("checkouts", filter=charged, distinct=True),
        tries=Count("checkouts", filter=for_this_part, distinct=True),
        first=Min("checkouts__created_at", filter=for_this_part),
    )
    return tried.filter(tries__lt=len(days))


def _reached_on(now: datetime) -> Subquery:
    """The latest local day until now on which a part of the invoice was due."""
    today = _local_day(Value(now, output_field=DateTimeField()), "invoice__profile__time_zone")
    parts = Instalment.objects.filter(invoice=OuterRef("pk"), due_on__lte=today).order_by("-due_on")
    return Subquery(parts.values("due_on")[:1])


def _local_day(moment: Any, zone: str = "profile__time_zone") -> Cast:
    """The day of a moment at the business profile."""
    return Cast(Func(F(zone), moment, function="timezone", output_field=DateTimeField()), DateField())
