"""A plan that Dodo collects comes to another amount, and charges that fail: what follows at Dodo and for the client."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core import clock as time
from billing_assistant.core import queue
from billing_assistant.core.errors import PermissionRefused
from billing_assistant.core.models import Event, EventDelivery, Notice
from billing_assistant.core.rights import Role
from billing_assistant.core.services.relay import deliveries_claim, delivery_run, relay_events
from customers.portal_tokens import token_of
from invoices.models import Invoice, Plan
from invoices.services.plan_changes import plan_change_lines
from payments.errors import CheckoutFailed, NothingToAsk
from payments.models import CollectedPayment, Payment, PlanCollection
from payments.selectors.chasing import chase_of
from payments.services.collection_changes import collection_carry, collection_carry_now, collection_mend_page
from payments.services.collection_reading import collections_sweep
from payments.states import CollectionState
from reminders.models import Message
from reminders.services.compose import message_compose
from tests import factories
from tests.fakes import dodo
from tests.fakes.dodo_fixtures import dodo_service
from tests.payments.builders import SYSTEM, due
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.test_plan_collections import Seller, seller

__all__ = ["dodo_service", "seller"]
pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
NEXT = date(2026, 4, 1)


def collected(seller: Seller) -> PlanCollection:
    """The plan is collected, and its first period paid."""
    seller.subscribed()
    seller.bills()
    seller.news()
    return PlanCollection.objects.get()


def raised(seller: Seller, price: str = "3000") -> Plan:
    """The plan comes to another amount from the next period on."""
    line = factories.line("Hosting {month}", "1", price, tax_rate=Decimal(0), tax_category="zero")
    plan_change_lines(plan_id=seller.plan.pk, from_on=NEXT, lines=(line,), actor=SYSTEM, now=time.now())
    return Plan.objects.get(pk=seller.plan.pk)


def sells(seller: Seller, units: int, **price: object) -> str:
    product = seller.service.sells("Hosting, dearer", seller.service.monthly["price_detail"] | {"price": units} | price)
    return str(product["product_id"])


def at_dodo(seller: Seller) -> dict[str, object]:
    return dict(next(iter(seller.service.subscriptions.values())))


def test_another_price_is_carried_to_dodo_and_charged_from_the_next_charge_on(seller: Seller, clock) -> None:
    collection = collected(seller)
    product = sells(seller, 300_000)
    raised(seller)
    relay_events(queue="default")
    collection.refresh_from_db()
    assert at_dodo(seller)["scheduled_change"] == {"product_id": product, "quantity": 1}
    assert (collection.price, collection.next_price, collection.next_product_id) == (2500, 3000, product)
    assert Payment.objects.count() == 1
    clock.shift(time.now().replace(month=4, day=1) - time.now())
    seller.service.now = time.now()
    bill = seller.bills()
    seller.service.renews(collection.subscription_id)
    seller.news()
    collection.refresh_from_db()
    assert (collection.price, collection.next_price, collection.product_id, collection.failure) == (
        3000,
        None,
        product,
        "",
    )
    assert (due(bill), CollectedPayment.objects.count()) == (0, 2)


def test_carrying_twice_asks_dodo_once_and_a_price_that_comes_back_takes_it_back(seller: Seller) -> None:
    collection = collected(seller)
    sells(seller, 300_000)
    raised(seller)
    for _ in range(2):
        collection_carry(collection_id=collection.pk, now=time.now())
    assert len(seller.service.called("/change-plan")) == 1
    raised(seller, "2500")
    collection_carry(collection_id=collection.pk, now=time.now())
    collection.refresh_from_db()
    assert "scheduled_change" not in at_dodo(seller)
    assert (collection.next_price, collection.next_product_id) == (None, "")


@pytest.mark.parametrize(
    "price", [{"tax_inclusive": False}, {"payment_frequency_interval": "Year"}, {"currency": "USD"}]
)
def test_without_a_product_of_that_price_staff_are_told_once(seller: Seller, price: dict[str, object]) -> None:
    finance = factories.user(Role.FINANCE, profiles=[seller.plan.profile])
    collection = collected(seller)
    sells(seller, 300_000, **price)
    raised(seller)
    for _ in range(2):
        collection_carry(collection_id=collection.pk, now=time.now())
    (notice,) = Notice.objects.filter(user=finance, text__contains="will bill")
    assert ("3,000" in notice.text, notice.url) == (True, f"/plans/{seller.plan.pk}/collection/")
    assert "scheduled_change" not in at_dodo(seller)


def test_one_act_makes_the_product_and_carries_the_change(seller: Seller, client: Client) -> None:
    collection = collected(seller)
    raised(seller)
    sign_in(client, Role.FINANCE, profiles=[seller.plan.profile])
    page = f"/plans/{seller.plan.pk}/collection/"
    assert "charges something else" in text_of(client.get(page))
    client.post(f"{page}act/", {"act": "carry"})
    collection.refresh_from_db()
    (made,) = seller.service.others.values()
    assert (made["price_detail"]["price"], made["price_detail"]["tax_inclusive"]) == (300_000, True)
    assert (collection.next_price, collection.next_product_id) == (3000, made["product_id"])
    assert "charges something else" not in text_of(client.get(page))
    assert Event.objects.filter(name="collection.changed").count() == 1


def test_who_may_not_record_carries_nothing(seller: Seller) -> None:
    collection = collected(seller)
    raised(seller)
    reader = factories.actor(Role.READ_ONLY)
    with pytest.raises(PermissionRefused):
        collection_carry_now(collection_id=collection.pk, actor=reader, now=time.now())
    assert not seller.service.others


def test_what_agrees_is_not_carried(seller: Seller) -> None:
    collection = collected(seller)
    with pytest.raises(NothingToAsk):
        collection_carry_now(collection_id=collection.pk, actor=SYSTEM, now=time.now())


def test_a_lost_answer_of_dodo_is_carried_by_the_nightly_reading(seller: Seller) -> None:
    collection = collected(seller)
    product = sells(seller, 300_000)
    raised(seller)
    seller.service.fails("/change-plan", after=True)
    assert collections_sweep(now=time.now()) in {0, 1}
    seller.service.faults.clear()
    assert collections_sweep(now=time.now()) == 1
    collection.refresh_from_db()
    assert collection.next_product_id == product


# A charge fails.


def failed(seller: Seller) -> tuple[PlanCollection, Invoice]:
    """Dodo could not charge a period whose invoice was made."""
    seller.subscribed()
    seller.news()
    collection, bill = PlanCollection.objects.get(), seller.bills()
    Payment.objects.update(note="paid ahead")
    seller.service.renews(collection.subscription_id, "failed")
    seller.news()
    EventDelivery.objects.exclude(subscriber="reminders.tell_collection_failed").update(status="done")
    for delivery in deliveries_claim(queue=queue.MAIL, now=time.now()):
        delivery_run(delivery)
        delivery_run(delivery)
    assert not EventDelivery.objects.exclude(last_error="").exists()
    return collection, bill


def test_the_client_is_written_to_once_and_mends_it_behind_the_link(seller: Seller, client: Client) -> None:
    collection, bill = failed(seller)
    message = Message.objects.get()
    mail = message_compose(message=message, now=time.now()).mail
    link = f"/portal/i/{token_of(bill.portal_link_id)}/subscription/"
    assert (message.invoice_id, message.kind) == (bill.pk, "autopay_failed")
    assert link in mail.text
    assert link in mail.html
    assert "Mend the payment method" in client.get(link).content.decode()
    answer = client.post(link)
    assert f"https://test.checkout.example/mend_{collection.subscription_id}" in answer.content.decode()
    seller.service.renews(collection.subscription_id)
    seller.service.turns(collection.subscription_id, "active")
    seller.news()
    collection.refresh_from_db()
    assert (collection.status, client.get(link).status_code) == (CollectionState.ACTIVE, 404)


def test_staff_make_the_link_and_reminders_go_on(seller: Seller, client: Client) -> None:
    collection, bill = failed(seller)
    sign_in(client, Role.FINANCE, profiles=[seller.plan.profile])
    answer = client.post(f"/plans/{seller.plan.pk}/collection/act/", {"act": "mend"}, follow=True)
    assert f"mend_{collection.subscription_id}" in text_of(answer)
    late = date(2026, 12, 31)
    chased = chase_of(bill, late)
    assert chased is not None
    assert chased.asks


def test_without_an_answer_of_dodo_nothing_is_promised(seller: Seller) -> None:
    collection, _bill = failed(seller)
    seller.service.fails("/update-payment-method", times=9)
    with pytest.raises(CheckoutFailed):
        collection_mend_page(collection_id=collection.pk, return_url="https://us.example/")
    seller.service.faults.clear()
    seller.service.turns(collection.subscription_id, "active")
    seller.news()
    with pytest.raises(NothingToAsk):
        collection_mend_page(collection_id=collection.pk, return_url="https://us.example/")
    assert collection.product_id == dodo.MONTHLY


def test_the_plans_page_says_how_it_stands(seller: Seller, client: Client) -> None:
    sign_in(client, Role.FINANCE, profiles=[seller.plan.profile])
    page = f"/plans/{seller.plan.pk}/"
    assert str(CollectionState.ACTIVE.label) not in text_of(client.get(page))
    collected(seller)
    assert str(CollectionState.ACTIVE.label) in text_of(client.get(page))
