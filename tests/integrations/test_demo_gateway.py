"""The demo gateway end to end, over a real socket: page, cards, signed events, our intake, our books."""

from __future__ import annotations

import re
from decimal import Decimal

import httpx
import pytest
from django.test import Client

from billing_assistant.core import clock
from integrations.demo_gateway import keys
from integrations.demo_gateway.adapter import DemoGateway
from integrations.demo_gateway.cards import CARDS, digits_of
from integrations.demo_gateway.provider import payments_settle
from integrations.models import DemoDelivery, DemoPayment, DemoSession, WebhookEvent, WebhookStatus
from payments.models import Checkout, Payment
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.states import CheckoutState, PaymentState
from tests.payments.builders import SYSTEM, due, invoice

URLS = ReturnUrls(success=lambda key: f"http://testserver/{key}", cancel=lambda key: f"http://testserver/x/{key}")
money = pytest.mark.money
live = pytest.mark.django_db(transaction=True)


def _open(bill, amount: str) -> Checkout:
    return checkout_open(
        parts={bill.pk: Decimal(amount)},
        customer_id=bill.customer_id,
        urls=URLS,
        actor=SYSTEM,
        now=clock.now(),
    )


def _pay(checkout: Checkout, card: str) -> httpx.Response:
    """What a client's browser does on the hosted page."""
    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        page = browser.get(checkout.url)
        assert page.status_code == 200
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "number": card}
        return browser.post(checkout.url, data=form, headers={"Referer": checkout.url})


@live
@money
def test_two_part_payments_settle_an_invoice(live_demo: DemoGateway, tasks) -> None:
    bill = invoice(now=clock.now())
    first = _open(bill, "20000.00")
    answer = _pay(first, "4242 4242 4242 4242")
    assert f"http://testserver/{first.pk}" in answer.text
    tasks.run("integrations.demo_deliver", "integrations.process_webhooks")
    first.refresh_from_db()
    assert (first.status, due(bill)) == (CheckoutState.SUCCEEDED, Decimal("32200.00"))
    second = _open(bill, "32200.00")
    _pay(second, "5555 5555 5555 4444")
    tasks.run("integrations.demo_deliver", "integrations.process_webhooks")
    assert due(bill) == 0
    assert {event.status for event in WebhookEvent.objects.all()} == {WebhookStatus.DONE}
    assert [each.amount for each in Payment.objects.order_by("id")] == [Decimal(20000), Decimal(32200)]
    assert all(delivery.delivered_at for delivery in DemoDelivery.objects.all())


@live
@money
def test_a_declined_card_says_why_and_another_pays(live_demo: DemoGateway, tasks) -> None:
    bill = invoice(now=clock.now())
    checkout = _open(bill, "52200.00")
    assert "not enough money" in _pay(checkout, "4000000000009995").text
    _pay(checkout, "4242424242424242")
    tasks.run("integrations.demo_deliver", "integrations.process_webhooks")
    assert due(bill) == 0
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["completed", "failed"]


@live
@money
def test_a_slow_bank_is_processing_until_it_answers(live_demo: DemoGateway, tasks) -> None:
    bill = invoice(now=clock.now())
    checkout = _open(bill, "52200.00")
    assert "being processed" in _pay(checkout, "4000000000000077").text
    tasks.run("integrations.demo_deliver", "integrations.process_webhooks")
    checkout.refresh_from_db()
    assert (checkout.status, Payment.objects.get().status) == (CheckoutState.PROCESSING, PaymentState.PROCESSING)
    DemoPayment.objects.update(settles_at=clock.now())
    payments_settle(now=clock.now())
    tasks.run("integrations.demo_deliver", "integrations.process_webhooks")
    assert due(bill) == 0


