"""Asking each provider again: about an attempt whose news were lost, and about a payment that is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import clock as clocks
from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from integrations.models import WebhookEvent
from integrations.services.webhooks import webhooks_sweep
from invoices.models import Invoice
from payments.errors import NothingToAsk
from payments.models import Checkout, Payment
from payments.services.asking import checkout_ask_now, payment_ask_now
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.services.prompts import prompt_open
from payments.states import CheckoutState, PaymentState
from tests import factories
from tests.fakes import dodo_fixtures, mpesa_fixtures, paypal_fixtures
from tests.fakes.stripe.fixtures import connected
from tests.payments.builders import NOW, SYSTEM, customer, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")


@dataclass
class Lane:
    """One provider: an attempt that was paid there, of which nobody told us, and how it is told later."""

    checkout: Checkout
    tell: Callable[[], Any]


def opened(bill: Invoice) -> Checkout:
    return checkout_open(
        parts={bill.pk: bill.amount_due},
        customer_id=bill.customer_id,
        urls=URLS,
        actor=SYSTEM,
        now=clocks.now(),
    )


def stripe(request: pytest.FixtureRequest) -> Lane:
    service = request.getfixturevalue("stripe_service")
    connection = connected(service, factories.seller())
    checkout = opened(invoice(factories.customer(connection.profile), "1500.00"))
    service.books.client_pays(checkout.external_id)

    def tell() -> None:
        for event in list(service.books.ours.events):
            headers, body = service.books.signed(event)
            path = f"/hooks/stripe/{connection.pk}/"
            Client().post(path, data=body, content_type="application/json", headers=headers)

    return Lane(checkout, tell)


def paypal(request: pytest.FixtureRequest) -> Lane:
    service = request.getfixturevalue("paypal_service")
    bill = invoice(customer("USD"), total="1500.00")
    paypal_fixtures.connect(bill.profile, service)
    checkout = opened(bill)
    service.client_approves(checkout.external_id)
    return Lane(checkout, lambda: service.deliver(paypal_fixtures.post))


def dodo(request: pytest.FixtureRequest) -> Lane:
    service = request.getfixturevalue("dodo_service")
    bill = invoice(total="1500.00")
    dodo_fixtures.connect(bill.profile, service)
    checkout = opened(bill)
    service.client_pays(checkout.external_id)
    return Lane(checkout, lambda: service.deliver(paypal_fixtures.post))


def mpesa(request: pytest.FixtureRequest) -> Lane:
    service, tell = request.getfixturevalue("safaricom"), request.getfixturevalue("tell")
    bill = invoice(total="1500.00")
    mpesa_fixtures.connect(bill.profile)
    checkout = prompt_open(
        parts={bill.pk: Decimal(1500)},
        customer_id=bill.customer_id,
        phone="254712345678",
        actor=SYSTEM,
        now=clocks.now(),
    )
    service.payer_decides(checkout.external_id)
    return Lane(checkout, lambda: service.deliver(tell))


@pytest.fixture(params=[stripe, paypal, dodo, mpesa], ids=lambda lane: lane.__name__)
def lane(request: pytest.FixtureRequest) -> Lane:
    return request.param(request)


def test_an_attempt_is_asked_about_and_its_payment_found(lane: Lane) -> None:
    checkout = checkout_ask_now(checkout_id=lane.checkout.pk, actor=SYSTEM, now=clocks.now())
    payment = Payment.objects.get(status=PaymentState.COMPLETED)
    assert (checkout.status, payment.checkout_id) == (CheckoutState.SUCCEEDED, checkout.pk)
    with pytest.raises(NothingToAsk):
        checkout_ask_now(checkout_id=checkout.pk, actor=SYSTEM, now=clocks.now())


def test_payment_and_attempt_show_what_was_told_and_can_be_asked_about(lane: Lane, client: Client) -> None:
    checkout_ask_now(checkout_id=lane.checkout.pk, actor=SYSTEM, now=clocks.now())
    lane.tell()
    webhooks_sweep(now=clocks.now())
    payment = Payment.objects.get(status=PaymentState.COMPLETED)
    person = sign_in(client)
    person.profiles.set([payment.profile])
    page = client.get(f"/payments/{payment.pk}/").content.decode()
    attempt = client.get(f"/payments/attempts/{lane.checkout.pk}/").content.decode()
    told = WebhookEvent.objects.filter(source=payment.provider)
    shown = [event for event in told if f"/payments/events/{event.pk}/" in page]
    assert shown
    assert any(f"/payments/events/{event.pk}/" in attempt for event in told)
    assert f"/payments/attempts/{lane.checkout.pk}/" in page
    assert payment.number in attempt
    for event in shown:
        assert client.get(f"/payments/events/{event.pk}/").status_code == 200
    before = payment.amount_allocated
    answer = client.post(f"/payments/{payment.pk}/ask/", follow=True)
    assert "The gateway was asked" in text_of(answer)
    assert Event.objects.filter(name="payment.asked", subject_id=payment.pk).exists()
    payment.refresh_from_db()
    assert (Payment.objects.filter(status=PaymentState.COMPLETED).count(), payment.amount_allocated) == (1, before)


@pytest.mark.django_db(transaction=True)
def test_asking_about_a_payment_is_kept_where_no_transaction_is_open(request: pytest.FixtureRequest) -> None:
    made = stripe(request)
    checkout_ask_now(checkout_id=made.checkout.pk, actor=SYSTEM, now=NOW)
    payment = Payment.objects.get()
    assert payment_ask_now(payment_id=payment.pk, actor=SYSTEM, now=NOW)
    assert Event.objects.filter(name="payment.asked", subject_id=payment.pk).count() == 1


def test_the_attempts_of_an_invoice_are_on_its_page_and_are_asked_about_there(lane: Lane, client: Client) -> None:
    person = sign_in(client)
    person.profiles.set([lane.checkout.profile])
    url = f"/payments/attempts/{lane.checkout.pk}/"
    assert url in client.get(f"/invoices/{lane.checkout.invoice_id}/").content.decode()
    assert f"{url}ask/" in client.get(url).content.decode()
    assert "Paid" in text_of(client.post(f"{url}ask/", follow=True))
    assert f"{url}ask/" not in client.get(url).content.decode()


def test_money_by_hand_has_nobody_to_be_asked(client: Client) -> None:
    payment = pay(customer(), "10.00")
    with pytest.raises(NothingToAsk):
        payment_ask_now(payment_id=payment.pk, actor=SYSTEM, now=NOW)
    sign_in(client)
    assert f"/payments/{payment.pk}/ask/" not in client.get(f"/payments/{payment.pk}/").content.decode()


def test_only_who_records_payments_of_the_profile_asks(request: pytest.FixtureRequest) -> None:
    checkout = stripe(request).checkout
    with pytest.raises(PermissionRefused):
        checkout_ask_now(checkout_id=checkout.pk, actor=factories.actor(Role.READ_ONLY), now=NOW)
    elsewhere = factories.actor(Role.FINANCE, profiles=[factories.profile()])
    with pytest.raises(NotFound):
        checkout_ask_now(checkout_id=checkout.pk, actor=elsewhere, now=NOW)
