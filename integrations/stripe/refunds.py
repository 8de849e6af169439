"""Refunds at Stripe, in whole or in part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from integrations.ports.refunds import ProviderRefund, RefundRequest
from integrations.stripe.api import StripeApi, around, keyed
from integrations.stripe.money import to_units
from integrations.stripe.payloads import refund_of
from integrations.stripe.reading import writes


class StripeRefunds:
    """The port `Refunds`. A payment is named by its charge."""

    api: StripeApi

    @writes
    def refund_create(self, request: RefundRequest) -> ProviderRefund:
        params: dict[str, Any] = {
            "charge": request.payment_id,
            "amount": to_units(request.money),
            "reason": "requested_by_customer",
            "metadata": {
                "reference": request.reference,
                "key": request.idempotency_key,
                "reason": request.reason[:250],
            },
        }
        options = keyed(request.idempotency_key)
        return refund_of(self.api.call(lambda sdk: sdk.v1.refunds.create(params, options)))

    def refund_find(self, request: RefundRequest, *, since: datetime) -> ProviderRefund | None:
        listed = self._listed(request.payment_id, created=around(since))
        key = request.idempotency_key
        found = next((each for each in listed if (each.get("metadata") or {}).get("key") == key), None)
        return refund_of(found) if found else None

    def refund_fetch(self, external_id: str) -> ProviderRefund:
        return refund_of(self.api.call(lambda sdk: sdk.v1.refunds.retrieve(external_id)))

    def payment_refunds(self, payment_id: str) -> Sequence[ProviderRefund]:
        return [refund_of(each) for each in reversed(self._listed(payment_id))]

    def _listed(self, payment_id: str, **filters: Any) -> list[dict[str, Any]]:
        return list(self.api.listed(lambda sdk, given: sdk.v1.refunds.list(given), charge=payment_id, **filters))
