"""Payment links at Stripe: a link opens a Checkout Session each time that somebody follows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from billing_assistant.core.errors import Rejected
from integrations.ports.attempts import ProviderPayment
from integrations.ports.checkouts import SessionStatus
from integrations.ports.payment_links import LinkRequest, PaymentLink
from integrations.stripe.api import StripeApi, keyed
from integrations.stripe.money import to_units
from integrations.stripe.pages import LONGEST_NAME, known_id
from integrations.stripe.payloads import link_of, payment_of
from integrations.stripe.reading import readable, writes

ONCE: Final = {"completed_sessions": {"limit": 1}}


class StripeLinks:
    """The port `PaymentLinks`."""

    api: StripeApi
    account: str

    @writes
    def link_create(self, request: LinkRequest) -> PaymentLink:
        marks = {"reference": request.reference, "key": request.idempotency_key}
        name = request.description[:LONGEST_NAME] or request.reference
        price = {
            "currency": request.money.currency.lower(),
            "unit_amount": to_units(request.money),
            "product_data": {"name": name},
        }
        params: dict[str, Any] = {
            "line_items": [{"quantity": 1, "price_data": price}],
            "metadata": marks,
            "payment_intent_data": {"metadata": marks, "description": name},
            "restrictions": ONCE,
        }
        options = keyed(request.idempotency_key)
        return link_of(self.api.call(lambda sdk: sdk.v1.payment_links.create(params, options)))

    def link_find(self, idempotency_key: str) -> PaymentLink | None:
        """Stripe lists links without saying when they were made: the open ones are looked through."""
        listed = self.api.listed(lambda sdk, given: sdk.v1.payment_links.list(given), active=True)
        found = next((each for each in listed if (each.get("metadata") or {}).get("key") == idempotency_key), None)
        return link_of(found) if found else None

    def link_fetch(self, external_id: str) -> PaymentLink:
        return link_of(self._link(external_id))

    def link_close(self, external_id: str) -> PaymentLink:
        """A page that somebody opened before outlives its link by a day, so it is closed too."""
        link = self.link_fetch(external_id)
        if link.status is SessionStatus.OPEN:
            closing = {"active": False}
            link = link_of(self.api.call(lambda sdk: sdk.v1.payment_links.update(external_id, closing)))
        for session in self._sessions(external_id):
            if session["status"] == SessionStatus.OPEN:
                self._expire(session["id"])
        return link

    @readable
    def link_payments(self, external_id: str) -> Sequence[ProviderPayment]:
        reference = link_of(self._link(external_id)).reference
        tried = [one["payment_intent"] for one in self._sessions(external_id) if one["payment_intent"]]
        return [
            payment_of(charge, session_id=external_id, reference=reference, account=self.account)
            for intent in reversed(tried)
            for charge in reversed(list(self._charges(intent)))
        ]

    def _link(self, external_id: str) -> dict[str, Any]:
        return self.api.call(lambda sdk: sdk.v1.payment_links.retrieve(known_id(external_id)))

    def _sessions(self, external_id: str) -> list[dict[str, Any]]:
        return list(self.api.listed(lambda sdk, given: sdk.v1.checkout.sessions.list(given), payment_link=external_id))

    def _charges(self, intent_id: str) -> Iterator[dict[str, Any]]:
        return self.api.listed(lambda sdk, given: sdk.v1.charges.list(given), payment_intent=intent_id)

    def _expire(self, session_id: str) -> None:
        try:
            self.api.call(lambda sdk: sdk.v1.checkout.sessions.expire(session_id))
        except Rejected:  # paid or expired between the two: its payment is read afterwards
            return
