"""Saved methods at Stripe: a hosted page in setup mode, charges while the client is away, and forgetting."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from billing_assistant.core.errors import Rejected
from integrations.ports.attempts import ProviderPayment
from integrations.ports.saved_methods import ChargeRequest, MethodGone, SavedMethod, SetupRequest, SetupSession
from integrations.stripe.api import Declined, StripeApi, around, keyed
from integrations.stripe.money import to_units
from integrations.stripe.payloads import attempt_of, payment_of, setup_of, text
from integrations.stripe.reading import readable, writes

NOT_FOUND = 404
BAD_REQUEST = 400
GONE = "resource_missing"


class StripeMethods:
    """The port `SavedMethods`."""

    api: StripeApi
    account: str

    @writes
    def setup_create(self, request: SetupRequest) -> SetupSession:
        """A client whom somebody deleted at Stripe is made there anew."""
        try:
            return self._setup_page(request, request.idempotency_key)
        except Rejected as error:
            if not request.payer_token or error.code != GONE:
                raise
        return self._setup_page(replace(request, payer_token=""), f"{request.idempotency_key}-anew")

    def _setup_page(self, request: SetupRequest, key: str) -> SetupSession:
        marks = {"reference": request.reference, "key": request.idempotency_key}
        params: dict[str, Any] = {
            "mode": "setup",
            "currency": request.currency.lower(),
            "customer": self._payer(request),
            "client_reference_id": request.reference,
            "metadata": marks,
            "setup_intent_data": {"metadata": marks},
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "expires_at": int(request.expires_at.timestamp()),
        }
        options = keyed(key)
        return setup_of(self.api.call(lambda sdk: sdk.v1.checkout.sessions.create(params, options)))

    def setup_fetch(self, external_id: str) -> SetupSession:
        expand = {"expand": ["setup_intent.payment_method"]}
        return setup_of(self.api.call(lambda sdk: sdk.v1.checkout.sessions.retrieve(external_id, expand)))

    @writes
    def method_charge(self, request: ChargeRequest) -> ProviderPayment:
        params: dict[str, Any] = {
            "amount": to_units(request.money),
            "currency": request.money.currency.lower(),
            "customer": request.method.payer_token,
            "payment_method": request.method.token,
            "off_session": True,
            "confirm": True,
            "description": request.description[:250],
            "metadata": {"reference": request.reference, "key": request.idempotency_key},
            "expand": ["latest_charge"],
        }
        options = keyed(request.idempotency_key)
        try:
            intent = self.api.call(lambda sdk: sdk.v1.payment_intents.create(params, options))
        except Declined as declined:
            refused = declined.error.get("payment_intent")
            if not isinstance(refused, dict):
                raise
            expand = {"expand": ["latest_charge"]}
            intent = self.api.call(lambda sdk: sdk.v1.payment_intents.retrieve(refused["id"], expand))
        except Rejected as error:
            if error.code != GONE:
                raise
            raise MethodGone(_("Stripe does not know this method any more."), status=error.status) from error
        return self._attempt(intent)

    def charge_find(self, request: ChargeRequest, *, since: datetime) -> ProviderPayment | None:
        intents = self.api.listed(
            lambda sdk, given: sdk.v1.payment_intents.list(given),
            customer=request.method.payer_token,
            created=around(since),
            expand=["data.latest_charge"],
        )
        key = request.idempotency_key
        found = next((each for each in intents if (each.get("metadata") or {}).get("key") == key), None)
        return self._attempt(found) if found else None

    def method_forget(self, method: SavedMethod) -> None:
        try:
            self.api.call(lambda sdk: sdk.v1.payment_methods.detach(method.token))
        except Rejected as error:
            if error.status not in {NOT_FOUND, BAD_REQUEST}:  # gone already, or attached to nobody
                raise

    @readable
    def _payer(self, request: SetupRequest) -> str:
        """Stripe's customer for this client: the one that we know, or a new one under a key of its own."""
        if request.payer_token:
            return request.payer_token
        params = {
            "name": request.payer_name,
            "email": request.payer_email,
            "metadata": {"reference": request.payer_reference},
        }
        given = {name: value for name, value in params.items() if value}
        options = keyed(f"{request.idempotency_key}-payer")
        return text(self.api.call(lambda sdk: sdk.v1.customers.create(given, options))["id"])

    @readable
    def _attempt(self, intent: dict[str, Any]) -> ProviderPayment:
        charge = intent["latest_charge"]
        if not isinstance(charge, dict):
            return attempt_of(intent, session_id="", account=self.account)
        reference = str((intent["metadata"] or {}).get("reference", ""))
        return payment_of(charge, session_id="", reference=reference, account=self.account)
