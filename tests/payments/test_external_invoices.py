"""Invoices that Stripe Billing makes by itself: read through the real SDK, written down once, in no book of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import clock as time
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Role
from billing_assistant.ledger.models import JournalEntry
from customers.models import Customer
from integrations.models import GatewayConnection, WebhookEvent, WebhookStatus
from payments.errors import NothingToAsk
from payments.models import ExternalInvoice, Payment
from payments.services.external_invoice_reading import external_invoice_ask_now, external_invoices_sweep
from payments.services.external_invoices import external_invoice_link
from payments.states import ExternalInvoiceState, PayerKnownBy
from tests import factories
from tests.fakes.stripe import Billing, Fault, StripeServer
from tests.fakes.stripe.fixtures import connected
from tests.fakes.tasks import CollectedTasks
from tests.payments.builders import SYSTEM
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.test_api import read
from tests.support.deep import a_few

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


@dataclass
class Seller:
    """A business profile whose Stripe account has subscriptions of its own."""

    service: StripeServer
    tasks: CollectedTasks
    connection: GatewayConnection
    billing: Billing

    @property
    def profile(self) -> BusinessProfile:
        return self.connection.profile

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.service.books.ours.events

    def told(self, *events: dict[str, Any]) -> None:
        """Events are posted to us and acted upon."""
        for event in events:
            headers, body = self.service.books.signed(event)
            path = f"/hooks/stripe/{self.connection.pk}/"
            answer = Client().post(path, data=body, content_type="application/json", headers=headers)
            assert answer.status_code == 200
        self.tasks.run("integrations.process_webhooks")

    def news(self) -> None:
        """Everything that Stripe has to tell is told."""
        events = list(self.events)
        self.events.clear()
        self.told(*events)


@pytest.fixture
def seller(stripe_service: StripeServer, tasks: CollectedTasks, monkeypatch: pytest.MonkeyPatch) -> Seller:
    monkeypatch.setattr("billing_assistant.core.http._pause", lambda *_: 0.0)
    connection = connected(stripe_service, factories.seller())
    return Seller(stripe_service, tasks, connection, Billing(stripe_service.books))


def _told_of(name: str) -> int:
    return Event.objects.filter(name=f"external_invoice.{name}").count()


def test_the_life_of_an_invoice_is_mirrored_and_touches_no_book(seller: Seller) -> None:
    subscription = seller.billing.subscribe(250_000, name="Acme Ltd", email="acme@example.com")
    seller.billing.comes_up(subscription)
    seller.news()
    row = ExternalInvoice.objects.get()
    assert (row.status, row.total, row.name) == (ExternalInvoiceState.UPCOMING, Decimal("2500.00"), subscription)
    invoice = seller.billing.makes(subscription)
    seller.news()
    row.refresh_from_db()
    assert (row.external_id, row.status) == (invoice, ExternalInvoiceState.DRAFT)
    seller.billing.finalizes(invoice)
    seller.billing.collects(invoice, "insufficient_funds")
    seller.news()
    row.refresh_from_db()
    assert (row.status, row.attempts, row.amount_due) == (ExternalInvoiceState.OPEN, 1, Decimal("2500.00"))
    assert row.next_try_at == time.now() + timedelta(days=3)
    assert row.url.startswith("https://")
    seller.billing.collects(invoice)
    seller.news()
    row.refresh_from_db()
    assert (row.status, row.amount_due, row.amount_paid) == (ExternalInvoiceState.PAID, 0, Decimal("2500.00"))
    assert ExternalInvoice.objects.count() == 1
    assert [_told_of(name) for name in ("upcoming", "draft", "open", "payment_failed", "paid")] == [1, 1, 1, 1, 1]
    assert not Payment.objects.exists()
    assert not JournalEntry.objects.exists()


def test_payments_refunds_and_disputes_of_such_invoices_need_nobody(seller: Seller) -> None:
    invoice = seller.billing.makes(seller.billing.subscribe())
    seller.billing.finalizes(invoice)
    seller.billing.collects(invoice, "card_declined")
    charge = seller.billing.collects(invoice)
    seller.service.books.refund_create(seller.service.books.ours, {"charge": charge, "amount": "100"})
    seller.service.books.disputed(charge)
    seller.news()
    assert not WebhookEvent.objects.filter(status=WebhookStatus.PARKED).exists()
    assert not Payment.objects.exists()
    assert ExternalInvoice.objects.get().status == ExternalInvoiceState.PAID


def test_a_payment_that_is_nobodys_still_needs_a_person(seller: Seller) -> None:
    books = seller.service.books
    intent = books.keep(books.ours, "payment_intent", "pi", amount=100, currency="kes", metadata={}, status="x")
    books.charge(books.ours, intent, "pays", "card")
    seller.news()
    assert WebhookEvent.objects.filter(status=WebhookStatus.PARKED).count() == 1


# Any order, and more than once.


@pytest.mark.parametrize("order", a_few(permutations(range(4)), 6))
def test_events_in_any_order_and_twice_come_to_the_same(seller: Seller, order: tuple[int, ...]) -> None:
    subscription = seller.billing.subscribe()
    invoice = seller.billing.makes(subscription)
    seller.billing.finalizes(invoice)
    seller.billing.collects(invoice, "insufficient_funds")
    seller.billing.collects(invoice)
    told = [event for event in seller.events if event["type"].startswith("invoice.")]
    seller.told(*(told[place] for place in order), *told)
    row = ExternalInvoice.objects.get()
    assert (row.status, row.attempts, row.amount_due) == (ExternalInvoiceState.PAID, 2, 0)
    assert _told_of("paid") == 1


def test_a_reading_from_before_what_we_know_is_left_aside(seller: Seller, clock) -> None:
    invoice = seller.billing.makes(seller.billing.subscribe())
    seller.billing.finalizes(invoice)
    early = seller.service.books.ours.objects[invoice].copy()
    seller.billing.collects(invoice)
    seller.news()
    seller.service.books.ours.objects[invoice] = early
    clock.shift(timedelta(minutes=1))
    row = ExternalInvoice.objects.get()
    external_invoice_ask_now(invoice_id=row.pk, actor=SYSTEM, now=time.now())
    row.refresh_from_db()
    assert (row.status, row.amount_due) == (ExternalInvoiceState.PAID, 0)


def test_what_is_upcoming_next_stands_beside_what_was_made(seller: Seller) -> None:
    subscription = seller.billing.subscribe()
    seller.billing.makes(subscription)
    seller.billing.comes_up(subscription)
    seller.news()
    states = sorted(ExternalInvoice.objects.values_list("status", flat=True))
    assert states == [ExternalInvoiceState.DRAFT, ExternalInvoiceState.UPCOMING]


def test_an_upcoming_invoice_of_an_ended_subscription_is_void(seller: Seller) -> None:
    subscription = seller.billing.subscribe()
    seller.billing.comes_up(subscription)
    seller.news()
    seller.billing.cancels(subscription)
    external_invoice_ask_now(invoice_id=ExternalInvoice.objects.get().pk, actor=SYSTEM, now=time.now())
    assert ExternalInvoice.objects.get().status == ExternalInvoiceState.VOID
    other = seller.billing.subscribe()
    seller.billing.comes_up(other)
    seller.billing.cancels(other)
    seller.news()
    assert ExternalInvoice.objects.count() == 1
    assert not WebhookEvent.objects.filter(status=WebhookStatus.PARKED).exists()


@pytest.mark.parametrize("status", ["void", "uncollectible"])
def test_an_invoice_that_stripe_gives_up(seller: Seller, status: str) -> None:
    invoice = seller.billing.makes(seller.billing.subscribe())
    seller.billing.finalizes(invoice)
    seller.billing.ends(invoice, status)
    seller.news()
    assert ExternalInvoice.objects.get().status == status
    assert _told_of(status) == 1


def test_an_invoice_of_the_other_mode_is_parked(seller: Seller) -> None:
    invoice = seller.billing.makes(seller.billing.subscribe())
    seller.service.books.ours.objects[invoice]["livemode"] = True
    seller.news()
    assert not ExternalInvoice.objects.exists()
    assert WebhookEvent.objects.get().status == WebhookStatus.PARKED


def test_lost_events_are_found_at_night(seller: Seller, clock) -> None:
    invoice = seller.billing.makes(seller.billing.subscribe())
    seller.events.clear()
    assert external_invoices_sweep(now=time.now() + timedelta(minutes=1)) == 1
    assert ExternalInvoice.objects.get().status == ExternalInvoiceState.DRAFT
    clock.shift(timedelta(days=5))
    seller.billing.finalizes(invoice)
    seller.billing.collects(invoice)
    seller.service.faults.append(Fault("GET /v1/invoices$", status=500, times=9))
    assert external_invoices_sweep(now=time.now()) == 1
    assert ExternalInvoice.objects.get().status == ExternalInvoiceState.PAID
    assert external_invoices_sweep(now=time.now()) == 0


# Whose it is.


def _by_reference(customer: Customer) -> dict[str, Any]:
    return {"metadata": {"reference": str(customer.pk)}}


def _by_email(customer: Customer) -> dict[str, Any]:
    return {"email": customer.email.upper()}


@pytest.mark.parametrize(("payer", "known"), [(_by_reference, PayerKnownBy.REFERENCE), (_by_email, PayerKnownBy.EMAIL)])
def test_the_customer_is_found(seller: Seller, payer: Callable[[Customer], Any], known: PayerKnownBy) -> None:
    customer = factories.customer(seller.profile, email="accounts@acme.example")
    seller.billing.makes(seller.billing.subscribe(**payer(customer)))
    seller.news()
    row = ExternalInvoice.objects.get()
    assert (row.customer, row.known_by) == (customer, known)
    assert Event.objects.get(name="external_invoice.draft").customer_id == customer.pk


def test_an_address_of_two_customers_and_of_another_seller_tells_nothing(seller: Seller) -> None:
    for name in ("One", "Two"):
        factories.customer(seller.profile, name=name, email="shared@acme.example")
    factories.customer(factories.seller(name="Other"), email="other@acme.example")
    for email in ("shared@acme.example", "other@acme.example", ""):
        seller.billing.makes(seller.billing.subscribe(email=email))
    seller.news()
    assert list(ExternalInvoice.objects.values_list("customer", "known_by")) == [(None, "")] * 3


def test_a_colleague_says_whose_it_is_and_later_ones_follow(seller: Seller) -> None:
    customer = factories.customer(seller.profile)
    subscription = seller.billing.subscribe(email="somebody@example.com")
    for _ in range(2):
        seller.billing.makes(subscription)
    seller.news()
    row = ExternalInvoice.objects.first()
    external_invoice_link(invoice_id=row.pk, customer_id=customer.pk, actor=SYSTEM, now=time.now())
    seller.billing.makes(subscription)
    seller.news()
    found = ExternalInvoice.objects.order_by("id").values_list("customer", "known_by")
    assert list(found) == [(customer.pk, "person"), (customer.pk, "person"), (customer.pk, "payer")]


# Pages, files, API.


@pytest.fixture
def row(seller: Seller) -> ExternalInvoice:
    invoice = seller.billing.makes(seller.billing.subscribe(email="somebody@example.com"))
    seller.billing.finalizes(invoice)
    seller.news()
    return ExternalInvoice.objects.get()


def test_staff_find_read_link_and_ask(seller: Seller, row: ExternalInvoice, client: Client) -> None:
    customer = factories.customer(seller.profile, name="Mine Ltd")
    sign_in(client, Role.FINANCE, profiles=[seller.profile])
    for query in ("", "?nobodys=1", "?q=ACME-0001", "?q=somebody@", "?status=open"):
        assert row.number in text_of(client.get(f"/payments/provider-invoices/{query}"))
    assert row.number not in text_of(client.get("/payments/provider-invoices/?status=paid"))
    page = f"/payments/provider-invoices/{row.pk}/"
    assert "It is not in your books here" in text_of(client.get(page))
    assert row.number not in text_of(client.get(f"/customers/{customer.pk}/invoices/"))
    client.post(f"{page}customer/", {"customer": "x"})
    client.post(f"{page}customer/", {"customer": str(customer.pk)})
    assert "Mine Ltd" in text_of(client.get(page))
    assert row.number in text_of(client.get(f"/customers/{customer.pk}/invoices/"))
    seller.billing.collects(row.external_id)
    client.post(f"{page}ask/")
    assert "The provider was asked: Paid." in text_of(client.get(page))
    lines = client.get("/payments/provider-invoices/export/").getvalue().decode().splitlines()
    assert "ACME-0001" in lines[1]
    assert "2500.00" in lines[1]


def test_no_answer_is_told_and_changes_nothing(seller: Seller, row: ExternalInvoice) -> None:
    seller.service.faults.append(Fault("GET", status=503, times=9))
    with pytest.raises(NothingToAsk):
        external_invoice_ask_now(invoice_id=row.pk, actor=SYSTEM, now=time.now())
    assert ExternalInvoice.objects.get().status == ExternalInvoiceState.OPEN


def test_who_may_only_look_cannot_ask_or_link(seller: Seller, row: ExternalInvoice, client: Client) -> None:
    sign_in(client, Role.READ_ONLY, profiles=[seller.profile])
    page = f"/payments/provider-invoices/{row.pk}/"
    assert "Ask the provider again" not in text_of(client.get(page))
    assert client.post(f"{page}ask/").status_code == 403
    assert client.post(f"{page}customer/", {"customer": str(row.pk)}).status_code == 403


def test_the_api_reads_them(seller: Seller, row: ExternalInvoice, client: Client) -> None:
    sign_in(client, Role.FINANCE, profiles=[seller.profile])
    listed = read(client.get("/api/provider-invoices?status=open"))["provider_invoices"]
    assert [(as_uuid(one["id"]), one["customer_id"], one["total"]) for one in listed] == [(row.pk, None, Decimal(2500))]
    one = read(client.get(f"/api/provider-invoices/{row.pk}"))
    assert (one["number"], one["status"], one["amount_due"]) == (row.number, "open", Decimal(2500))
    assert client.get("/api/provider-invoices?status=nothing").status_code == 400
    assert client.post("/api/provider-invoices", {}).status_code == 405
