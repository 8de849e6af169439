"""What providers tell at the same moment, and workers who charge and ask at the same moment, on real commits.

Each test has its negative control: the same flow without the lock (and without the constraint behind it) fails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from billing_assistant.core import clock as time
from billing_assistant.core.models import Event
from integrations.ports.external_invoices import ProviderInvoice
from integrations.ports.payments import PaymentGateway, ProviderPayment, external_invoices_of
from integrations.registry import gateway_of
from invoices.models import Invoice
from payments.models import Checkout, CollectedPayment, ExternalInvoice, Payment, SavedMethod
from payments.services.autopay import autopay_sweep
from payments.services.collection_news import collected_take
from payments.services.external_invoices import external_invoice_take
from payments.services.payment_links import payment_link_make
from payments.states import CheckoutState
from tests.fakes.dodo_fixtures import dodo_service
from tests.fakes.gateway import FakeGateway
from tests.payments import test_external_invoices, test_payment_links, test_plan_collections
from tests.payments.builders import SYSTEM, customer, due
from tests.payments.test_autopay import due_consent, in_parts
from tests.payments.test_concurrency import at_once, count, without_constraint
from tests.payments.test_stripe_payments import Shop

__all__ = ["dodo_service"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tasks", "clock")]
WORKERS = 6
collecting = test_plan_collections.seller
mirrored = test_external_invoices.seller
shop = test_payment_links.shop


def all_read(found: Callable[..., Any]) -> Callable[..., Any]:
    """Reads without a lock; nobody goes on before everybody has read."""
    everybody = threading.Barrier(WORKERS)

    def read(*given: Any, **named: Any) -> Any:
        told = found(*given, **named)
        everybody.wait(30)
        return told

    return read


def unlocked(invoice_ids: Iterable[UUID]) -> list[Invoice]:
    return list(Invoice.objects.filter(pk__in=set(invoice_ids)).order_by("pk"))


# Dodo tells of a renewal.


def renewed(collecting: test_plan_collections.Seller, *, billed: bool) -> tuple[PaymentGateway, ProviderPayment]:
    """A renewal that was charged, as it is read from Dodo, with our invoice of the period or without."""
    subscription = collecting.subscribed().subscription_id or next(iter(collecting.service.subscriptions))
    collecting.news()
    if billed:
        collecting.bills()
    paid = collecting.service.renews(subscription)
    gateway = gateway_of(collecting.connection)
    return gateway, gateway.payment_fetch(paid["payment_id"])


@pytest.mark.money
@pytest.mark.parametrize("billed", [True, False])
def test_a_renewal_that_is_told_at_once_is_recorded_once(
    collecting: test_plan_collections.Seller, *, billed: bool
) -> None:
    gateway, paid = renewed(collecting, billed=billed)
    results = at_once(lambda _: collected_take(gateway=gateway, paid=paid, now=time.now()), WORKERS)
    assert count(results, Exception) == 0
    assert len({payment.pk for _text, payment in results}) == 1
    assert Payment.objects.filter(external_id=paid.external_id).count() == 1
    assert CollectedPayment.objects.count() == 2


def test_negative_control_without_lock_and_constraint_a_renewal_is_recorded_by_each(
    collecting: test_plan_collections.Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, paid = renewed(collecting, billed=False)
    with without_constraint("payments_payment", "external_payment_once"):
        monkeypatch.setattr("payments.services.collection_news.advisory_lock", lambda _name: None)
        monkeypatch.setattr("payments.services.collection_news.invoices_lock", unlocked)
        monkeypatch.setattr("payments.services.record.external_payment_lock", lambda **_: None)
        monkeypatch.setattr("payments.services.collection_news.external_payment_lock", all_read(lambda **_: None))
        at_once(lambda _: collected_take(gateway=gateway, paid=paid, now=time.now()), WORKERS)
        assert Payment.objects.filter(external_id=paid.external_id).count() == WORKERS


# Stripe tells of an invoice that it made by itself.


def told_of(mirrored: test_external_invoices.Seller) -> tuple[PaymentGateway, ProviderInvoice]:
    subscription = mirrored.billing.subscribe(250_000, name="Acme Ltd", email="acme@example.com")
    invoice = mirrored.billing.makes(subscription)
    gateway = gateway_of(mirrored.connection)
    return gateway, external_invoices_of(gateway).invoice_fetch(invoice)


@pytest.mark.money
def test_an_invoice_of_stripe_that_is_told_at_once_is_mirrored_once(mirrored: test_external_invoices.Seller) -> None:
    gateway, told = told_of(mirrored)
    now = time.now()
    results = at_once(lambda _: external_invoice_take(gateway=gateway, told=told, asked_at=now, now=now), WORKERS)
    assert len({row.pk for row in results}) == 1
    assert (ExternalInvoice.objects.count(), Event.objects.filter(name="external_invoice.draft").count()) == (1, 1)


def test_negative_control_without_lock_and_constraint_each_mirrors_it(
    mirrored: test_external_invoices.Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, told = told_of(mirrored)
    now = time.now()
    with without_constraint("payments_externalinvoice", "external_invoice_once"):
        monkeypatch.setattr("payments.services.external_invoices.advisory_lock", lambda _name: None)
        monkeypatch.setattr("payments.services.external_invoices._row_of", all_read(lambda *_: None))
        at_once(lambda _: external_invoice_take(gateway=gateway, told=told, asked_at=now, now=now), WORKERS)
        assert ExternalInvoice.objects.count() == WORKERS


# Colleagues make a payment link.


def links_made(shop: Shop) -> int:
    return sum(1 for key in shop.service.books.ours.objects if key.startswith("plink_"))


@pytest.mark.money
def test_colleagues_who_make_a_link_at_once_get_the_same(shop: Shop) -> None:
    bill = shop.invoice()
    results = at_once(lambda _: payment_link_make(invoice_id=bill.pk, actor=SYSTEM, now=time.now()), WORKERS)
    link = Checkout.objects.get()
    assert (link.status, links_made(shop)) == (CheckoutState.OPEN, 1)
    assert {each.pk for each in results if isinstance(each, Checkout)} == {link.pk}


def test_negative_control_without_lock_and_constraint_each_makes_a_link(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = shop.invoice()
    with (
        without_constraint("payments_checkout", "checkout_open_once_per_invoice"),
        without_constraint("payments_checkoutpart", "checkout_part_open_once_per_invoice"),
    ):
        monkeypatch.setattr("payments.services.payment_links.invoices_lock", unlocked)
        monkeypatch.setattr("payments.services.last_look.invoices_lock", unlocked)
        monkeypatch.setattr("payments.services.payment_links.waiting_checkouts_lock", all_read(lambda _ids: []))
        at_once(lambda _: payment_link_make(invoice_id=bill.pk, actor=SYSTEM, now=time.now()), WORKERS)
        assert links_made(shop) == WORKERS


# Workers charge what is due today.


def part_due(fake_gateway: FakeGateway, clock: Any) -> Invoice:
    """An invoice in parts, the first of which is due today and charged by itself."""
    of = customer()
    due_consent(fake_gateway, of)
    bill = in_parts(of, (5, "400.00"), (20, "600.00"))
    clock.shift(timedelta(days=5))
    return bill


@pytest.mark.money
def test_workers_at_once_charge_a_part_on_its_day_once(fake_gateway: FakeGateway, clock) -> None:
    bill = part_due(fake_gateway, clock)
    results = at_once(lambda _: autopay_sweep(now=time.now()), WORKERS)
    assert sorted(results) == [*[0] * (WORKERS - 1), 1]
    assert (Checkout.objects.count(), Payment.objects.count(), due(bill)) == (1, 1, Decimal(600))


def key_constraint() -> str:
    """The name that Django gave to the constraint on the keys of checkouts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'payments_checkout'::regclass AND contype = 'u'"
            " AND pg_get_constraintdef(oid) LIKE '%%(idempotency_key)'"
        )
        return str(cursor.fetchone()[0])


def test_negative_control_without_the_lock_each_worker_charges_it(
    fake_gateway: FakeGateway, clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill = part_due(fake_gateway, clock)

    def method(method_id: UUID) -> SavedMethod:
        return SavedMethod.objects.select_related("profile", "customer").get(pk=method_id)

    with (
        without_constraint("payments_checkout", key_constraint()),
        without_constraint("payments_checkout", "checkout_open_once_per_invoice"),
        without_constraint("payments_checkoutpart", "checkout_part_open_once_per_invoice"),
    ):
        monkeypatch.setattr("payments.services.off_session.invoices_lock", all_read(unlocked))
        monkeypatch.setattr("payments.services.off_session.waiting_checkouts_lock", all_read(lambda _ids: []))
        monkeypatch.setattr("payments.services.off_session.saved_method_lock", all_read(method))
        at_once(lambda _: autopay_sweep(now=time.now()), WORKERS)
        assert Checkout.objects.filter(invoice=bill).count() > 1
