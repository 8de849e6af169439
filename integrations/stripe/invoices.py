"""Invoices that Stripe Billing makes for its subscriptions, read only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from integrations.ports.external_invoices import ProviderInvoice, ProviderInvoiceStatus
from integrations.stripe.api import StripeApi, between
from integrations.stripe.money import from_units
from integrations.stripe.pages import known_id
from integrations.stripe.payloads import environment_of, moment, text
from integrations.stripe.reading import readable

UPCOMING: Final = "upcoming_"
"""Before the id of a subscription: the invoice that it makes next, which has no id of its own yet."""
_WITH_PAYER: Final = {"expand": ["customer"]}


class StripeInvoices:
    """The port `ExternalInvoices`."""

    api: StripeApi
    account: str
    profile_id: UUID

    def invoice_fetch(self, external_id: str) -> ProviderInvoice:
        if external_id.startswith(UPCOMING):
            asked = {"subscription": known_id(external_id.removeprefix(UPCOMING)), **_WITH_PAYER}
            body = self.api.call(lambda sdk: sdk.v1.invoices.create_preview(asked))
            return _invoice_of(body, account=self.account, external_id=external_id)
        body = self.api.call(lambda sdk: sdk.v1.invoices.retrieve(known_id(external_id), _WITH_PAYER))
        return _invoice_of(body, account=self.account)

    def invoices_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderInvoice]:
        rows = self.api.listed(
            lambda sdk, given: sdk.v1.invoices.list(given), created=between(since, until), expand=["data.customer"]
        )
        return [_invoice_of(each, account=self.account) for each in reversed(list(rows))]

    @readable
    def invoice_paid_by(self, payment_id: str) -> str:
        """An invoice names its payments, a payment does not name its invoice: asked is by payment intent."""
        intent = payment_id
        if not payment_id.startswith("pi_"):
            charge = self.api.call(lambda sdk: sdk.v1.charges.retrieve(known_id(payment_id)))
            intent = charge["payment_intent"] or ""
        if not intent:
            return ""
        asked = {"payment": {"type": "payment_intent", "payment_intent": intent}, "limit": 1}
        found = self.api.call(lambda sdk: sdk.v1.invoice_payments.list(asked))["data"]
        return text(found[0]["invoice"]) if found else ""


def invoice_id_of(name: str, about: Mapping[str, Any]) -> Any:
    """What an event is about: the invoice, or the subscription for one that is only upcoming."""
    if name != "invoice.upcoming":
        return about.get("id")
    subscription = _subscription_of(about)
    return f"{UPCOMING}{subscription}" if subscription else name


@readable
def _invoice_of(body: dict[str, Any], *, account: str, external_id: str = "") -> ProviderInvoice:
    """An invoice with its `customer` expanded; `external_id` for one that is only upcoming."""
    currency, payer = body["currency"], body["customer"]
    known = payer if isinstance(payer, dict) else {}
    due, tried = body["due_date"], body["next_payment_attempt"]
    return ProviderInvoice(
        external_id=external_id or text(body["id"]),
        status=ProviderInvoiceStatus.UPCOMING if external_id else ProviderInvoiceStatus(body["status"]),
        environment=environment_of(body),
        payee=account,
        number=body["number"] or "",
        payer=text(known["id"] if known else payer),
        payer_reference=str((known.get("metadata") or {}).get("reference") or ""),
        payer_name=body["customer_name"] or "",
        payer_email=body["customer_email"] or "",
        subscription=_subscription_of(body),
        total=from_units(body["total"], currency),
        due=from_units(body["amount_remaining"], currency),
        paid=from_units(body["amount_paid"], currency),
        url=body["hosted_invoice_url"] or "",
        made_at=moment(body["created"]),
        period_start=moment(body["period_start"]),
        period_end=moment(body["period_end"]),
        due_at=moment(due) if due else None,
        next_try_at=moment(tried) if tried else None,
        attempts=body["attempt_count"],
    )


def _subscription_of(body: Mapping[str, Any]) -> str:
    """Since 2025 it stands below `parent`."""
    details = (body.get("parent") or {}).get("subscription_details") or {}
    found = details.get("subscription") or ""
    return str(found.get("id") if isinstance(found, dict) else found)
