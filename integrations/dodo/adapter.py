"""Dodo Payments for one connection, behind the ports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from billing_assistant.core import exact_json
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import Rejected
from integrations.dodo import signatures
from integrations.dodo.api import DodoApi
from integrations.dodo.balance import DodoBalance
from integrations.dodo.payloads import dispute_of, metadata_of, refund_of
from integrations.dodo.subscriptions import DodoSubscriptions, is_of_a_plan
from integrations.minor_units import to_minor
from integrations.models import DodoPage
from integrations.ports.disputes import ProviderDispute
from integrations.ports.payments import (
    Capabilities,
    Checked,
    NoticeKind,
    WebhookCall,
    WebhookNotice,
    WebhookUnreadable,
)
from integrations.ports.refunds import ProviderRefund, RefundRequest
from integrations.vendor_http import after_effect, path_part
from integrations.vendors import Facts

LONGEST: Final = 150
_OBJECTS: Final = {
    "payment": (NoticeKind.PAYMENT, "payment_id"),
    "refund": (NoticeKind.REFUND, "refund_id"),
    "dispute": (NoticeKind.DISPUTE, "dispute_id"),
}
CAPABILITIES: Final = Capabilities(
    find_by_key=True,
    saved_methods=True,
    refunds=True,
    partial_refunds=True,
    disputes=True,
    fees=True,
    taxes=True,
    balances=True,
    subscriptions=True,
    shortest_life=timedelta(minutes=15),
)
_SAVED: Final = frozenset({"subscription.active", "subscription.failed"})


class DodoGateway(DodoSubscriptions, DodoBalance):
    """Pages, subscriptions, refunds, disputes and its ledger."""

    name = "dodo"
    label = "Dodo Payments"

    def __init__(self, facts: Facts) -> None:
        self.account = facts.account
        self.environment = facts.environment
        self.connection_id = facts.connection_id
        self.product_id = facts.value("product_id")
        self.subscription_product_id = facts.value("subscription_product_id")
        self._currencies = frozenset(facts.value("currencies").upper().replace(",", " ").split())
        self.capabilities = replace(CAPABILITIES, currencies=self._currencies or None)
        self._secrets = facts.value("webhook_secret").split()
        self.api = DodoApi(facts)

    def check(self) -> Checked:
        """Reads the two products: whose they are, and that they can carry any amount with tax in it."""
        unknown = next((code for code in sorted(self._currencies) if code not in CURRENCIES), "")
        if unknown:
            raise Rejected(_("%(code)s is no currency.") % {"code": unknown})
        product = self.api.get(f"/products/{path_part(self.product_id)}")
        price = product.get("price") or {}
        if not price.get("pay_what_you_want"):
            raise Rejected(_("the product for payments is not “pay what you want”."))
        if not price.get("tax_inclusive"):
            raise Rejected(_("the price of the product for payments does not include tax."))
        saving = self.api.get(f"/products/{path_part(self.subscription_product_id)}")
        if not saving.get("is_recurring"):
            raise Rejected(_("the product for saved methods is not a subscription."))
        business = str(product["business_id"])
        return Checked(business, business, self.environment)

    # Refunds.

    def refund_create(self, request: RefundRequest) -> ProviderRefund:
        """Always in the currency that was paid: without it Dodo reads the amount in the one it settles in."""
        payment = self.api.get(f"/payments/{path_part(request.payment_id)}")
        known = self._refund_under(request)
        if known is not None:
            return known
        paid = self.payment_fetch(request.payment_id)
        gone = sum(each.money.amount for each in self.payment_refunds(request.payment_id))
        if request.money.currency != paid.money.currency or gone + request.money.amount > paid.money.amount:
            raise Rejected("More cannot be refunded than was paid, in the currency of the payment.")
        cart = payment.get("product_cart") or [{"product_id": self.product_id}]
        item = {"item_id": cart[0]["product_id"], "amount": to_minor(request.money), "tax_inclusive": True}
        body = {
            "payment_id": request.payment_id,
            "currency": request.money.currency,
            "items": [item],
            "metadata": {"reference": request.reference, "key": request.idempotency_key},
        }
        if request.reason:
            body["reason"] = request.reason[:3000]
        made = self.api.post("/refunds", body)
        with after_effect():
            return refund_of(made)

    def refund_find(self, request: RefundRequest, *, since: datetime) -> ProviderRefund | None:
        return self._refund_under(request)

    def refund_fetch(self, external_id: str) -> ProviderRefund:
        return refund_of(self.api.get(f"/refunds/{path_part(external_id)}"))

    def payment_refunds(self, payment_id: str) -> Sequence[ProviderRefund]:
        found = [refund_of(each) for each in self._refunds(payment_id)]
        return sorted(found, key=lambda refund: (refund.created_at, refund.external_id))

    # Disputes.

    def dispute_fetch(self, external_id: str) -> ProviderDispute:
        return dispute_of(self.api.get(f"/disputes/{path_part(external_id)}"))

    def disputes_list(self, *, since: datetime, until: datetime) -> Sequence[ProviderDispute]:
        found = [dispute_of(each) for each in self.api.listed("/disputes", since=since)]
        kept = [each for each in found if since <= each.created_at < until]
        return sorted(kept, key=lambda dispute: dispute.created_at)

    # What Dodo tells.

    def webhook_verify(self, call: WebhookCall) -> None:
        signatures.verify(secrets=self._secrets, headers=call.headers, body=call.body, now=call.now)

    def webhook_notice(self, body: bytes) -> WebhookNotice:
        """The object is as it was at delivery, not as it was at the event; only its id is taken from here."""
        try:
            event = exact_json.loads(body)
            name, about = _word(event["type"]), event["data"]
            kind, object_id = self._about(name, about)
            event_id = f"{name}:{object_id}:{_word(event['timestamp'])}"
            return WebhookNotice(event_id[:LONGEST], kind, object_id, _word(event["business_id"]), name)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WebhookUnreadable(_("The event cannot be read.")) from error

    def _about(self, name: str, about: dict[str, Any]) -> tuple[NoticeKind, str]:
        if name.startswith("subscription.") and is_of_a_plan(about):
            return NoticeKind.SUBSCRIPTION, _word(about["subscription_id"])
        is_mandate = name.startswith("payment.") and about.get("total_amount") == 0 and not is_of_a_plan(about)
        if name in _SAVED or is_mandate:
            key = str(metadata_of(about).get("key") or "")
            page = DodoPage.objects.filter(connection_id=self.connection_id, key=key).exclude(session_id="").first()
            if page is not None:
                return NoticeKind.SETUP, page.session_id
        kind, field = _OBJECTS.get(name.partition(".")[0], (NoticeKind.OTHER, ""))
        return kind, _word(about[field]) if field else name

    def _refund_under(self, request: RefundRequest) -> ProviderRefund | None:
        mine = self._refunds(request.payment_id)
        found = next((each for each in mine if metadata_of(each).get("key") == request.idempotency_key), None)
        return refund_of(found) if found else None

    def _refunds(self, payment_id: str) -> list[dict[str, Any]]:
        """Every refund of a payment, read whole: what a payment lists of them lacks our metadata."""
        payment = self.api.get(f"/payments/{path_part(payment_id)}")
        return [self.api.get(f"/refunds/{path_part(each['refund_id'])}") for each in payment.get("refunds") or []]


def _word(value: Any) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST:
        return value
    raise ValueError("a word is missing or too long")
