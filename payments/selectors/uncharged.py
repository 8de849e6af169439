"""What is never charged by itself, although its client consented."""

from __future__ import annotations

from django.db.models import Q

from invoices.models import PlanPeriod
from payments.models import DisputedPart, PlanCollection, PlannedInvoice
from payments.states import CHARGED_COLLECTIONS, RUNNING_DISPUTES


def uncharged() -> Q:
    """Invoices that are never charged by themselves.

    A payment plan stands for them, their money is disputed, or a provider collects the plan that they are of.
    """
    planned = PlannedInvoice.objects.filter(stands=True).values("invoice_id")
    disputed = DisputedPart.objects.filter(dispute__status__in=RUNNING_DISPUTES).values("invoice_id")
    collected = PlanCollection.objects.filter(status__in=CHARGED_COLLECTIONS).values("plan_id")
    billed = PlanPeriod.objects.filter(plan_id__in=collected, invoice__isnull=False).values("invoice_id")
    return Q(pk__in=planned) | Q(pk__in=disputed) | Q(pk__in=billed)
