"""Payments from which tax was withheld and whose certificate is missing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from billing_assistant.core.actors import Actor
from billing_assistant.core.rights import Right
from payments.models import Payment
from payments.states import PaymentState


@dataclass(frozen=True, slots=True)
class WithheldOpen:
    """Tax of one currency for which there is no certificate."""

    currency: str
    count: int
    amount: Decimal


def certificates_missing(actor: Actor, *, profile_id: UUID) -> QuerySet[Payment]:
    """Received payments with withheld tax and no certificate, with their customers. Raises NotFound."""
    actor.require(Right.REPORTS_VIEW)
    actor.require_profile(profile_id)
    return Payment.objects.select_related("customer", "profile").filter(
        profile_id=profile_id,
        status=PaymentState.COMPLETED,
        amount_withheld__gt=0,
        withholding_certificate="",
    )


def withheld_open(actor: Actor, *, profile_id: UUID) -> list[WithheldOpen]:
    """What the missing certificates are about, a row a currency."""
    rows = certificates_missing(actor, profile_id=profile_id).order_by("currency").values("currency")
    return [WithheldOpen(**row) for row in rows.annotate(count=Count("id"), amount=Sum("amount_withheld"))]
