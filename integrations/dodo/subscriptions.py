"""Subscriptions that Dodo charges by itself, each period of its product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from billing_assistant.core.errors import Rejected, Unavailable
from billing_assistant.core.money import Money
from integrations.dodo.pages import DodoPages
from integrations.dodo.payloads import metadata_of, moment, money_of, payment_of
from integrations.minor_units import to_minor
from integrations.ports.attempts import ProviderPayment
from integrations.ports.subscriptions import (
    ProviderSubscription,
    SubscriptionProduct,
    SubscriptionRequest,
    SubscriptionStatus,
)
from integrations.vendor_http import path_part

KIND: Final = "plan"
"""Written on what a client subscribes to, so that it is not taken for a method that is saved."""
ENDED: Final = frozenset({SubscriptionStatus.CANCELLED, SubscriptionStatus.FAILED, SubscriptionStatus.EXPIRED})
_STATES: Final = {"past_due": SubscriptionStatus.ON_HOLD} | {each.value: each for each in SubscriptionStatus}
_UNITS: Final = {"Day": "day", "Week": "week", "Month": "month", "Year": "year"}


class DodoSubscriptions(DodoPages):
    """The port `Subscriptions`. Pages are made, and journalled, as those for paying are."""

    def products_list(self) -> Sequence[SubscriptionProduct]:
        rows = (_product_of(each) for each in self.api.pages("/products", recurring="true"))
        return sorted((each for each in rows if each is not None), key=lambda product: product.name)

    def subscription_page(self, request: SubscriptionRequest) -> str:
        page = self._begin(request, units=None, currency=request.currency)
        if not page.session_id:
            cart = {"product_id": request.product_id, "quantity": 1}
            self._make(page, request, {"product_cart": [cart], "billing_currency": request.currency}, kind=KIND)
        return str(page.url)

    def subscription_fetch(self, external_id: str) -> ProviderSubscription:
        return self._read(self.api.get(f"/subscriptions/{path_part(external_id)}"))

    def subscriptions_under(self, reference: str, *, since: datetime) -> Sequence[ProviderSubscription]:
        rows = self.api.listed("/subscriptions", since=since)
        mine = (each for each in rows if is_of_a_plan(each) and _reference_of(each) == reference)
        return [self._read(each) for each in sorted(mine, key=lambda each: moment(each.get("created_at")))]

    def subscription_payments(self, external_id: str, *, since: datetime) -> Sequence[ProviderPayment]:
        rows = self.api.listed("/payments", since=since, subscription_id=external_id)
        told = [self.api.get(f"/payments/{path_part(each['payment_id'])}") for each in rows]
        found = [payment_of(each, environment=self.environment) for each in told]
        return sorted(found, key=lambda payment: (payment.created_at, payment.external_id))

    def subscription_move(self, external_id: str, to: SubscriptionStatus) -> ProviderSubscription:
        present = self.subscription_fetch(external_id)
        if present.status in {to, *ENDED}:
            return present
        self.api.patch(f"/subscriptions/{path_part(external_id)}", {"status": to.value})
        return self.subscription_fetch(external_id)

    def subscription_change(self, external_id: str, *, product_id: str) -> ProviderSubscription:
        present, path = self.subscription_fetch(external_id), f"/subscriptions/{path_part(external_id)}/change-plan"
        if present.status in ENDED or product_id == (present.next_product_id or present.product_id):
            return present
        if product_id == present.product_id:
            self.api.delete(f"{path}/scheduled")
            return self.subscription_fetch(external_id)
        body = {
            "product_id": product_id,
            "quantity": 1,
            "proration_billing_mode": "do_not_bill",
            "effective_at": "next_billing_date",
            "cancel_scheduled_change_plan": True,
        }
        self.api.change(path, body)
        return self.subscription_fetch(external_id)

    def product_like(self, product_id: str, *, name: str, price: Money) -> SubscriptionProduct:
        model = self.api.get(f"/products/{path_part(product_id)}")
        priced = {**model["price"], "price": to_minor(price), "currency": price.currency}
        body = {"name": name[:100], "price": priced, "tax_category": model["tax_category"]}
        made = str(self.api.post("/products", body)["product_id"])
        found = next((each for each in self.products_list() if each.external_id == made), None)
        if found is None:
            raise Unavailable("Dodo Payments does not list the product that was made.")
        return found

    def subscription_mend(self, external_id: str, *, return_url: str) -> str:
        path = f"/subscriptions/{path_part(external_id)}/update-payment-method"
        told = self.api.post(path, {"type": "new", "return_url": return_url})
        if not told.get("payment_link"):
            raise Rejected("Dodo Payments made no page for another payment method.")
        return str(told["payment_link"])

    def _read(self, body: dict[str, Any]) -> ProviderSubscription:
        status = _STATES.get(str(body.get("status")))
        if status is None:
            raise Rejected("Dodo Payments told a state of a subscription that is not known.")
        following = body.get("next_billing_date")
        return ProviderSubscription(
            external_id=str(body["subscription_id"]),
            reference=_reference_of(body),
            status=status,
            environment=self.environment,
            product_id=str(body.get("product_id") or ""),
            price=money_of(body.get("recurring_pre_tax_amount"), body.get("currency")),
            next_charge_at=moment(following) if following and status not in ENDED else None,
            next_product_id=str((body.get("scheduled_change") or {}).get("product_id") or ""),
        )


def is_of_a_plan(subscription: dict[str, Any]) -> bool:
    """Whether a subscription collects a plan of ours; the others hold a saved method."""
    return metadata_of(subscription).get("kind") == KIND


def _reference_of(body: dict[str, Any]) -> str:
    return str(metadata_of(body).get("reference") or "")


def _product_of(body: dict[str, Any]) -> SubscriptionProduct | None:
    """None for what is charged on demand, by use, or not by the calendar."""
    price = body.get("price_detail") or {}
    unit, every = _UNITS.get(str(price.get("payment_frequency_interval"))), price.get("payment_frequency_count")
    if not body.get("is_recurring") or unit is None or not isinstance(every, int):
        return None
    money = money_of(price.get("price"), price.get("currency"))
    name = str(body.get("name") or body["product_id"])
    return SubscriptionProduct(str(body["product_id"]), name, money, unit, every, bool(price.get("tax_inclusive")))
