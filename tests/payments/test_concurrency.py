"""Twenty at once, on real commits: nothing is over-allocated, nothing is recorded twice.

Each test has its negative control: the same flow without the lock (and without the constraint behind it) fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from itertools import count as count_up
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client

from billing_assistant.core.ids import uuid7
from integrations.models import WebhookEvent, WebhookStatus
from integrations.services.webhooks import webhook_process
from invoices.models import Invoice
from payments.errors import MoreThanDue, MoreThanReceived, MoreThanRefundable
from payments.models import Allocation, Checkout, Payment, Refund
from payments.services.allocate import payment_allocate
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.services.provider import provider_payment_take
from payments.services.refund import payment_refund, refund_drawn
from payments.services.write_off import invoice_write_off
from payments.states import CheckoutState
from tests.fakes.gateway import FakeGateway
from tests.payments.builders import NOW, SYSTEM, customer, due, invoice, pay

THREADS = 20
URLS = ReturnUrls(success=lambda key: f"https://us.example/{key}", cancel=lambda key: f"https://us.example/{key}")
committing = pytest.mark.django_db(transaction=True)
money = pytest.mark.money


def at_once(work: Callable[[int], Any], times: int = THREADS) -> list[Any]:
    """Runs work in threads that begin together; results, or the exceptions, in their order."""
    barrier = threading.Barrier(times)

    def run(number: int) -> Any:
        try:
            barrier.wait(30)
            return work(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def count(results: Iterable[Any], kind: type) -> int:
    return sum(isinstance(each, kind) for each in results)


def allocated(bill: Invoice) -> Decimal:
    return Allocation.objects.filter(invoice=bill).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@contextmanager
def unlocked_invoices(monkeypatch: pytest.MonkeyPatch, readers: int = THREADS) -> Iterator[None]:
    """Invoices are read without a lock, and everybody has read before anybody writes."""
    everybody = threading.Barrier(readers)

    def read(invoice_ids: Iterable[UUID]) -> list[Invoice]:
        found = list(Invoice.objects.filter(pk__in=set(invoice_ids)).order_by("pk"))
        everybody.wait(30)
        return found

    with monkeypatch.context() as patch:
        patch.setattr("payments.services.settle.invoices_lock", read)
        patch.setattr("payments.services.provider.invoices_lock", read)
        yield


@contextmanager
def without_constraint(table: str, name: str) -> Iterator[None]:
    """The database does not watch; what was written meanwhile is thrown away before it watches again."""
    from tests.support.reset import reset_database  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        found = cursor.fetchone()
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
        index = cursor.fetchone()
        drop = f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' if found else f'DROP INDEX "{name}"'
        cursor.execute(drop)
    try:
        yield
    finally:
        reset_database()
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {found[0]}' if found else index[0])


@committing
@money
def test_parallel_payments_never_over_allocate_an_invoice() -> None:
    of = customer()
    bill = invoice(of, "5000.00")
    results = at_once(lambda _: pay(of, "1000.00", {bill.pk: Decimal(1000)}))
    assert (count(results, Payment), count(results, MoreThanDue)) == (5, 15)
    assert (due(bill), allocated(bill), Payment.objects.count()) == (0, Decimal(5000), 5)


@committing
@money
def test_parallel_payments_oldest_first_keep_the_surplus_as_credit() -> None:
    of = customer()
    bills = [invoice(of, "1500.00") for _ in range(3)]
    results = at_once(lambda _: pay(of, "1000.00", "oldest first"))
    assert count(results, Payment) == THREADS
    assert [due(bill) for bill in bills] == [0, 0, 0]
    left = Payment.objects.aggregate(sum=Sum("unapplied"))["sum"]
    assert (sum(allocated(bill) for bill in bills), left) == (Decimal(4500), Decimal(15_500))
    assert Payment.objects.values("number").distinct().count() == THREADS


@committing
def test_negative_control_without_the_lock_an_invoice_is_over_allocated(monkeypatch: pytest.MonkeyPatch) -> None:
    of = customer()
    bill = invoice(of, "5000.00")
    with (
        without_constraint("invoices_invoice", "invoice_never_over_settled"),
        unlocked_invoices(monkeypatch),
    ):
        at_once(lambda _: pay(of, "1000.00", {bill.pk: Decimal(1000)}))
        assert allocated(bill) == Decimal(20_000)  # of 5,000


@committing
@money
def test_parallel_allocations_never_use_more_than_a_payment_has() -> None:
    of = customer()
    payment = pay(of, "500.00")
    bills = [invoice(of, "100.00") for _ in range(THREADS)]

    def allocate(number: int) -> Payment:
        wish = {bills[number].pk: Decimal(100)}
        return payment_allocate(payment_id=payment.pk, allocations=wish, actor=SYSTEM, now=NOW)

    results = at_once(allocate)
    assert (count(results, Payment), count(results, MoreThanReceived)) == (5, 15)
    payment.refresh_from_db()
    assert (payment.unapplied, Allocation.objects.count()) == (0, 5)


@committing
def test_negative_control_without_the_lock_a_payment_is_used_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    of = customer()
    payment = pay(of, "500.00")
    bills = [invoice(of, "100.00") for _ in range(THREADS)]
    everybody = threading.Barrier(THREADS)

    def read(payment_id: UUID) -> Payment:
        found = Payment.objects.select_related("profile").get(pk=payment_id)
        everybody.wait(30)
        return found

    def allocate(number: int) -> Payment:
        wish = {bills[number].pk: Decimal(100)}
        return payment_allocate(payment_id=payment.pk, allocations=wish, actor=SYSTEM, now=NOW)

    with without_constraint("payments_payment", "payment_never_over_allocated"):
        monkeypatch.setattr("payments.services.allocate.payment_lock", read)
        at_once(allocate)
        assert Allocation.objects.aggregate(sum=Sum("amount"))["sum"] == Decimal(2000)  # of 500


@committing
@money
def test_paying_and_writing_off_at_once_never_settle_too_much() -> None:
    of = customer()
    bill = invoice(of, "5000.00")

    def settle(number: int) -> Any:
        if number % 2:
            return pay(of, "1000.00", {bill.pk: Decimal(1000)})
        return invoice_write_off(invoice_id=bill.pk, amount=Decimal(900), reason="x", actor=SYSTEM, now=NOW)

    at_once(settle)
    bill.refresh_from_db()
    assert bill.amount_paid + bill.amount_written_off + bill.amount_due == Decimal(5000)
    assert bill.amount_due >= 0


@committing
@money
def test_a_form_that_is_sent_many_times_records_once() -> None:
    of, key = customer(), uuid7()
    bill = invoice(of, "5000.00")
    results = at_once(lambda _: pay(of, "1000.00", {bill.pk: Decimal(1000)}, payment_id=key))
    assert {each.pk for each in results} == {key}
    assert (Payment.objects.count(), due(bill)) == (1, Decimal(4000))


def _checkout(fake: FakeGateway, bill: Invoice, amount: str = "5000.00") -> Checkout:
    return checkout_open(
        parts={bill.pk: Decimal(amount)}, customer_id=bill.customer_id, urls=URLS, actor=SYSTEM, now=NOW
    )


@committing
@money
@pytest.mark.usefixtures("tasks")
def test_a_double_click_opens_one_page(fake_gateway: FakeGateway) -> None:
    bill = invoice(total="5000.00")
    results = at_once(lambda _: _checkout(fake_gateway, bill))
    assert {each.url for each in results} == {Checkout.objects.get().url}
    assert len(fake_gateway.sessions) == 1


def _several(bills: list[Invoice], number: int) -> Checkout:
    """A page for all of these invoices, named in another order each time."""
    parts = {bill.pk: Decimal(1000) for bill in (bills if number % 2 else reversed(bills))}
    return checkout_open(parts=parts, customer_id=bills[0].customer_id, urls=URLS, actor=SYSTEM, now=NOW)


@committing
@money
@pytest.mark.usefixtures("tasks")
def test_two_tabs_that_pay_several_invoices_at_once_are_one_charge(fake_gateway: FakeGateway) -> None:
    of = customer()
    bills = [invoice(of, "1000.00") for _ in range(3)]
    results = at_once(lambda number: _several(bills, number))
    page = Checkout.objects.get()
    assert {each.url for each in results} == {page.url}
    assert (len(fake_gateway.sessions), page.parts.count()) == (1, 3)
    fetched = fake_gateway.payments[fake_gateway.client_pays(page.external_id)]
    at_once(lambda _: provider_payment_take(gateway=fake_gateway, paid=fetched, now=NOW))
    assert (Payment.objects.count(), [due(bill) for bill in bills]) == (1, [0, 0, 0])


@committing
@money
@pytest.mark.usefixtures("tasks")
def test_tabs_with_overlapping_choices_leave_one_open_page_an_invoice(fake_gateway: FakeGateway) -> None:
    of = customer()
    bills = [invoice(of, "1000.00") for _ in range(3)]
    pairs = [bills[:2], bills[1:], [bills[0], bills[2]]]
    results = at_once(lambda number: _several(pairs[number % 3], number))
    assert count(results, Exception) == 0
    assert Checkout.objects.filter(status=CheckoutState.OPEN).count() == 1


@committing
@pytest.mark.usefixtures("tasks")
def test_negative_control_without_lock_and_constraint_each_tab_has_a_page_of_its_own(
    fake_gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = customer()
    bills = [invoice(of, "1000.00") for _ in range(3)]
    everybody = threading.Barrier(THREADS)

    def read(invoice_ids: Iterable[UUID]) -> list[Invoice]:
        found = list(Invoice.objects.filter(pk__in=set(invoice_ids)).order_by("pk"))
        everybody.wait(30)
        return found

    with (
        without_constraint("payments_checkout", "checkout_open_once_per_invoice"),
        without_constraint("payments_checkoutpart", "checkout_part_open_once_per_invoice"),
    ):
        monkeypatch.setattr("payments.services.last_look.invoices_lock", read)
        monkeypatch.setattr("payments.services.checkouts.waiting_checkouts_lock", lambda _ids: [])
        at_once(lambda number: _several(bills, number))
        assert len(fake_gateway.sessions) == THREADS


@committing
@money
@pytest.mark.usefixtures("tasks")
def test_the_same_provider_payment_taken_at_once_is_recorded_once(fake_gateway: FakeGateway) -> None:
    bill = invoice(total="5000.00")
    paid = fake_gateway.client_pays(_checkout(fake_gateway, bill).external_id)
    fetched = fake_gateway.payments[paid]
    results = at_once(lambda _: provider_payment_take(gateway=fake_gateway, paid=fetched, now=NOW))
    assert len({each.payment.pk for each in results}) == 1
    assert (Payment.objects.count(), due(bill)) == (1, 0)


@committing
@pytest.mark.usefixtures("tasks")
def test_negative_control_without_lock_and_constraint_it_is_recorded_again_and_again(
    fake_gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = invoice(total="5000.00")
    paid = fake_gateway.client_pays(_checkout(fake_gateway, bill).external_id)
    fetched = fake_gateway.payments[paid]

    def read_checkout(checkout_id: UUID) -> Checkout:
        return Checkout.objects.select_related("profile", "customer", "invoice").get(pk=checkout_id)

    with (
        without_constraint("payments_payment", "external_payment_once"),
        unlocked_invoices(monkeypatch),
    ):
        monkeypatch.setattr("payments.services.provider.external_payment_lock", lambda **_: None)
        monkeypatch.setattr("payments.services.provider.checkout_lock", read_checkout)
        at_once(lambda _: provider_payment_take(gateway=fake_gateway, paid=fetched, now=NOW))
        assert Payment.objects.count() == THREADS


@committing
@money
@pytest.mark.usefixtures("tasks")
def test_a_page_that_is_paid_while_the_invoice_is_settled_by_hand_leaves_credit(fake_gateway: FakeGateway) -> None:
    of = customer()
    bill = invoice(of, "5000.00")
    checkout = _checkout(fake_gateway, bill)
    fetched = fake_gateway.payments[fake_gateway.client_pays(checkout.external_id)]

    def settle(number: int) -> Any:
        if number % 2:
            return pay(of, "5000.00", "oldest first")
        return provider_payment_take(gateway=fake_gateway, paid=fetched, now=NOW)

    at_once(settle)
    checkout.refresh_from_db()
    assert (due(bill), allocated(bill), checkout.status) == (0, Decimal(5000), CheckoutState.SUCCEEDED)
    received = Payment.objects.aggregate(amount=Sum("amount"), left=Sum("unapplied"))
    assert received["amount"] == Decimal(5000) * 11
    assert received["left"] == Decimal(5000) * 10


@committing
@money
def test_an_event_that_is_sent_fifty_times_has_one_effect(fake_gateway: FakeGateway, tasks) -> None:
    bill = invoice(total="5000.00")
    paid = fake_gateway.client_pays(_checkout(fake_gateway, bill).external_id)
    body = fake_gateway.event(paid, event_id="evt_once")
    headers = fake_gateway.signed(body)

    def post(_: int) -> int:
        return Client().post("/hooks/fake/", body, content_type="application/json", headers=headers).status_code

    assert at_once(post, 50) == [200] * 50
    event = WebhookEvent.objects.get()
    assert tasks.names().count("integrations.process_webhooks") == 1
    results = at_once(lambda _: webhook_process(event_id=event.pk, now=event.due_at))
    assert count(results, WebhookEvent) == 1
    event.refresh_from_db()
    assert (event.status, Payment.objects.count(), due(bill)) == (WebhookStatus.DONE, 1, 0)
    assert event.attempts == 1


@committing
@money
def test_fifty_events_about_one_payment_have_one_effect(fake_gateway: FakeGateway, tasks) -> None:
    bill = invoice(total="5000.00")
    paid = fake_gateway.client_pays(_checkout(fake_gateway, bill).external_id)

    def post_and_process(_: int) -> None:
        body = fake_gateway.event(paid, event_id=f"evt_{uuid7()}")
        Client().post("/hooks/fake/", body, content_type="application/json", headers=fake_gateway.signed(body))
        for event_id in WebhookEvent.objects.values_list("pk", flat=True):
            webhook_process(event_id=event_id, now=NOW.replace(year=2099))

    at_once(post_and_process, 50)
    assert set(WebhookEvent.objects.values_list("status", flat=True)) == {WebhookStatus.DONE}
    assert (WebhookEvent.objects.count(), Payment.objects.count(), due(bill)) == (50, 1, 0)


@committing
@money
def test_parallel_refunds_never_give_back_more_than_was_paid() -> None:
    of = customer()
    bill = invoice(of, "600.00")
    payment = pay(of, "1000.00", {bill.pk: Decimal(600)})
    results = at_once(lambda _: give_back(payment))
    assert (count(results, Refund), count(results, MoreThanRefundable)) == (5, 15)
    payment.refresh_from_db()
    assert (payment.amount_refunded, payment.amount_allocated, due(bill)) == (1000, 0, Decimal(600))


@committing
@money
def test_one_refund_form_sent_twenty_times_is_one_refund() -> None:
    payment, key = pay(customer(), "1000.00"), uuid7()
    results = at_once(lambda _: give_back(payment, refund_id=key))
    assert {each.pk for each in results} == {key}
    payment.refresh_from_db()
    assert payment.amount_refunded == 200


@committing
def test_negative_control_without_the_lock_more_goes_back_than_was_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = pay(customer(), "1000.00")
    everybody, order = threading.Barrier(THREADS), count_up(1)

    def read(payment_id: UUID) -> Payment:
        found = Payment.objects.select_related("profile").get(pk=payment_id)
        everybody.wait(30)
        return found

    def drawn(of: Payment, **fields: Any) -> Refund:
        made = refund_drawn(of, **fields)
        made.position = next(order)
        return made

    monkeypatch.setattr("payments.services.giving_back.payment_lock", read)
    monkeypatch.setattr("payments.services.refund.refund_drawn", drawn)
    at_once(lambda _: give_back(payment))
    assert Refund.objects.aggregate(sum=Sum("amount"))["sum"] == 4000  # of 1,000


def give_back(payment: Payment, **fields: Any) -> Refund:
    return payment_refund(
        payment_id=payment.pk, amount=Decimal(200), reason="x", method="cash", actor=SYSTEM, now=NOW, **fields
    )
