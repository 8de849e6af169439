"""Payments with PayPal, from the order to the books."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing_assistant.core import clock as clocks
from integrations.models import WebhookEvent, WebhookStatus
from integrations.registry import gateway_of
from integrations.services.webhooks import webhooks_sweep
from invoices.models import Invoice
from payments.errors import CheckoutFailed, CheckoutUnknown
from payments.models import Checkout, Payment
from payments.services.checkout_ask import checkouts_close, checkouts_sweep
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.states import CheckoutState, PaymentMethod, PaymentState
from tests import factories
from tests.fakes.paypal import PayPalSimulator
from tests.fakes.paypal_fixtures import connect, post
from tests.fakes.vendor_server import Answer
from tests.integrations.gateway_contract import request
from tests.payments.builders import SYSTEM, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tasks", "clock")]
ORDERS = "/v2/checkout/orders"
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")


@pytest.fixture
def bill(paypal_service: PayPalSimulator, clock) -> Invoice:
    made = invoice(customer("USD"), total="1500.00")
    connect(made.profile, paypal_service)
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


def settle(service: PayPalSimulator, clock: Any, *, rounds: int = 6) -> None:
    for _ in range(rounds):
        service.deliver(post)
        webhooks_sweep(now=clocks.now())
        checkouts_sweep(now=clocks.now())
        clock.shift(timedelta(minutes=5))
        service.now = clocks.now()


def paid_once(bill: Invoice, service: PayPalSimulator) -> Payment:
    payments = Payment.objects.filter(status=PaymentState.COMPLETED)
    payment = payments.get(customer_id=bill.customer_id)
    assert (payment.amount, payment.method, due(bill)) == (Decimal(1500), PaymentMethod.PAYPAL, Decimal(0))
    completed = [each for order in service.orders.values() for each in order.captures if each["status"] == "COMPLETED"]
    assert len(completed) == payments.count()
    return payment


@pytest.mark.money
class TestBooks:
    def test_an_approved_order_is_captured_and_recorded(self, bill, paypal_service, clock) -> None:
        checkout = start(bill)
        assert checkout.url.startswith("https://www.sandbox.paypal.com/")
        paypal_service.client_approves(checkout.external_id)
        settle(paypal_service, clock)
        assert paid_once(bill, paypal_service).unapplied == 0
        assert Checkout.objects.get().status == CheckoutState.SUCCEEDED

    def test_a_lost_event_is_found_by_asking(self, bill, paypal_service, clock) -> None:
        paypal_service.client_approves(start(bill).external_id)
        paypal_service.outbox.clear()
        clock.shift(timedelta(minutes=6))
        checkouts_sweep(now=clocks.now())
        assert paid_once(bill, paypal_service).unapplied == 0

    def test_a_timeout_after_the_capture_is_one_payment(self, bill, paypal_service, clock) -> None:
        paypal_service.client_approves(start(bill).external_id)
        paypal_service.fails("/capture", after=True, times=4)
        settle(paypal_service, clock)
        assert paid_once(bill, paypal_service).unapplied == 0

    def test_a_timeout_after_the_order_was_made_ends_in_one_charge(self, bill, paypal_service, clock) -> None:
        paypal_service.fails(ORDERS, after=True, times=3)
        with pytest.raises(CheckoutUnknown):
            start(bill)
        second = start(bill)
        paypal_service.client_approves(second.external_id)
        settle(paypal_service, clock)
        assert paid_once(bill, paypal_service).unapplied == 0

    def test_an_invoice_that_was_settled_meanwhile_is_not_captured(self, bill, paypal_service, clock) -> None:
        checkout = start(bill)
        paypal_service.client_approves(checkout.external_id)
        pay(bill.customer, "1500.00", {bill.pk: Decimal(1500)})
        checkouts_close(invoice_id=bill.pk, now=clocks.now())
        settle(paypal_service, clock)
        assert (paypal_service.called("/capture"), Payment.objects.count()) == ([], 1)

    def test_money_that_takes_its_time_is_being_processed(self, bill, paypal_service, clock) -> None:
        checkout = start(bill)
        paypal_service.client_approves(checkout.external_id, pending=True)
        settle(paypal_service, clock, rounds=2)
        assert Payment.objects.get().status == PaymentState.PROCESSING
        (capture,) = paypal_service.orders[checkout.external_id].captures
        capture["status"] = "COMPLETED"
        paypal_service.tell("PAYMENT.CAPTURE.COMPLETED", capture)
        settle(paypal_service, clock)
        assert paid_once(bill, paypal_service).unapplied == 0

    def test_the_events_amount_is_never_believed(self, bill, paypal_service, clock) -> None:
        checkout = start(bill)
        paypal_service.client_approves(checkout.external_id)
        settle(paypal_service, clock, rounds=2)
        (capture,) = paypal_service.orders[checkout.external_id].captures
        lie = {**capture, "amount": {"currency_code": "USD", "value": "999999.00"}}
        paypal_service.tell("PAYMENT.CAPTURE.COMPLETED", lie)
        settle(paypal_service, clock, rounds=2)
        assert paid_once(bill, paypal_service).unapplied == 0

    def test_a_payment_of_another_order_cannot_be_borrowed(self, bill, paypal_service, clock) -> None:
        mine = start(bill)
        gateway = gateway_of(bill.profile.pk and connection_of(bill))
        foreign = gateway.checkout_create(request(currency="USD"))
        paypal_service.client_approves(foreign.external_id)
        gateway.checkout_fetch(foreign.external_id)
        settle(paypal_service, clock, rounds=2)
        assert due(bill) == Decimal(1500)
        assert not Payment.objects.exists()
        assert WebhookEvent.objects.filter(status=WebhookStatus.PARKED).exists()
        assert Checkout.objects.get().pk == mine.pk

    def test_a_refusal_opens_nothing(self, bill, paypal_service) -> None:
        paypal_service.fails(ORDERS, answer=Answer(422, {"name": "UNPROCESSABLE_ENTITY"}))
        with pytest.raises(CheckoutFailed):
            start(bill)


def connection_of(bill: Invoice) -> Any:
    from integrations.models import GatewayConnection  # noqa: PLC0415 -- only this test needs it

    return GatewayConnection.objects.get(profile=bill.profile)