@live
@money
def test_an_event_that_is_not_taken_is_sent_again(live_demo: DemoGateway, tasks, settings) -> None:
    bill = invoice(now=clock.now())
    _pay(_open(bill, "52200.00"), "4242424242424242")
    live_url, settings.PUBLIC_BASE_URL = settings.PUBLIC_BASE_URL, "http://127.0.0.1:9"
    tasks.run("integrations.demo_deliver")
    delivery = DemoDelivery.objects.get()
    assert (delivery.delivered_at, delivery.attempts) == (None, 1)
    settings.PUBLIC_BASE_URL = live_url
    DemoDelivery.objects.update(due_at=clock.now())
    tasks.waiting.append(("integrations.sweep", {}))
    tasks.run("integrations.sweep", "integrations.process_webhooks")
    assert due(bill) == 0
    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.due_at) == (2, None)


@live
def test_the_success_rate_can_be_set(live_demo: DemoGateway, tasks, settings) -> None:
    settings.DEMO_GATEWAY_SUCCESS_RATE = Decimal(0)
    bill = invoice(now=clock.now())
    assert "Try again" in _pay(_open(bill, "52200.00"), "4242424242424242").text
    assert DemoPayment.objects.get().failure_code == "try_again"


@live
def test_a_closed_page_takes_no_card(live_demo: DemoGateway, tasks) -> None:
    checkout = _open(invoice(now=clock.now()), "52200.00")
    live_demo.checkout_expire(checkout.external_id)
    answer = Client().get(f"/demo-gateway/pay/{checkout.external_id}/")
    assert "This page is closed" in answer.content.decode()
    Client().post(f"/demo-gateway/pay/{checkout.external_id}/", {"number": "4242424242424242"})
    assert not DemoPayment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["pay/cs_demo_1/", "api/v1/sessions", "api/v1/sessions/cs_1", "api/v1/sessions/cs_1/payments", "api/v1/payments/p"],
)
def test_while_the_demo_is_off_nothing_is_there(settings, path: str) -> None:
    settings.DEMO = False
    key = {"Authorization": f"Bearer {keys.api_key()}"}
    assert Client().get(f"/demo-gateway/{path}", headers=key).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("secret", ["only-for-tests", "", None])
@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer demo_sk_", "Bearer x", "demo_sk_wrong"])
def test_the_api_needs_its_key(settings, secret: str | None, given: str) -> None:
    settings.DEMO_GATEWAY_SECRET = secret
    answer = Client().get("/demo-gateway/api/v1/sessions", headers={"Authorization": given} if given else {})
    assert answer.status_code == 401


def _ask(body: str, key: str = "k1"):
    headers = {"Authorization": f"Bearer {keys.api_key()}"} | ({"Idempotency-Key": key} if key else {})
    path = "/demo-gateway/api/v1/sessions"
    return Client().post(path, data=body, content_type="application/json", headers=headers)


GOOD = (
    '{"reference":"r","amount":100,"currency":"KES","success_url":"https://a","cancel_url":"https://b",'
    '"expires_at":1900000000}'
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        "nonsense",
        GOOD.replace("100", "0"),
        GOOD.replace("100", "-1"),
        GOOD.replace("100", "1.5"),
        GOOD.replace("100", "true"),
        GOOD.replace("100", '"100"'),
        GOOD.replace("KES", "XYZ"),
        GOOD.replace("https://a", "javascript:alert(1)"),
        GOOD.replace("1900000000", "1e400"),
        GOOD.replace("1900000000", "9" * 30),
    ],
)
def test_the_api_refuses_what_it_cannot_read(body: str) -> None:
    assert _ask(body).status_code == 400
    assert not DemoSession.objects.exists()


@pytest.mark.django_db
def test_a_key_is_for_one_request(settings) -> None:
    assert _ask(GOOD, key="").status_code == 400
    first = _ask(GOOD).json()
    assert _ask(GOOD).json() == first
    assert _ask(GOOD.replace("100", "101")).status_code == 422
    assert DemoSession.objects.count() == 1


def test_cards_are_valid_numbers_and_strangers_are_not() -> None:
    assert all(digits_of(card.spaced) == card.number for card in CARDS)
    for typed in ("4242 4242 4242 4241", "42", "4" * 40, "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "abcd", ""):
        assert digits_of(typed) == ""
