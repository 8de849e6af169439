"""A recurring plan that Dodo collects: begun, charged, settled, ended; events in any order and twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.test import Client

from billing_assistant.core import clock as time
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Role
from billing_assistant.core.services.relay import relay_events
from billing_assistant.ledger.selectors import account_balances
from customers.models import Customer
from integrations.models import GatewayConnection, WebhookEvent, WebhookStatus
from integrations.services.webhooks import webhooks_sweep
from invoices.models import Invoice, Plan
from invoices.services.plan_acts import plan_end, plan_pause, plan_resume
from payments.errors import NothingToAsk
from payments.models import BalanceDifference, CollectedPayment, Payment, PaymentFee, PlanCollection, SavedMethod
from payments.selectors.autopay import autopay_due
from payments.selectors.chasing import chase_of, to_chase
from payments.selectors.open_items import is_being_paid
from payments.services.collection_reading import collection_ask_now, collections_sweep
from payments.services.collections import collection_begin, collection_end, collection_follow_plan, collection_page
from payments.services.credits_first import credits_use
from payments.services.gateway_fee import fees_sweep
from payments.states import CollectionState
from payments.tasks import compare_provider_balances
from tests import factories
from tests.fakes import dodo
from tests.fakes.dodo import DodoSimulator
from tests.fakes.dodo_fixtures import connect, dodo_service
from tests.fakes.paypal_fixtures import post
from tests.payments.builders import SYSTEM, due
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.test_api import read
from tests.support.deep import a_few

__all__ = ["dodo_service"]
pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]


@dataclass
class Seller:
    """A seller with a plan, and Dodo on the other side."""

    service: DodoSimulator
    connection: GatewayConnection
    plan: Plan

    def begin(self) -> PlanCollection:
        return collection_begin(plan_id=self.plan.pk, product_id=dodo.MONTHLY, actor=SYSTEM, now=time.now())

    def subscribed(self) -> PlanCollection:
        """The client subscribed; nothing of it was told yet."""
        collection = self.begin()
        collection_page(collection_id=collection.pk, return_url="", actor=SYSTEM, now=time.now())
        self.service.client_subscribes(list(self.service.sessions)[-1])
        return collection

    def news(self) -> None:
        told, self.service.outbox = list(self.service.outbox), type(self.service.outbox)()
        for delivery in told:
            assert post(delivery) == 200
        webhooks_sweep(now=time.now())

    def bills(self) -> Invoice:
        """Our invoice of the next period."""
        invoice = factories.plan_billed(self.plan, now=time.now()).invoice
        assert invoice is not None
        return invoice

    @property
    def state(self) -> str:
        return str(PlanCollection.objects.latest("id").status)


@pytest.fixture
def seller(dodo_service: DodoSimulator, monkeypatch: pytest.MonkeyPatch) -> Seller:
    monkeypatch.setattr("billing_assistant.core.http._pause", lambda *_: 0.0)
    profile = factories.seller()
    line = factories.line("Hosting {month}", "1", "2500", tax_rate=Decimal(0), tax_category="zero")
    plan = factories.plan(factories.customer(profile), line, now=time.now())
    return Seller(dodo_service, connect(profile, dodo_service), plan)


def test_each_period_is_invoiced_by_us_and_charged_by_dodo(seller: Seller, clock) -> None:
    collection = seller.subscribed()
    first = seller.bills()
    seller.news()
    collection.refresh_from_db()
    assert (collection.status, collection.price) == (CollectionState.ACTIVE, Decimal(2500))
    assert (due(first), CollectedPayment.objects.count()) == (0, 1)
    clock.shift(timedelta(days=30))
    seller.service.now = time.now()
    second = seller.bills()
    seller.service.renews(collection.subscription_id)
    seller.news()
    assert (due(first), due(second)) == (0, 0)
    payments = Payment.objects.order_by("id")
    assert [(one.amount, one.unapplied, one.provider) for one in payments] == [(Decimal(2500), 0, "dodo")] * 2
    assert not WebhookEvent.objects.filter(status=WebhookStatus.PARKED).exists()


def test_reminders_wait_for_the_charge_at_dodo_and_go_on_when_it_fails(seller: Seller, clock) -> None:
    Customer.objects.update(payment_terms="due_on_receipt")
    collection = seller.subscribed()
    seller.bills()
    seller.news()
    collection.refresh_from_db()
    assert collection.next_charge_at is not None
    clock.move_to(collection.next_charge_at - timedelta(days=8))
    bill = seller.bills()
    clock.shift(timedelta(days=7))
    today = time.now().date()

    def chased() -> tuple[bool, bool, str]:
        found = chase_of(bill, today)
        rows = to_chase(SYSTEM, profile_id=bill.profile_id, today=today)
        return is_being_paid(bill.pk), rows.exists(), found.word if found else ""

    assert chased() == (True, False, "autopay")
    PlanCollection.objects.update(status=CollectionState.ON_HOLD)
    assert chased() == (False, True, "due")
    PlanCollection.objects.update(status=CollectionState.ACTIVE)
    clock.shift(timedelta(days=4))
    assert chased() == (False, True, "due")


def test_money_before_the_invoice_is_credit_with_its_story_and_settles_it_later(seller: Seller) -> None:
    seller.subscribed()
    seller.news()
    payment = Payment.objects.get()
    assert payment.unapplied == Decimal(2500)
    assert Event.objects.filter(name="collection.unapplied", subject_id=payment.pk).count() == 1
    invoice = seller.bills()
    credits_use(invoice_id=invoice.pk, actor=SYSTEM, now=time.now())
    assert due(invoice) == 0


def test_an_invoice_of_another_time_is_left_alone(seller: Seller, clock) -> None:
    collection = seller.subscribed()
    old = seller.bills()
    seller.news()
    clock.shift(timedelta(days=30))
    later = seller.bills()
    clock.shift(timedelta(days=30))
    seller.service.now = time.now()
    collection.refresh_from_db()
    seller.service.renews(collection.subscription_id)
    seller.news()
    assert (due(old), due(later)) == (0, Decimal(2500))
    assert Payment.objects.latest("id").unapplied == Decimal(2500)


@pytest.mark.parametrize("order", a_few(permutations(range(5)), 6))
def test_events_in_any_order_and_twice_come_to_the_same(seller: Seller, order: tuple[int, ...]) -> None:
    seller.subscribed()
    invoice = seller.bills()
    subscription = next(iter(seller.service.subscriptions))
    seller.service.renews(subscription)
    told = list(seller.service.outbox)
    assert len(told) == 5
    seller.service.outbox.clear()
    for delivery in (*(told[place] for place in order), *told):
        post(delivery)
        webhooks_sweep(now=time.now())
    assert (due(invoice), Payment.objects.count(), seller.state) == (0, 2, CollectionState.ACTIVE)
    assert CollectedPayment.objects.count() == 2


def test_autopay_charges_no_invoice_that_dodo_collects(seller: Seller, clock) -> None:
    SavedMethod.objects.create(
        profile=seller.plan.profile,
        customer=seller.plan.customer,
        gateway="dodo",
        account=dodo.BUSINESS,
        kind="card",
        label="Card",
        autopay=True,
        consented_at=time.now() - timedelta(days=1),
        consent_text="Yes",
    )
    seller.subscribed()
    seller.news()
    invoice = seller.bills()
    clock.shift(timedelta(minutes=5))
    assert autopay_due(now=time.now(), limit=10) == []
    PlanCollection.objects.update(status=CollectionState.CANCELLED)
    assert [pk for pk, _ in autopay_due(now=time.now(), limit=10)] == [invoice.pk]


def test_a_charge_that_fails_holds_and_is_told(seller: Seller) -> None:
    collection = seller.subscribed()
    seller.news()
    collection.refresh_from_db()
    seller.service.renews(collection.subscription_id, "failed")
    seller.news()
    assert (seller.state, Payment.objects.count()) == (CollectionState.ON_HOLD, 1)
    assert Event.objects.filter(name="collection.on_hold").count() == 1
    seller.service.renews(collection.subscription_id)
    seller.service.turns(collection.subscription_id, "active")
    seller.news()
    assert (seller.state, Payment.objects.count()) == (CollectionState.ACTIVE, 2)


@pytest.mark.parametrize("status", ["cancelled", "expired"])
def test_an_end_at_dodo_is_told(seller: Seller, status: str) -> None:
    collection = seller.subscribed()
    seller.news()
    collection.refresh_from_db()
    seller.service.turns(collection.subscription_id, status)
    seller.news()
    assert seller.state == status
    assert seller.begin().status == CollectionState.WAITING


def test_a_first_charge_that_fails_can_be_tried_again(seller: Seller) -> None:
    collection = seller.subscribed()
    subscription = next(iter(seller.service.subscriptions))
    seller.service.outbox.clear()
    seller.service.payments.clear()
    seller.service.turns(subscription, "failed")
    seller.news()
    collection.refresh_from_db()
    assert (collection.status, collection.failure) == (CollectionState.WAITING, "The first charge failed.")
    page = collection_page(collection_id=collection.pk, return_url="", actor=SYSTEM, now=time.now())
    seller.service.client_subscribes(page.url.rpartition("/")[2])
    seller.news()
    assert (seller.state, Payment.objects.count()) == (CollectionState.ACTIVE, 1)


def test_a_second_subscription_needs_a_person(seller: Seller) -> None:
    seller.subscribed()
    seller.service.client_subscribes(next(iter(seller.service.sessions)))
    seller.news()
    assert Payment.objects.count() == 1
    assert WebhookEvent.objects.filter(status=WebhookStatus.PARKED).exists()


def test_another_product_at_dodo_is_noted(seller: Seller) -> None:
    collection = seller.subscribed()
    seller.news()
    collection.refresh_from_db()
    told = seller.service.subscriptions[collection.subscription_id]
    told |= {"product_id": "pdt_dearer", "recurring_pre_tax_amount": 300_000}
    seller.service.tell("subscription.plan_changed", told)
    seller.news()
    collection.refresh_from_db()
    assert (collection.price, collection.product_id) == (Decimal(3000), "pdt_dearer")
    assert "another product" in collection.failure


def test_what_ends_pauses_and_resumes_here_does_so_at_dodo(seller: Seller) -> None:
    collection = seller.subscribed()
    seller.news()
    collection.refresh_from_db()
    at_dodo = seller.service.subscriptions[collection.subscription_id]
    for act, status in ((plan_pause, "paused"), (plan_resume, "active"), (plan_end, "cancelled")):
        more = {plan_pause: {"resumes_on": None}, plan_resume: {}, plan_end: {"on": None}}[act]
        act(plan_id=seller.plan.pk, actor=SYSTEM, now=time.now(), **more)
        for _ in range(2):
            collection_follow_plan(plan_id=seller.plan.pk, now=time.now())
        assert (at_dodo["status"], seller.state) == (status, status)


def test_a_colleague_ends_it_and_nothing_changes_without_an_answer(seller: Seller) -> None:
    seller.subscribed()
    seller.news()
    collection = PlanCollection.objects.get()
    seller.service.fails("/subscriptions", times=9)
    with pytest.raises(NothingToAsk):
        collection_end(collection_id=collection.pk, actor=SYSTEM, now=time.now())
    assert seller.state == CollectionState.ACTIVE
    seller.service.faults.clear()
    collection_end(collection_id=collection.pk, actor=SYSTEM, now=time.now())
    assert seller.service.subscriptions[collection.subscription_id]["status"] == "cancelled"
    assert seller.state == CollectionState.CANCELLED


def test_lost_events_are_found(seller: Seller) -> None:
    collection = seller.subscribed()
    invoice = seller.bills()
    seller.service.outbox.clear()
    assert collections_sweep(now=time.now()) == 1
    assert (seller.state, due(invoice)) == (CollectionState.ACTIVE, 0)
    seller.service.renews(next(iter(seller.service.subscriptions)))
    collection_ask_now(collection_id=collection.pk, actor=SYSTEM, now=time.now())
    assert Payment.objects.count() == 2


@pytest.mark.parametrize(
    ("price", "why"),
    [
        ({"price": 260_000}, "The product costs"),
        ({"tax_inclusive": False}, "does not include tax"),
        ({"payment_frequency_interval": "Year"}, "as often"),
        ({"currency": "USD"}, "The product costs"),
    ],
)
def test_a_product_that_charges_something_else_is_refused(seller: Seller, price: dict[str, object], why: str) -> None:
    seller.service.monthly["price_detail"] |= price
    with pytest.raises(ValidationFailed, match=why):
        seller.begin()
    assert not PlanCollection.objects.exists()


def test_a_plan_is_collected_once(seller: Seller) -> None:
    seller.begin()
    with pytest.raises(ValidationFailed, match="collected already"):
        seller.begin()


def test_the_tax_that_dodo_pays_is_booked_beside_its_fee_and_the_day_agrees(seller: Seller, clock, client) -> None:
    seller.service.tax = 34_483
    seller.subscribed()
    seller.news()
    relay_events(queue="default")
    fees_sweep(now=time.now() + timedelta(minutes=2))
    fee, payment = PaymentFee.objects.get(), Payment.objects.get()
    assert (fee.state, fee.amount, fee.tax) == ("booked", Decimal("100.40"), Decimal("344.83"))
    rows = account_balances(SYSTEM, profile_id=seller.plan.profile_id)
    booked = {row.kind.value: row.balance for row in rows}
    assert (booked["gateway_fees"], booked["provider_tax"]) == (Decimal("100.40"), Decimal("344.83"))
    assert booked["gateway_clearing"] == Decimal("2054.77")
    sign_in(client, Role.FINANCE, profiles=[seller.plan.profile])
    assert "344.83" in text_of(client.get(f"/payments/{payment.pk}/"))
    clock.shift(timedelta(days=1))
    compare_provider_balances()
    assert [(one.provider_amount, one.ledger_amount) for one in BalanceDifference.objects.all()][-1] == (
        Decimal("2054.77"),
        Decimal("2054.77"),
    )


def test_a_payment_without_tax_has_none(seller: Seller) -> None:
    seller.subscribed()
    seller.news()
    relay_events(queue="default")
    fees_sweep(now=time.now() + timedelta(minutes=2))
    fee = PaymentFee.objects.get()
    assert (fee.state, fee.amount, fee.tax) == ("booked", Decimal("100.40"), 0)


# Pages and API.


def test_staff_begin_make_a_link_and_end(seller: Seller, client: Client) -> None:
    sign_in(client, Role.FINANCE, profiles=[seller.plan.profile])
    page = f"/plans/{seller.plan.pk}/collection/"
    assert page in text_of(client.get(f"/plans/{seller.plan.pk}/"))
    assert "Hosting, monthly" in text_of(client.get(page))
    client.post(page, {"product": dodo.MONTHLY})
    client.post(f"{page}act/", {"act": "link"})
    assert "https://test.checkout.example/cks_" in text_of(client.get(page))
    seller.service.client_subscribes(list(seller.service.sessions)[-1])
    client.post(f"{page}act/", {"act": "ask"})
    assert Payment.objects.get().number in text_of(client.get(page))
    client.post(f"{page}act/", {"act": "end"})
    assert seller.state == CollectionState.CANCELLED
    (one,) = read(client.get("/api/plan-collections"))["plan_collections"]
    assert (one["plan_id"], one["status"], one["price"]) == (seller.plan.number, "cancelled", Decimal(2500))
    assert read(client.get(f"/api/plan-collections/{one['id']}")) == one


def test_who_may_only_look_begins_nothing(seller: Seller, client: Client) -> None:
    sign_in(client, Role.READ_ONLY, profiles=[seller.plan.profile])
    page = f"/plans/{seller.plan.pk}/collection/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"product": dodo.MONTHLY}).status_code == 403
    assert client.post(f"{page}act/", {"act": "link"}).status_code == 403


def _client_of(customer: Customer, client: Client) -> Client:
    person = factories.user(Role.CLIENT)
    customer.contacts.create(name="Pat", email="pat@example.com", user=person)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_client_subscribes_in_the_portal(seller: Seller, client: Client) -> None:
    collection = seller.begin()
    portal = _client_of(seller.plan.customer, client)
    assert "Subscribe" in text_of(portal.get("/portal/"))
    answer = portal.post(f"/portal/subscriptions/{collection.pk}/")
    assert answer.status_code in {200, 302, 303}
    assert len(seller.service.sessions) == 1
    seller.service.client_subscribes(next(iter(seller.service.sessions)))
    seller.news()
    assert "Charged next" in text_of(portal.get("/portal/"))
