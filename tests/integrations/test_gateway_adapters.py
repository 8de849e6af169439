"""The contract of the gateway port, against the fake and against the demo gateway over a real socket."""

from __future__ import annotations

import pytest

from billing_assistant.core import clock
from billing_assistant.core.errors import Rejected
from integrations.demo_gateway import keys, provider
from integrations.demo_gateway.adapter import DemoGateway
from integrations.demo_gateway.delivery import event_body
from integrations.models import DemoDelivery
from integrations.ports.attempts import Decline
from integrations.ports.payments import CheckoutSession, ProviderStatus
from integrations.webhook_signatures import sign
from tests.fakes.gateway import FakeGateway
from tests.integrations.gateway_contract import GatewayContract


class TestFakeGateway(GatewayContract):
    @pytest.fixture
    def gateway(self) -> FakeGateway:
        return FakeGateway()

    def pays(self, gateway: FakeGateway, session: CheckoutSession) -> None:
        gateway.client_pays(session.external_id)

    def is_declined(self, gateway: FakeGateway, session: CheckoutSession) -> None:
        gateway.client_pays(session.external_id, ProviderStatus.FAILED)

    def signed_event(self, gateway: FakeGateway, payment_id: str) -> tuple[dict[str, str], bytes]:
        body = gateway.event(payment_id)
        return gateway.signed(body), body

    def saves(self, gateway: FakeGateway, setup_id: str, decline: Decline = Decline.NONE) -> None:
        gateway.client_saves(setup_id, decline)


class TestDemoGateway(GatewayContract):
    @pytest.fixture
    def gateway(self, live_demo: DemoGateway) -> DemoGateway:
        return live_demo

    def pays(self, gateway: DemoGateway, session: CheckoutSession) -> None:
        provider.session_pay(session_id=session.external_id, card_number="4242424242424242", now=clock.now())

    def is_declined(self, gateway: DemoGateway, session: CheckoutSession) -> None:
        provider.session_pay(session_id=session.external_id, card_number="4000000000000002", now=clock.now())

    def signed_event(self, gateway: DemoGateway, payment_id: str) -> tuple[dict[str, str], bytes]:
        body = event_body(DemoDelivery.objects.get(object_id=payment_id))
        return {keys.SIGNATURE_HEADER: sign(secret=keys.webhook_secret(), body=body, at=clock.now())}, body

    def test_without_the_secret_no_call_is_made(self, gateway: DemoGateway, settings) -> None:
        settings.DEMO_GATEWAY_SECRET = " "
        with pytest.raises(Rejected, match="DEMO_GATEWAY_SECRET"):
            gateway.checkout_fetch("cs_demo_1")

    def test_a_wrong_key_is_rejected(self, gateway: DemoGateway, monkeypatch) -> None:
        monkeypatch.setattr("integrations.demo_gateway.client.keys.api_key", lambda: "demo_sk_wrong")
        monkeypatch.setattr("integrations.demo_gateway.api.keys.api_key", lambda: "demo_sk_right")
        with pytest.raises(Rejected):
            gateway.checkout_fetch("cs_demo_1")
