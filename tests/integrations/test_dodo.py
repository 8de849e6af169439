"""Dodo Payments over a socket: the contract, Standard Webhooks, no second effect without keys, any order of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core import clock as clocks
from billing_assistant.core.errors import OutcomeUnknown, Rejected
from integrations.dodo.adapter import DodoGateway
from integrations.dodo.signatures import sign, verify
from integrations.models import WebhookEvent, WebhookStatus
from integrations.ports.attempts import Decline
from integrations.ports.payments import (
    CheckoutSession,
    NoticeKind,
    SessionStatus,
    WebhookCall,
    WebhookNotConfigured,
    WebhookRefused,
)
from integrations.registry import gateway_of, page_gateways
from integrations.services.webhooks import webhooks_sweep
from invoices.models import Invoice
from payments.errors import CheckoutUnknown
from payments.models import Checkout, Payment
from payments.services.checkout_ask import checkouts_sweep
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.states import PaymentState
from tests import factories
from tests.fakes import dodo
from tests.fakes.dodo import DodoSimulator
from tests.fakes.dodo_fixtures import connect
from tests.fakes.paypal_fixtures import post
from tests.fakes.vendor_server import Answer
from tests.integrations.gateway_contract import GatewayContract, charge, refund, request, setup
from tests.payments.builders import SYSTEM, due, invoice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks", "clock")]
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")
CODES = {Decline.NONE: "", Decline.SOFT: "insufficient_funds", Decline.HARD: "stolen_card"}


@pytest.fixture
def gateway(dodo_service: DodoSimulator, clock) -> DodoGateway:
    made = gateway_of(connect(factories.seller(), dodo_service))
    assert isinstance(made, DodoGateway)
    return made


class TestContract(GatewayContract):
    @pytest.fixture
    def gateway(self, gateway: DodoGateway, dodo_service: DodoSimulator) -> DodoGateway:
        self.service = dodo_service
        return gateway

    def pays(self, gateway: DodoGateway, session: CheckoutSession) -> None:
        self.service.client_pays(session.external_id)

    def is_declined(self, gateway: DodoGateway, session: CheckoutSession) -> None:
        self.service.client_pays(session.external_id, "failed")

    def signed_event(self, gateway: DodoGateway, payment_id: str) -> tuple[dict[str, str], bytes]:
        told = next(each for each in self.service.outbox if payment_id.encode() in each.body)
        return dict(told.headers), told.body

    def saves(self, gateway: DodoGateway, setup_id: str, decline: Decline = Decline.NONE) -> None:
        self.service.client_saves(setup_id, CODES.get(decline, "authentication_required"))


class TestSignatures:
    AT = datetime.fromtimestamp(1614265330, tz=UTC)
    BODY = b'{"test": 2432232314}'
    HEADERS = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    def test_the_published_vector(self) -> None:
        made = sign(secret=dodo.SIGNING, event_id=self.HEADERS["webhook-id"], seconds=1614265330, body=self.BODY)
        assert made == self.HEADERS["webhook-signature"]
        verify(secrets=[dodo.SIGNING], headers=self.HEADERS, body=self.BODY, now=self.AT)

    def test_one_of_several_signatures_and_secrets_is_enough(self) -> None:
        headers = self.HEADERS | {"webhook-signature": f"v1,AAAA {self.HEADERS['webhook-signature']}"}
        verify(secrets=["whsec_AAAA", dodo.SIGNING], headers=headers, body=self.BODY, now=self.AT)
        with pytest.raises(WebhookRefused):
            verify(secrets=["whsec_AAAA"], headers=headers, body=self.BODY, now=self.AT)

    @pytest.mark.parametrize(
        "lie",
        [
            {"webhook-id": "msg_other"},
            {"webhook-id": ""},
            {"webhook-timestamp": "1614265331"},
            {"webhook-timestamp": "soon"},
            {"webhook-timestamp": "-1"},
            {"webhook-signature": ""},
            {"webhook-signature": "v1,"},
            {"webhook-signature": "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        ],
    )
    def test_everything_else_is_refused(self, lie: dict[str, str]) -> None:
        with pytest.raises(WebhookRefused):
            verify(secrets=[dodo.SIGNING], headers=self.HEADERS | lie, body=self.BODY, now=self.AT)

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_old_and_future_ones_are_refused(self, seconds: int) -> None:
        moved = self.AT + timedelta(seconds=seconds)
        with pytest.raises(WebhookRefused):
            verify(secrets=[dodo.SIGNING], headers=self.HEADERS, body=self.BODY, now=moved)

    @pytest.mark.parametrize("secrets", [[], ["whsec_"], ["whsec_%%%"]])
    def test_without_a_secret_nothing_is_believed(self, secrets: list[str]) -> None:
        with pytest.raises(WebhookNotConfigured):
            verify(secrets=secrets, headers=self.HEADERS, body=self.BODY, now=self.AT)

    def test_an_event_of_another_key_is_refused_at_the_hook(self, gateway, dodo_service) -> None:
        assert post(dodo_service.signed(b"{}", secret="whsec_c29tZWJvZHkgZWxzZQ==")) == 401
        assert not WebhookEvent.objects.exists()


class TestWithoutKeys:
    def test_a_page_of_a_lost_answer_is_made_again_and_charges_once(self, gateway, dodo_service) -> None:
        asked = request()
        dodo_service.fails("/checkouts", after=True)
        with pytest.raises(OutcomeUnknown):
            gateway.checkout_create(asked)
        assert gateway.checkout_find(asked.idempotency_key, since=clocks.now()) is None
        assert gateway.checkout_create(asked).status is SessionStatus.OPEN
        assert (len(dodo_service.sessions), dodo_service.payments) == (2, {})

    def test_a_page_of_a_lost_answer_on_which_was_paid_is_found(self, gateway, dodo_service) -> None:
        asked = request()
        dodo_service.fails("/checkouts", after=True)
        with pytest.raises(OutcomeUnknown):
            gateway.checkout_create(asked)
        dodo_service.client_pays("cks_1")
        found = gateway.checkout_find(asked.idempotency_key, since=clocks.now())
        assert (found.external_id, found.status) == ("cks_1", SessionStatus.COMPLETE)

    def test_a_charge_of_a_lost_answer_is_found_not_repeated(self, gateway, dodo_service) -> None:
        page = gateway.setup_create(setup())
        dodo_service.client_saves(page.external_id)
        asked = charge(gateway.setup_fetch(page.external_id).method)
        dodo_service.fails("/charge", after=True)
        with pytest.raises(OutcomeUnknown):
            gateway.method_charge(asked)
        assert gateway.method_charge(asked) == gateway.charge_find(asked, since=clocks.now())
        assert (len(dodo_service.payments), len(dodo_service.called("/charge"))) == (1, 1)

    def test_a_refund_of_a_lost_answer_is_found_not_repeated(self, gateway, dodo_service) -> None:
        paid = dodo_service.client_pays(gateway.checkout_create(request()).external_id)
        asked = refund(paid["payment_id"], "5000.00", 1)
        dodo_service.fails("/refunds", after=True)
        with pytest.raises(OutcomeUnknown):
            gateway.refund_create(asked)
        assert gateway.refund_create(asked) == gateway.refund_find(asked, since=clocks.now())
        assert len(dodo_service.refunds) == 1

    def test_a_page_has_a_way_back(self, gateway, dodo_service) -> None:
        gateway.checkout_create(request())
        (call,) = dodo_service.called("/checkouts")
        assert call.json()["cancel_url"] == "http://127.0.0.1/back"

    def test_the_payment_of_nothing_that_comes_with_a_saved_method_is_news_of_that(self, gateway, dodo_service) -> None:
        page = gateway.setup_create(setup())
        metadata = dodo_service.sessions[page.external_id]["metadata"]
        told = dodo_service.tell("payment.succeeded", dodo_service.paid(0, "KES", metadata, "succeeded", ""))
        notice = gateway.webhook_notice(told.body)
        assert (notice.kind, notice.object_id) == (NoticeKind.SETUP, page.external_id)

    @pytest.mark.parametrize("status", [None, "requires_customer_action"])
    def test_a_payment_that_nobody_went_through_with_is_no_attempt(self, gateway, dodo_service, status) -> None:
        page = gateway.checkout_create(request())
        dodo_service.client_pays(page.external_id, status)
        assert gateway.checkout_fetch(page.external_id).status is SessionStatus.OPEN
        assert gateway.checkout_payments(page.external_id) == []

    def test_a_charge_that_cannot_be_read_afterwards_is_unknown(self, gateway, dodo_service) -> None:
        page = gateway.setup_create(setup())
        dodo_service.client_saves(page.external_id)
        asked = charge(gateway.setup_fetch(page.external_id).method)
        dodo_service.fails("/payments/", answer=Answer(503), times=3)
        with pytest.raises(OutcomeUnknown):
            gateway.method_charge(asked)
        assert gateway.charge_find(asked, since=clocks.now()) is not None
        assert len(dodo_service.payments) == 1

    def test_a_refund_whose_amount_is_not_told_is_unknown(self, gateway, dodo_service) -> None:
        paid = dodo_service.client_pays(gateway.checkout_create(request()).external_id)
        made = Answer(body={"refund_id": "ref_9", "payment_id": paid["payment_id"], "amount": None, "currency": None})
        dodo_service.fails("/refunds", answer=made)
        with pytest.raises(OutcomeUnknown):
            gateway.refund_create(refund(paid["payment_id"], "5000.00", 1))

    def test_a_refund_always_names_the_currency(self, gateway, dodo_service) -> None:
        paid = dodo_service.client_pays(gateway.checkout_create(request()).external_id)
        gateway.refund_create(refund(paid["payment_id"], "5000.00", 1))
        (call,) = [each for each in dodo_service.called("/refunds") if each.method == "POST"]
        assert (call.json()["currency"], call.json()["items"][0]["amount"]) == ("KES", 500_000)
        with pytest.raises(Rejected):
            gateway.refund_create(refund(paid["payment_id"], "1.00", 2, "USD"))

    @pytest.mark.parametrize("name", ["pay_what_you_want", "tax_inclusive"])
    def test_the_test_of_the_connection_looks_at_the_product(self, gateway, dodo_service, name: str) -> None:
        dodo_service.product[name] = False
        with pytest.raises(Rejected):
            gateway.check()


def test_it_is_offered_for_the_currencies_that_are_on_there(dodo_service, clock) -> None:
    seller = factories.seller()
    made = gateway_of(connect(seller, dodo_service, currencies="usd, EUR"))
    assert made.check().account == dodo.BUSINESS
    offered = {code: [each.name for each in page_gateways(seller.pk, code)] for code in ("USD", "KES")}
    assert offered == {"USD": ["dodo", "demo"], "KES": ["demo"]}
    with pytest.raises(Rejected):
        gateway_of(connect(factories.seller(), dodo_service, currencies="EURO")).check()


@pytest.fixture
def bill(dodo_service: DodoSimulator, clock) -> Invoice:
    made = invoice(total="1500.00")
    connect(made.profile, dodo_service)
    return made


def another(bill: Invoice) -> Invoice:
    """An invoice like it, of another customer of the same seller: stories share the world and nothing else."""
    return invoice(factories.customer(bill.profile), total="1500.00")


def start(bill: Invoice) -> Checkout:
    return checkout_open(
        parts={bill.pk: Decimal(1500)},
        customer_id=bill.customer_id,
        urls=URLS,
        actor=SYSTEM,
        now=clocks.now(),
    )


def settle(service: DodoSimulator, clock: Any, *, rounds: int = 4) -> None:
    for _ in range(rounds):
        service.deliver(post)
        webhooks_sweep(now=clocks.now())
        clock.shift(timedelta(minutes=5))
        checkouts_sweep(now=clocks.now())
        service.now = clocks.now()


def paid_once(bill: Invoice) -> Payment:
    payment = Payment.objects.get(customer_id=bill.customer_id, status=PaymentState.COMPLETED)
    assert (payment.amount, due(bill)) == (Decimal(1500), Decimal(0))
    return payment


@pytest.mark.money
class TestBooks:
    def test_a_timeout_after_the_page_was_made_ends_in_one_charge(self, bill, dodo_service, clock) -> None:
        dodo_service.fails("/checkouts", after=True)
        with pytest.raises(CheckoutUnknown):
            start(bill)
        second = start(bill)
        dodo_service.client_pays(second.external_id)
        settle(dodo_service, clock)
        paid_once(bill)

    def test_tax_on_top_of_our_total_is_parked_for_a_person(self, bill, dodo_service, clock) -> None:
        checkout = start(bill)
        paid = dodo_service.client_pays(checkout.external_id)
        paid["total_amount"] += 24_000
        dodo_service.deliver(post)
        webhooks_sweep(now=clocks.now())
        event = WebhookEvent.objects.get()
        assert (event.status, Payment.objects.count()) == (WebhookStatus.PARKED, 0)

    def test_an_event_of_another_business_is_parked(self, bill, dodo_service, clock) -> None:
        start(bill)
        body = b'{"business_id":"bus_x","type":"payment.succeeded","timestamp":"t","data":{"payment_id":"pay_1"}}'
        assert post(dodo_service.signed(body)) == 200
        webhooks_sweep(now=clocks.now())
        assert WebhookEvent.objects.get().status == WebhookStatus.PARKED

    def test_a_payment_of_another_page_cannot_be_borrowed(self, bill, dodo_service, gateway, clock) -> None:
        start(bill)
        foreign = gateway.checkout_create(request("1500.00"))
        dodo_service.client_pays(foreign.external_id)
        settle(dodo_service, clock, rounds=2)
        assert (due(bill), Payment.objects.count()) == (Decimal(1500), 0)


def test_the_verified_call_is_read(gateway: DodoGateway, dodo_service: DodoSimulator) -> None:
    told = dodo_service.tell("payout.created", {"id": "po_1"})
    gateway.webhook_verify(WebhookCall(told.headers, told.body, clocks.now()))
    assert gateway.webhook_notice(told.body).account == dodo.BUSINESS
