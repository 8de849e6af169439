"""Invoices paid through Stripe, from the page to the books: lost answers, events in any order, borrowed payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import clock as time
from integrations.models import GatewayConnection, WebhookEvent, WebhookStatus
from invoices.models import Invoice
from payments.errors import CheckoutFailed, CheckoutUnknown
from payments.models import Checkout, Payment
from payments.services.checkout_ask import checkouts_sweep
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.states import CheckoutState, PaymentState
from tests.fakes.stripe import Fault, StripeServer
from tests.fakes.stripe.fixtures import connected
from tests.fakes.tasks import CollectedTasks
from tests.payments import builders
from tests.payments.builders import SYSTEM, due

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/x/{key}")


@dataclass
class Shop:
    """A seller that takes money with Stripe, and the other side of it."""

    service: StripeServer
    tasks: CollectedTasks
    connection: GatewayConnection

    def invoice(self) -> Invoice:
        customer = builders.factories.customer(self.connection.profile)
        return builders.invoice(customer, "20000.00")

    def open(self, bill: Invoice, amount: Decimal = Decimal(20000)) -> Checkout:
        return checkout_open(
            parts={bill.pk: amount},
            customer_id=bill.customer_id,
            urls=URLS,
            actor=SYSTEM,
            now=time.now(),
        )

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.service.books.ours.events

    def told(self, event: dict[str, Any]) -> int:
        """The event is posted to us and acted upon; the status that Stripe sees."""
        headers, body = self.service.books.signed(event)
        path = f"/hooks/stripe/{self.connection.pk}/"
        status = Client().post(path, data=body, content_type="application/json", headers=headers).status_code
        self.tasks.run("integrations.process_webhooks")
        return status


@pytest.fixture
def shop(stripe_service: StripeServer, tasks: CollectedTasks, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr("billing_assistant.core.http._pause", lambda *_: 0.0)
    return Shop(stripe_service, tasks, connected(stripe_service, builders.factories.seller()))


def test_a_client_pays_on_stripes_page(shop: Shop) -> None:
    bill = shop.invoice()
    checkout = shop.open(bill)
    assert (checkout.gateway, checkout.account, len(checkout.url) > 500) == ("stripe", "acct_ours", True)
    shop.service.books.client_pays(checkout.external_id)
    for event in list(shop.events):
        assert shop.told(event) == 200
    payment = Payment.objects.get()
    assert (payment.status, payment.amount, due(bill)) == (PaymentState.COMPLETED, Decimal("20000.00"), 0)
    assert (payment.provider, payment.account) == ("stripe", "acct_ours")


# An answer that never came (R09).


def test_a_page_made_without_an_answer_is_found_within_five_minutes(shop: Shop, clock) -> None:
    bill = shop.invoice()
    shop.service.faults.append(Fault("POST /v1/checkout/sessions", after=True, times=9))
    with pytest.raises(CheckoutUnknown):
        shop.open(bill)
    shop.service.faults.clear()
    assert Checkout.objects.get().status == CheckoutState.UNKNOWN
    clock.shift(timedelta(minutes=5))
    checkouts_sweep(now=time.now())
    checkout = Checkout.objects.get()
    assert (checkout.status, bool(checkout.url)) == (CheckoutState.OPEN, True)
    assert len(shop.service.books.all_of(shop.service.books.ours, "checkout.session")) == 1


@pytest.mark.parametrize(("status", "error"), [(500, CheckoutUnknown), (429, CheckoutFailed), (400, CheckoutFailed)])
def test_a_refused_or_broken_call_charges_nobody(shop: Shop, status: int, error: type[Exception]) -> None:
    bill = shop.invoice()
    shop.service.faults.append(Fault("POST", status=status, times=9, headers={"Retry-After": "99"}))
    with pytest.raises(error):
        shop.open(bill)
    assert due(bill) == Decimal("20000.00")


def test_lost_webhooks_are_made_good_by_asking(shop: Shop, clock) -> None:
    bill = shop.invoice()
    checkout = shop.open(bill)
    shop.service.books.client_pays(checkout.external_id)
    clock.shift(timedelta(minutes=6))
    shop.service.faults.append(Fault("GET", after=True, times=1))
    checkouts_sweep(now=time.now())
    assert due(bill) == 0
    assert Payment.objects.filter(status=PaymentState.COMPLETED).count() == 1


def test_a_payment_that_is_not_ours_is_parked(shop: Shop) -> None:
    books = shop.service.books
    intent = books.keep(books.ours, "payment_intent", "pi", amount=100, currency="kes", metadata={}, status="x")
    books.charge(books.ours, intent, "pays", "card")
    assert shop.told(shop.events[-1]) == 200
    event = WebhookEvent.objects.get()
    assert (event.status, "not ours" in event.outcome) == (WebhookStatus.PARKED, True)
    assert not Payment.objects.exists()


# True events about money that is not what we asked for (S04).


@pytest.mark.parametrize(
    "lie",
    [
        {"amount": 1999999},
        {"amount": 2000001},
        {"amount": 200000000},
        {"currency": "usd"},
        {"livemode": True},
        {"on_behalf_of": "acct_theirs"},
        {"transfer_data": {"destination": "acct_theirs"}},
        {"metadata": {"reference": "00000000-0000-0000-0000-000000000000"}},
        {"metadata": {}},
        {"status": "unheard_of"},
    ],
    ids=str,
)
def test_money_that_does_not_fit_is_never_recorded(shop: Shop, lie: dict[str, Any]) -> None:
    bill = shop.invoice()
    checkout = shop.open(bill)
    shop.service.books.client_pays(checkout.external_id, **lie)
    (event,) = [one for one in shop.events if one["type"] == "payment_intent.succeeded"]
    assert shop.told(event) == 200
    assert not Payment.objects.exists()
    assert due(bill) == Decimal("20000.00")
    stored = WebhookEvent.objects.get()
    waits = stored.status == WebhookStatus.RECEIVED and "could not be read" in stored.outcome
    assert stored.status == WebhookStatus.PARKED or (waits and lie.get("status") is not None)


def test_another_invoices_payment_does_not_settle_this_one(shop: Shop) -> None:
    bill, other = shop.invoice(), shop.invoice()
    mine, theirs = shop.open(bill), shop.open(other)
    shop.service.books.client_pays(theirs.external_id, metadata={"reference": str(mine.pk)})
    for event in list(shop.events):
        assert shop.told(event) == 200
    assert due(bill) == Decimal("20000.00")
    assert WebhookEvent.objects.filter(status=WebhookStatus.PARKED).exists()


def test_an_event_signed_by_another_connection_is_refused(shop: Shop) -> None:
    stranger = connected(shop.service, builders.factories.profile())
    stranger.values = {"secret_key": "sk_test_theirs", "webhook_secret": "whsec_theirs"}
    stranger.save()
    checkout = shop.open(shop.invoice())
    shop.service.books.client_pays(checkout.external_id)
    headers, body = shop.service.books.signed(shop.events[0])
    path = f"/hooks/stripe/{stranger.pk}/"
    assert Client().post(path, data=body, content_type="application/json", headers=headers).status_code == 401
    assert not WebhookEvent.objects.exists()
