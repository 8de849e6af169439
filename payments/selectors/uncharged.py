"""What is never charged by itself, although its client consented, and what its provider is about to charge instead."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import DurationField, ExpressionWrapper, F, Q, Value

from invoices.models import PlanPeriod
from payments.models import DisputedPart, PlanCollection, PlannedInvoice
from payments.states import CHARGED_COLLECTIONS, RUNNING_DISPUTES, CollectionState

HALF: Final = {"week": timedelta(days=3), "month": timedelta(days=15), "year": timedelta(days=180)}
"""A charge of a provider is for the invoice that was issued within half a period of it."""
NEWS: Final = timedelta(days=2)
"""So long after the day of a charge its news may take."""


def uncharged() -> Q:
    """Invoices that are never charged by themselves.

    A payment plan stands for them, their money is disputed, or a provider collects the plan that they are of.
    """
    planned = PlannedInvoice.objects.filter(stands=True).values("invoice_id")
    disputed = DisputedPart.objects.filter(dispute__status__in=RUNNING_DISPUTES).values("invoice_id")
    collected = PlanCollection.objects.filter(status__in=CHARGED_COLLECTIONS).values("plan_id")
    billed = PlanPeriod.objects.filter(plan_id__in=collected, invoice__isnull=False).values("invoice_id")
    return Q(pk__in=planned) | Q(pk__in=disputed) | Q(pk__in=billed)


def charged_there(now: datetime) -> Q:
    """Invoices of plans that a provider collects, for which its next charge is: nobody needs to be reminded of them."""
    charge = "plan__collections__next_charge_at"
    expected = Q(**{"plan__collections__status": CollectionState.ACTIVE, f"{charge}__gte": now - NEWS})
    rows = PlanPeriod.objects.filter(expected, reduce(or_, (_near(charge, unit) for unit in HALF)))
    return Q(pk__in=rows.filter(invoice__isnull=False).values("invoice_id"))


def _near(charge: str, unit: str) -> Q:
    half = ExpressionWrapper(Value(HALF[unit]) * F("plan__every"), output_field=DurationField())
    span = (F(charge) - half, F(charge) + half)
    return Q(plan__unit=unit, invoice__issued_on__range=span)
