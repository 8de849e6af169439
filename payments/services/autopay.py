"""Autopay: invoices of customers who consented are charged by themselves, tried again on set days, then left alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db.models import Count, F, Min, Q

from billing_assistant.core.actors import Actor
from integrations.errors import GatewayUnknown
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.services.off_session import method_charge
from payments.services.provider import Doubtful
from payments.states import SavedMethodState

DAYS: Final = (0, 1, 3, 5, 7, 9, 11, 14)
"""Days after the first attempt on which it is tried again: eight times in two weeks."""
SETTLE_FIRST: Final = timedelta(minutes=2)
"""Credit notes and the customer's own credit are used before a card is charged."""

log = structlog.get_logger(__name__)


def autopay_sweep(*, now: datetime, limit: int = 100) -> int:
    """Charges every invoice that is due for an attempt; returns how many were tried."""
    done = 0
    for invoice_id, attempt in autopay_due(now=now, limit=limit):
        try:
            actor = Actor.system("autopay")
            done += method_charge(invoice_id=invoice_id, attempt=attempt, actor=actor, now=now) is not None
        except (GatewayUnknown, Doubtful) as error:
            log.warning("autopay.not_charged", invoice=str(invoice_id), error=str(error))
    return done


def autopay_due(*, now: datetime, limit: int) -> list[tuple[UUID, int]]:
    """Invoices with the number of the attempt that is due. Only those issued since the client consented."""
    charged = Q(checkouts__saved_method__isnull=False)
    consenting = Invoice.objects.filter(
        kind=InvoiceKind.INVOICE,
        state=InvoiceState.ISSUED,
        amount_due__gt=0,
        customer__saved_methods__autopay=True,
        customer__saved_methods__state=SavedMethodState.ACTIVE,
        created_at__gte=F("customer__saved_methods__consented_at"),
        created_at__lte=now - SETTLE_FIRST,
    )
    tried = consenting.annotate(
        tries=Count("checkouts", filter=charged, distinct=True), first=Min("checkouts__created_at", filter=charged)
    )
    waiting = Q(tries=0)
    for number, days in enumerate(DAYS):
        if number:
            waiting |= Q(tries=number, first__lte=now - timedelta(days=days))
    return list(tried.filter(waiting).order_by("id").values_list("pk", "tries")[:limit])
