"""What is still open with a connection to a payment provider, so that its keys are needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import ngettext

from integrations.models import GatewayConnection
from integrations.retiring import register_obstacle
from payments.models import Checkout, Dispute, MethodSetup, Payment, PlanCollection, Refund, SavedMethod
from payments.states import (
    RUNNING_DISPUTES,
    STANDING_COLLECTIONS,
    CheckoutState,
    PaymentState,
    RefundState,
    SavedMethodState,
    SetupState,
)

UNDER_WAY = (CheckoutState.OPEN, CheckoutState.PROCESSING, CheckoutState.UNKNOWN)


def still_open(connection: GatewayConnection) -> Iterable[str]:
    """Sentences about what is under way with the account of a connection."""
    begun: dict[str, Any] = {
        "profile_id": connection.profile_id,
        "gateway": connection.vendor,
        "account": connection.account,
    }
    took: dict[str, Any] = {
        "profile_id": connection.profile_id,
        "provider": connection.vendor,
        "account": connection.account,
    }
    pages = Checkout.objects.filter(Q(status__in=UNDER_WAY) | Q(ask_at__isnull=False), **begun).count()
    if pages:
        text = ngettext("%(n)d attempt to pay is open.", "%(n)d attempts to pay are open.", pages)
        yield text % {"n": pages}
    coming = Payment.objects.filter(status__in=[PaymentState.PENDING, PaymentState.PROCESSING], **took).count()
    if coming:
        yield ngettext("%(n)d payment is on its way.", "%(n)d payments are on their way.", coming) % {"n": coming}
    going = Refund.objects.filter(Q(status=RefundState.PENDING) | Q(ask_at__isnull=False), **took).count()
    if going:
        yield ngettext("%(n)d refund is on its way.", "%(n)d refunds are on their way.", going) % {"n": going}
    disputed = Dispute.objects.filter(status__in=RUNNING_DISPUTES, **took).count()
    if disputed:
        text = ngettext("%(n)d dispute is not decided.", "%(n)d disputes are not decided.", disputed)
        yield text % {"n": disputed}
    collected = PlanCollection.objects.filter(
        status__in=STANDING_COLLECTIONS,
        profile_id=connection.profile_id,
        provider=connection.vendor,
        account=connection.account,
    ).count()
    if collected:
        text = ngettext("%(n)d plan is collected with it.", "%(n)d plans are collected with it.", collected)
        yield text % {"n": collected}
    setups = MethodSetup.objects.filter(status=SetupState.OPEN, **begun).count()
    charged = SavedMethod.objects.filter(state=SavedMethodState.ACTIVE, autopay=True, **begun).count()
    if setups + charged:
        text = ngettext(
            "%(n)d client pays, or begins to pay, automatically with it.",
            "%(n)d clients pay, or begin to pay, automatically with it.",
            setups + charged,
        )
        yield text % {"n": setups + charged}


register_obstacle(still_open)
