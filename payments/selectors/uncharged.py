"""What is never charged by itself, although its client consented."""

from __future__ import annotations

from django.db.models import Q

from payments.models import DisputedPart, PlannedInvoice
from payments.states import RUNNING_DISPUTES


def uncharged() -> Q:
    """Invoices that are never charged by themselves: a payment plan stands for them, or their money is disputed."""
    planned = PlannedInvoice.objects.filter(stands=True).values("invoice_id")
    disputed = DisputedPart.objects.filter(dispute__status__in=RUNNING_DISPUTES).values("invoice_id")
    return Q(pk__in=planned) | Q(pk__in=disputed)
