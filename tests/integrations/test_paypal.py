"""PayPal over a socket: the contract, signatures, and what it is asked."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core import clock as clocks
from billing_assistant.core.errors import OutcomeUnknown, Rejected, Unavailable
from billing_assistant.core.money import Money
from integrations.paypal.adapter import PayPalGateway
from integrations.paypal.api import BUSY
from integrations.paypal.certificates import is_paypals, signed_text
from integrations.ports.disputes import DisputeStatus
from integrations.ports.payments import (
    CheckoutSession,
    NoticeKind,
    ProviderStatus,
    SessionStatus,
    WebhookCall,
    WebhookNotConfigured,
    WebhookRefused,
)
from integrations.registry import gateway_of
from payments.services.checkouts import ReturnUrls
from tests import factories
from tests.fakes import paypal
from tests.fakes.paypal import PayPalSimulator
from tests.fakes.paypal_fixtures import connect
from tests.fakes.vendor_server import Answer, Delivery
from tests.integrations.gateway_contract import GatewayContract, refund, request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks", "clock")]
ORDERS = "/v2/checkout/orders"
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")


@pytest.fixture
def gateway(paypal_service: PayPalSimulator, clock) -> PayPalGateway:
    made = gateway_of(connect(factories.seller(), paypal_service))
    assert isinstance(made, PayPalGateway)
    return made


def page(gateway: PayPalGateway, **other: Any) -> CheckoutSession:
    return gateway.checkout_create(request(currency="USD", **other))


class TestContract(GatewayContract):
    currency = "USD"
    amounts = (("20000.00", "USD"), ("500", "JPY"), ("20000.00", "EUR"))

    @pytest.fixture
    def gateway(self, gateway: PayPalGateway, paypal_service: PayPalSimulator) -> PayPalGateway:
        self.service = paypal_service
        return gateway

    def pays(self, gateway: PayPalGateway, session: CheckoutSession) -> None:
        self.service.client_approves(session.external_id)
        gateway.checkout_fetch(session.external_id)

    def is_declined(self, gateway: PayPalGateway, session: CheckoutSession) -> None:
        self.service.client_approves(session.external_id, declines=1)
        gateway.checkout_fetch(session.external_id)

    def signed_event(self, gateway: PayPalGateway, payment_id: str) -> tuple[dict[str, str], bytes]:
        told = next(each for each in self.service.outbox if payment_id.encode() in each.body)
        return dict(told.headers), told.body


def test_the_text_that_is_signed_is_the_published_one() -> None:
    body = b'{"id":"evt_1","amount":1500,"currency":"kes"}'
    text = signed_text("69cd13f0-d67a-11e5-baa3-778b53f4ae55", "2026-11-20T22:00:00Z", "WH-1", body)
    assert text == "69cd13f0-d67a-11e5-baa3-778b53f4ae55|2026-11-20T22:00:00Z|WH-1|1593087079"


@pytest.mark.parametrize(
    "url",
    [
        "http://api.paypal.com/c.pem",
        "https://paypal.com.evil.io/c.pem",
        "https://evilpaypal.com/c.pem",
        "https://paypal.com/c.pem",
        "https://api.paypal.com@evil.io/c.pem",
        "https://evil.io#@api.paypal.com/c.pem",
        "https://evil.io\\.paypal.com/c.pem",
        "https://api.paypal.com:8443/c.pem",
        "https://api.paypal.com:x/c.pem",
        "https://127.0.0.1/c.pem",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/c.pem",
        "file:///etc/passwd",
        "ftp://api.paypal.com/c.pem",
        "//api.paypal.com/c.pem",
        "",
        "https://api.p\u0430ypal.com/c.pem",
    ],
)
def test_a_certificate_is_fetched_from_paypal_alone(url: str) -> None:
    assert not is_paypals(url, "https://api-m.paypal.com")


@pytest.mark.parametrize("host", ["api.paypal.com", "api.sandbox.paypal.com", "api.paypal.com:443"])
def test_paypals_own_hosts_are_known(host: str) -> None:
    assert is_paypals(f"https://{host}/v1/notifications/certs/CERT-1", "https://api-m.paypal.com")


class TestSignatures:
    def _refused(self, gateway: PayPalGateway, told: Delivery) -> type[Exception] | None:
        """With which error a call is refused; None when it is believed."""
        try:
            gateway.webhook_verify(WebhookCall(told.headers, told.body, clocks.now()))
        except (WebhookRefused, WebhookNotConfigured) as error:
            return type(error)
        return None

    def test_what_paypal_signed_is_believed(self, gateway, paypal_service) -> None:
        told = paypal_service.signed(b'{"a":1}')
        gateway.webhook_verify(WebhookCall(told.headers, told.body, clocks.now()))
        gateway.webhook_verify(WebhookCall(told.headers, told.body, clocks.now()))
        assert len(paypal_service.called("/certs/")) == 1

    @pytest.mark.parametrize(
        "lie",
        [
            {"by": "somebody"},
            {"webhook_id": "WH-2"},
            {"PayPal_Auth_Algo": "none"},
            {"PayPal_Transmission_Sig": "AAAA"},
            {"PayPal_Transmission_Sig": "%%%"},
            {"PayPal_Transmission_Time": "2026-03-02T09:00:01Z"},
            {"PayPal_Transmission_Time": "soon"},
            {"PayPal_Transmission_Id": "other"},
            {"PayPal_Cert_Url": "https://evil.example/certs/paypal"},
            {"PayPal_Cert_Url": ""},
        ],
    )
    def test_everything_else_is_refused(self, gateway, paypal_service, lie: dict[str, str]) -> None:
        assert self._refused(gateway, paypal_service.signed(b'{"a":1}', **lie)) is WebhookRefused

    def test_an_old_event_is_refused(self, gateway, paypal_service, clock) -> None:
        told = paypal_service.signed(b'{"a":1}')
        clock.shift(timedelta(days=3, seconds=1))
        assert self._refused(gateway, told) is WebhookRefused

    def test_without_a_webhook_id_nothing_is_believed(self, paypal_service, clock) -> None:
        gateway = gateway_of(connect(factories.seller(), paypal_service, webhook_id=" "))
        assert self._refused(gateway, paypal_service.signed(b"{}")) is WebhookNotConfigured


class TestApi:
    def test_a_token_is_shared_and_replaced_when_it_died(self, gateway, paypal_service) -> None:
        page(gateway)
        page(gateway)
        assert len(paypal_service.called("/oauth2/token")) == 1
        paypal_service.token = "another"
        page(gateway)
        assert len(paypal_service.called("/oauth2/token")) == 2

    def test_wrong_keys_are_told(self, paypal_service, clock) -> None:
        with pytest.raises(Rejected) as refusal:
            gateway_of(connect(factories.seller(), paypal_service, secret="wrong")).check()
        assert refusal.value.status == 401

    @pytest.mark.parametrize("money", [Money(Decimal(1500), "KES"), Money(Decimal("10.50"), "HUF")])
    def test_what_paypal_does_not_take_is_not_asked(self, gateway, paypal_service, money: Money) -> None:
        with pytest.raises(Rejected):
            page(gateway, money=money)
        assert paypal_service.called(ORDERS) == []

    @pytest.mark.parametrize(("status", "error"), [(400, Rejected), (422, Rejected), (429, Unavailable)])
    def test_faults_are_one_of_three(self, gateway, paypal_service, status: int, error) -> None:
        paypal_service.fails(ORDERS, answer=Answer(status, {"name": "X"}, headers={"Retry-After": "600"}))
        with pytest.raises(error):
            page(gateway)

    def test_a_lost_answer_is_asked_for_again_under_the_same_key(self, gateway, paypal_service) -> None:
        paypal_service.fails(ORDERS, after=True)
        assert page(gateway).status is SessionStatus.OPEN
        assert (len(paypal_service.called(ORDERS)), len(paypal_service.orders)) == (2, 1)

    def test_an_order_of_another_merchant_is_refused(self, gateway, paypal_service) -> None:
        session = page(gateway)
        paypal_service.orders[session.external_id].body["purchase_units"][0]["payee"]["merchant_id"] = "2222222222222"
        paypal_service.client_approves(session.external_id)
        with pytest.raises(Rejected, match="somebody else"):
            gateway.checkout_fetch(session.external_id)
        assert paypal_service.called("/capture") == []

    def test_a_page_that_is_to_be_closed_is_never_captured(self, gateway, paypal_service) -> None:
        session = page(gateway)
        paypal_service.client_approves(session.external_id)
        assert gateway.checkout_expire(session.external_id).status is SessionStatus.EXPIRED
        assert gateway.checkout_payments(session.external_id) == []
        assert paypal_service.called("/capture") == []

    def test_captured_already_is_read_again(self, gateway, paypal_service) -> None:
        session = page(gateway)
        paypal_service.client_approves(session.external_id)
        paypal_service.fails("/capture", after=True)
        paypal_service.remembered.clear()
        answer = Answer(422, {"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": "ORDER_ALREADY_CAPTURED"}]})
        paypal_service.fails("/capture", answer=answer)
        assert gateway.checkout_fetch(session.external_id).status is SessionStatus.COMPLETE
        assert len(paypal_service.orders[session.external_id].captures) == 1

    def test_who_approves_again_after_a_refusal_is_charged(self, gateway, paypal_service) -> None:
        session = page(gateway)
        paypal_service.client_approves(session.external_id, refused=True)
        assert gateway.checkout_fetch(session.external_id).status is SessionStatus.OPEN
        paypal_service.client_approves(session.external_id)
        assert gateway.checkout_fetch(session.external_id).status is SessionStatus.COMPLETE
        assert len(gateway.checkout_payments(session.external_id)) == 1

    @pytest.mark.parametrize(("resource", "kind"), [("refund", NoticeKind.REFUND), ("capture", NoticeKind.PAYMENT)])
    def test_a_reversal_is_read_as_what_it_names(self, gateway, resource: str, kind: NoticeKind) -> None:
        told = {"id": "WH-1", "event_type": "PAYMENT.CAPTURE.REVERSED", "resource_type": resource}
        notice = gateway.webhook_notice(json.dumps(told | {"resource": {"id": "1R1"}}).encode())
        assert (notice.kind, notice.object_id) == (kind, "1R1")

    def test_the_fee_is_told(self, gateway, paypal_service) -> None:
        session = page(gateway)
        paypal_service.client_approves(session.external_id)
        gateway.checkout_fetch(session.external_id)
        (paid,) = gateway.checkout_payments(session.external_id)
        assert str(gateway.payment_fee(paid.external_id)) == "USD 1.47"
        assert paid.payer_name == "Jane Doe"

    def test_a_dispute_is_read(self, gateway, paypal_service, now) -> None:
        paypal_service.disputes["PP-D-1"] = {
            "dispute_id": "PP-D-1",
            "status": "WAITING_FOR_SELLER_RESPONSE",
            "dispute_life_cycle_stage": "CHARGEBACK",
            "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
            "dispute_amount": {"currency_code": "USD", "value": "15.00"},
            "disputed_transactions": [{"seller_transaction_id": "3C1"}],
            "create_time": "2026-03-02T08:00:00Z",
        }
        (found,) = gateway.disputes_list(since=now - timedelta(days=1), until=now)
        assert (found.status, found.payment_id, str(found.money)) == (DisputeStatus.NEEDS_RESPONSE, "3C1", "USD 15.00")

    def test_a_refund_of_a_lost_answer_is_found(self, gateway, paypal_service, now) -> None:
        session = page(gateway)
        paypal_service.client_approves(session.external_id)
        gateway.checkout_fetch(session.external_id)
        (paid,) = gateway.checkout_payments(session.external_id)
        asked = refund(paid.external_id, "5.00", 1, "USD")
        paypal_service.fails("/refund", after=True, times=3)
        paypal_service.remembered.clear()
        with pytest.raises((OutcomeUnknown, Rejected)):
            gateway.refund_create(refund(paid.external_id, "20000.00", 1, "USD"))
        assert gateway.refund_find(asked, since=now) is not None

    @pytest.mark.parametrize(
        "answer",
        [Answer(500), Answer(502), Answer(raw=b"<html>"), Answer(422, {"details": [{"issue": BUSY}]})],
        ids=["500", "502", "html", "busy"],
    )
    def test_a_refund_that_may_have_been_made_is_unknown(self, gateway, paypal_service, now, answer: Answer) -> None:
        session = page(gateway)
        paypal_service.client_approves(session.external_id)
        gateway.checkout_fetch(session.external_id)
        (paid,) = gateway.checkout_payments(session.external_id)
        asked = refund(paid.external_id, "5.00", 1, "USD")
        paypal_service.fails("/refund", after=True, answer=answer, times=3)
        with pytest.raises(OutcomeUnknown):
            gateway.refund_create(asked)
        assert gateway.refund_find(asked, since=now) is not None


def test_the_merchant_of_the_tests_is_the_simulators(gateway: PayPalGateway) -> None:
    assert gateway.check().account == paypal.MERCHANT
    assert NoticeKind.DISPUTE != NoticeKind.OTHER
    assert ProviderStatus.REFUNDED != ProviderStatus.SUCCEEDED
