"""Payment links: made once, paid once, closed when they ask for more than is due."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import clock as time
from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.failpoints import FailPointReached
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from integrations.models import WebhookEvent, WebhookStatus
from invoices.models import Invoice
from invoices.services.void import invoice_void
from payments.errors import CheckoutUnknown, NothingDue, OnlinePaymentsOff, PaymentInFlight
from payments.models import Checkout, Payment
from payments.services.checkout_ask import checkouts_sweep
from payments.services.payment_links import payment_link_close, payment_link_make
from payments.states import CheckoutState, PaymentState
from tests import factories
from tests.fakes.stripe import Fault, StripeServer
from tests.fakes.stripe.fixtures import connected
from tests.fakes.tasks import CollectedTasks
from tests.payments import builders
from tests.payments.builders import SYSTEM, due
from tests.payments.staff_pages import sign_in
from tests.payments.test_stripe_payments import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


@pytest.fixture
def shop(stripe_service: StripeServer, tasks: CollectedTasks, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr("billing_assistant.core.http._pause", lambda *_: 0.0)
    return Shop(stripe_service, tasks, connected(stripe_service, factories.seller()))


def link_of(bill: Invoice) -> Checkout:
    return payment_link_make(invoice_id=bill.pk, actor=SYSTEM, now=time.now())


def pays(shop: Shop, link: Checkout, **how: Any) -> str:
    books = shop.service.books
    return books.client_pays(books.client_follows(link.external_id), **how)


def at_stripe(shop: Shop, link: Checkout) -> dict[str, Any]:
    return shop.service.books.ours.objects[link.external_id]


def test_money_that_comes_through_a_link_is_recorded_once_and_settles_the_invoice(shop: Shop) -> None:
    bill = shop.invoice()
    link = link_of(bill)
    assert (link.is_link, link.status, link.amount, link.currency) == (True, "open", bill.amount_due, bill.currency)
    assert link.url == at_stripe(shop, link)["url"]
    pays(shop, link)
    for event in [*shop.events, *shop.events]:
        assert shop.told(event) == 200
    assert not WebhookEvent.objects.filter(status=WebhookStatus.PARKED).exists()
    payment = Payment.objects.get()
    assert (payment.status, payment.amount, payment.checkout) == (PaymentState.COMPLETED, Decimal("20000.00"), link)
    assert due(bill) == 0
    link.refresh_from_db()
    assert (link.status, link.ask_at) == (CheckoutState.SUCCEEDED, None)


def test_money_is_found_when_every_webhook_is_lost(shop: Shop, clock: Any) -> None:
    bill = shop.invoice()
    pays(shop, link_of(bill))
    clock.shift(timedelta(minutes=6))
    assert checkouts_sweep(now=time.now()) == 1
    assert (Payment.objects.get().status, due(bill)) == (PaymentState.COMPLETED, 0)


def test_asking_twice_gives_the_same_link_and_another_sum_another_link(shop: Shop) -> None:
    bill = shop.invoice()
    link = link_of(bill)
    assert link_of(bill) == link
    builders.pay(bill.customer, "5000.00", {bill.pk: Decimal(5000)}, now=time.now())
    bill.refresh_from_db()
    other = link_of(bill)
    assert (other.amount, Checkout.objects.filter(status="open").get()) == (Decimal("15000.00"), other)
    shop.tasks.run()
    assert (at_stripe(shop, link)["active"], at_stripe(shop, other)["active"]) == (False, True)


@pytest.mark.parametrize("how", ["paid", "voided", "closed"])
def test_a_link_is_closed_there_when_the_invoice_is_settled_or_void_or_staff_want_it(shop: Shop, how: str) -> None:
    bill = shop.invoice()
    link = link_of(bill)
    page = shop.service.books.client_follows(link.external_id)
    if how == "paid":
        builders.pay(bill.customer, "20000.00", {bill.pk: Decimal(20000)}, now=time.now())
    elif how == "voided":
        invoice_void(invoice_id=bill.pk, reason="Made twice", actor=SYSTEM, now=time.now())
    else:
        payment_link_close(checkout_id=link.pk, actor=SYSTEM, now=time.now())
    shop.tasks.run()
    link.refresh_from_db()
    assert (link.status, link.ask_at) == (CheckoutState.EXPIRED, None)
    assert at_stripe(shop, link)["active"] is False
    assert shop.service.books.ours.objects[page]["status"] == "expired"
    assert Event.objects.filter(name="checkout.link_closed", subject_id=link.pk).count() == 1


def test_a_lost_answer_is_found_by_its_key_and_no_second_link_is_made(shop: Shop, clock: Any) -> None:
    bill = shop.invoice()
    shop.service.faults.append(Fault("POST /v1/payment_links$", after=True, times=9))
    with pytest.raises(CheckoutUnknown):
        link_of(bill)
    clock.shift(timedelta(minutes=6))
    assert checkouts_sweep(now=time.now()) == 1
    link = Checkout.objects.get()
    assert (link.status, link.url) == (CheckoutState.OPEN, at_stripe(shop, link)["url"])
    assert len(shop.service.books.all_of(shop.service.books.ours, "payment_link")) == 1


@pytest.mark.parametrize(("point", "made"), [("payment_link.before_call", 0), ("payment_link.after_call", 1)])
def test_a_process_that_dies_around_the_call_is_caught_up_with(
    shop: Shop, clock: Any, settings: Any, point: str, made: int
) -> None:
    bill = shop.invoice()
    settings.FAIL_POINTS = f"{point}:raise"
    with pytest.raises(FailPointReached):
        link_of(bill)
    settings.FAIL_POINTS = ""
    clock.shift(timedelta(minutes=6))
    checkouts_sweep(now=time.now())
    link = Checkout.objects.get()
    assert (link.status, bool(link.url)) == (("open", True) if made else ("expired", False))
    assert len(shop.service.books.all_of(shop.service.books.ours, "payment_link")) == made
    assert link_of(bill).status == CheckoutState.OPEN


def test_after_a_crash_the_button_is_there_again_and_finishes_the_same_link(
    shop: Shop, client: Client, settings: Any
) -> None:
    bill = shop.invoice()
    settings.FAIL_POINTS = "payment_link.after_call:raise"
    with pytest.raises(FailPointReached):
        link_of(bill)
    settings.FAIL_POINTS = ""
    sign_in(client).profiles.set([bill.profile])
    assert "Make payment link" in client.get(f"/invoices/{bill.pk}/").content.decode()
    client.post(f"/invoices/{bill.pk}/payment-link/")
    link = Checkout.objects.get()
    assert link.url == at_stripe(shop, link)["url"]
    assert len(shop.service.books.all_of(shop.service.books.ours, "payment_link")) == 1


def test_money_that_comes_after_the_invoice_was_paid_is_credit(shop: Shop) -> None:
    bill = shop.invoice()
    link = link_of(bill)
    page = shop.service.books.client_follows(link.external_id)
    builders.pay(bill.customer, "20000.00", {bill.pk: Decimal(20000)}, now=time.now())
    shop.service.books.client_pays(page)
    for event in list(shop.events):
        shop.told(event)
    late = Payment.objects.get(provider="stripe")
    assert (late.status, late.unapplied) == (PaymentState.COMPLETED, Decimal("20000.00"))


def test_a_bank_debit_through_a_link_waits_and_the_link_cannot_be_closed(shop: Shop) -> None:
    bill = shop.invoice()
    link = link_of(bill)
    attempt = pays(shop, link, does="waits", method="us_bank_account")
    for event in list(shop.events):
        shop.told(event)
    with pytest.raises(PaymentInFlight):
        payment_link_close(checkout_id=link.pk, actor=SYSTEM, now=time.now())
    with pytest.raises(PaymentInFlight):
        link_of(bill)
    shop.service.books.bank_answers(attempt, paid=True)
    shop.told(shop.events[-1])
    assert due(bill) == 0


def test_a_link_wants_something_due_and_a_gateway_that_makes_links(shop: Shop) -> None:
    bill = shop.invoice()
    shop.connection.enabled = False
    shop.connection.save()
    with pytest.raises(OnlinePaymentsOff):
        link_of(bill)
    builders.pay(bill.customer, "20000.00", {bill.pk: Decimal(20000)}, now=time.now())
    with pytest.raises(NothingDue):
        link_of(bill)
    assert not Checkout.objects.exists()


def test_a_client_who_pays_all_in_the_portal_is_sent_to_the_open_link(shop: Shop) -> None:
    bill = shop.invoice()
    link = link_of(bill)
    assert shop.open(bill) == link
    pays(shop, link)
    for event in shop.events:
        assert shop.told(event) == 200
    assert (Payment.objects.get().checkout, due(bill)) == (link, 0)


def test_a_client_who_pays_a_part_closes_the_link(shop: Shop) -> None:
    bill = shop.invoice()
    link = link_of(bill)
    page = shop.open(bill, Decimal(5000))
    assert Checkout.objects.get(status="open") == page
    shop.tasks.run()
    assert at_stripe(shop, link)["active"] is False


def test_an_old_link_is_asked_about_once_a_day_and_never_given_up(shop: Shop, clock: Any) -> None:
    link = link_of(shop.invoice())
    Checkout.objects.filter(pk=link.pk).update(asked=2000, ask_at=time.now())
    checkouts_sweep(now=time.now())
    link.refresh_from_db()
    assert (link.status, link.ask_at) == (CheckoutState.OPEN, time.now() + timedelta(days=1))


def test_the_page_of_the_invoice_makes_shows_and_closes_a_link(shop: Shop, client: Client) -> None:
    bill = shop.invoice()
    sign_in(client).profiles.set([bill.profile])
    page = f"/invoices/{bill.pk}/"
    assert "Make payment link" in client.get(page).content.decode()
    client.post(f"{page}payment-link/")
    link = Checkout.objects.get()
    shown = client.get(page).content.decode()
    assert f'data-copy="{link.url}"' in shown
    assert "Make payment link" not in shown
    assert "Payment link" in client.get(f"/payments/attempts/{link.pk}/").content.decode()
    client.post(f"/payments/attempts/{link.pk}/close/")
    assert link.url not in client.get(page).content.decode()
    shop.connection.enabled = False
    shop.connection.save()
    assert "No gateway that is on" in client.post(f"{page}payment-link/", follow=True).content.decode()


def test_who_may_not_record_payments_or_is_of_another_seller_makes_no_link(shop: Shop) -> None:
    bill = shop.invoice()
    viewer = factories.actor(Role.READ_ONLY)
    stranger = factories.actor(Role.FINANCE, profiles=[factories.seller(name="Other")])
    with pytest.raises(PermissionRefused):
        payment_link_make(invoice_id=bill.pk, actor=viewer, now=time.now())
    with pytest.raises(NotFound):
        payment_link_make(invoice_id=bill.pk, actor=stranger, now=time.now())
    link = link_of(bill)
    with pytest.raises(NotFound):
        payment_link_close(checkout_id=link.pk, actor=stranger, now=time.now())


def test_a_page_of_an_hour_is_not_closed_as_a_link(shop: Shop) -> None:
    page = shop.open(shop.invoice())
    with pytest.raises(NotFound):
        payment_link_close(checkout_id=page.pk, actor=SYSTEM, now=time.now())
