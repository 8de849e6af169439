"""Hosted pages at Stripe (Checkout Sessions), and the attempts on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from billing_assistant.core.errors import Rejected
from integrations.ports.attempts import ProviderPayment
from integrations.ports.checkouts import CheckoutRequest, CheckoutSession, SessionStatus
from integrations.stripe.api import StripeApi, around, keyed
from integrations.stripe.money import to_units
from integrations.stripe.payloads import attempt_of, payment_of, session_of, text
from integrations.stripe.reading import readable, writes

LONGEST_NAME = 250


class StripePages:
    """The port `HostedPages`, and reading one attempt."""

    api: StripeApi
    account: str

    @writes
    def checkout_create(self, request: CheckoutRequest) -> CheckoutSession:
        marks = {"reference": request.reference, "key": request.idempotency_key}
        params: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": request.reference,
            "metadata": marks,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.money.currency.lower(),
                        "unit_amount": to_units(request.money),
                        "product_data": {"name": request.description[:LONGEST_NAME] or request.reference},
                    },
                }
            ],
            "payment_intent_data": {"metadata": marks, "description": request.description[:LONGEST_NAME]},
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "expires_at": int(request.expires_at.timestamp()),
        }
        if request.payer_email:
            params["customer_email"] = request.payer_email
        options = keyed(request.idempotency_key)
        return session_of(self.api.call(lambda sdk: sdk.v1.checkout.sessions.create(params, options)))

    def checkout_find(self, idempotency_key: str, *, since: datetime) -> CheckoutSession | None:
        listed = self.api.listed(lambda sdk, given: sdk.v1.checkout.sessions.list(given), created=around(since))
        found = next((each for each in listed if (each.get("metadata") or {}).get("key") == idempotency_key), None)
        return session_of(found) if found else None

    def checkout_fetch(self, external_id: str) -> CheckoutSession:
        return session_of(self._session(external_id))

    def checkout_expire(self, external_id: str) -> CheckoutSession:
        present = self.checkout_fetch(external_id)
        if present.status is not SessionStatus.OPEN:
            return present
        try:
            return session_of(self.api.call(lambda sdk: sdk.v1.checkout.sessions.expire(external_id)))
        except Rejected:  # paid or expired between the two
            return self.checkout_fetch(external_id)

    @readable
    def checkout_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        session = self._session(external_id)
        if not session["payment_intent"]:
            return []
        charges = self.api.listed(
            lambda sdk, given: sdk.v1.charges.list(given), payment_intent=session["payment_intent"]
        )
        reference = session_of(session).reference
        return [
            payment_of(each, session_id=external_id, reference=reference, account=self.account)
            for each in reversed(list(charges))
        ]

    @readable
    def payment_fetch(self, external_id: str) -> ProviderPayment:
        """By the id of a charge, or of a payment intent, whose latest charge it then is."""
        if external_id.startswith("pi_"):
            intent = self.api.call(lambda sdk: sdk.v1.payment_intents.retrieve(external_id))
            if not intent["latest_charge"]:
                return attempt_of(intent, session_id=self._session_id(external_id), account=self.account)
            external_id = text(intent["latest_charge"])
        charge = self.api.call(lambda sdk: sdk.v1.charges.retrieve(known_id(external_id)))
        intent_id = charge["payment_intent"] or ""
        return payment_of(
            charge,
            session_id=self._session_id(intent_id) if intent_id else "",
            reference=str((charge["metadata"] or {}).get("reference", "")),
            account=self.account,
        )

    def _session(self, external_id: str) -> dict[str, Any]:
        return self.api.call(lambda sdk: sdk.v1.checkout.sessions.retrieve(known_id(external_id)))

    @readable
    def _session_id(self, intent_id: str) -> str:
        """The page that an intent belongs to, or the link that opened it; empty for one without."""
        page = self.api.call(lambda sdk: sdk.v1.checkout.sessions.list({"payment_intent": intent_id, "limit": 1}))
        return text(page["data"][0]["payment_link"] or page["data"][0]["id"]) if page["data"] else ""


def known_id(external_id: str) -> str:
    """Raises Rejected (404) for what cannot be an id: the SDK would put it into a path."""
    if not external_id.replace("_", "").isalnum() or not external_id.isascii():
        raise Rejected("This is no id of Stripe's.", status=404)
    return external_id
