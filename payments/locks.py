"""Row locks of the payments app. Order for all: invoices by id, then payments by id, then checkouts by id."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from billing_assistant.core.db import set_lock_timeout
from billing_assistant.core.errors import NotFound
from payments.models import Checkout, Payment


def payment_lock(payment_id: UUID) -> Payment:
    """Locks one payment. The invoices that it is to be allocated to are locked before. Raises NotFound."""
    set_lock_timeout()
    found = list(Payment.objects.select_for_update(of=("self",)).select_related("profile").filter(pk=payment_id))
    if not found:
        raise NotFound("There is no such payment.")
    return found[0]


def external_payment_lock(*, provider: str, account: str, external_id: str) -> Payment | None:
    """Locks the payment that a provider's id stands for, if we have it."""
    set_lock_timeout()
    rows = Payment.objects.select_for_update(of=("self",)).select_related("profile")
    return next(iter(rows.filter(provider=provider, account=account, external_id=external_id)), None)


def checkouts_lock(checkout_ids: Iterable[UUID]) -> list[Checkout]:
    """Locks checkouts in the order of their ids. Raises NotFound when one is missing."""
    wanted = set(checkout_ids)
    set_lock_timeout()
    rows = Checkout.objects.select_for_update(of=("self",)).select_related("profile", "customer", "invoice")
    found = list(rows.filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted):
        raise NotFound("There is no such checkout.")
    return found


def checkout_lock(checkout_id: UUID) -> Checkout:
    """Locks one checkout. Raises NotFound."""
    return checkouts_lock([checkout_id])[0]
