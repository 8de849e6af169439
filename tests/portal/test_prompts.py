"""Paying by phone from the portal: the number, the request, what the page says until it ended."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core import clock as clocks
from customers.models import Customer
from integrations.services.webhooks import webhooks_sweep
from invoices.models import Invoice
from payments.models import Checkout, Payment
from payments.services.checkout_ask import checkouts_sweep
from payments.states import CheckoutState
from tests.factories import NOW
from tests.fakes.mpesa import MpesaSimulator
from tests.fakes.mpesa_fixtures import connect
from tests.payments.builders import due, invoice
from tests.portal.test_link_pages import path_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("tasks", "clock")]
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def bill(safaricom: MpesaSimulator, clock, settings) -> Invoice:
    settings.DEMO = False
    made = invoice(total="1500.50")
    connect(made.profile)
    return made


def ask(client: Client, bill: Invoice, **other: str):
    return client.post(path_of(bill, "pay/"), {"by": "phone", "phone": "0712 345 678", "amount": "1500", **other})


def test_the_page_offers_whole_shillings_and_asks_for_the_phone(client: Client, bill: Invoice) -> None:
    page = text_of(client.get(path_of(bill)))
    assert "Pay by M-Pesa" in page
    assert "whole amounts only" in page
    assert "never here" in page


def test_the_request_is_sent_and_the_page_waits_for_it(client: Client, bill: Invoice, safaricom, tell) -> None:
    answer = ask(client, bill)
    checkout = Checkout.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{path_of(bill)}?checkout={checkout.pk}")
    assert safaricom.last_push.body["PartyA"] == "254712345678"
    page = text_of(client.get(answer["Location"]))
    assert "Confirm on your phone" in page
    assert "2547•••678" in page
    assert "254712345678" not in page
    assert client.get(answer["Location"], headers=FRAGMENT).status_code == 204
    safaricom.payer_decides(checkout.external_id)
    safaricom.deliver(tell)
    webhooks_sweep(now=clocks.now())
    assert client.get(answer["Location"], headers=FRAGMENT)["HX-Refresh"] == "true"
    assert "your payment was received" in text_of(client.get(answer["Location"]))
    assert due(bill) == Decimal("0.50")


def test_a_refusal_on_the_phone_is_told_and_it_can_be_tried_again(client: Client, bill: Invoice, safaricom, clock):
    there = ask(client, bill)["Location"]
    safaricom.payer_decides(Checkout.objects.get().external_id, 1032, tell=False)
    clock.shift(timedelta(seconds=31))
    checkouts_sweep(now=clocks.now())
    page = text_of(client.get(there))
    assert "Nothing was charged" in page
    assert "cancelled on the phone" in page
    assert ask(client, bill).status_code == 302
    assert len(safaricom.pushes) == 2


@pytest.mark.parametrize("country", ["Kenya", "Uganda", ""])
def test_a_number_is_read_as_one_of_the_sellers_country(client: Client, bill: Invoice, safaricom, country: str) -> None:
    Customer.objects.filter(pk=bill.customer_id).update(country=country)
    assert ask(client, bill).status_code == 302
    assert safaricom.last_push.body["PartyA"] == "254712345678"


def test_the_page_waits_while_the_request_is_under_processing(client: Client, bill: Invoice, safaricom, tell, clock):
    safaricom.newer = True
    there = ask(client, bill)["Location"]
    for seconds in (31, 61, 91):
        clock.shift(timedelta(seconds=seconds))
        checkouts_sweep(now=clocks.now())
        assert "Confirm on your phone" in text_of(client.get(there))
    safaricom.payer_decides(Checkout.objects.get().external_id)
    safaricom.deliver(tell)
    webhooks_sweep(now=clocks.now())
    assert "your payment was received" in text_of(client.get(there))


def test_twice_at_once_is_one_request(client: Client, bill: Invoice, safaricom) -> None:
    ask(client, bill, amount="700")
    page = ask(client, bill, amount="700")
    assert (page.status_code, len(safaricom.pushes)) == (400, 1)
    assert "on the phone already" in text_of(page)


def test_a_page_that_is_open_elsewhere_is_closed_before_the_phone_is_asked(client: Client, bill: Invoice) -> None:
    page = Checkout.objects.create(
        profile=bill.profile,
        customer=bill.customer,
        invoice=bill,
        gateway="demo",
        account="demo",
        currency=bill.currency,
        amount=bill.amount_due,
        idempotency_key="page",
        expires_at=NOW + timedelta(hours=1),
    )
    page.parts.create(profile=bill.profile, invoice=bill, currency=bill.currency, amount=page.amount)
    ask(client, bill)
    page.refresh_from_db()
    assert page.status == CheckoutState.EXPIRED


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("phone", "12", "not a phone number"),
        ("phone", "", "required"),
        ("amount", "1500.50", "without cents"),
        ("amount", "9000", "more than that"),
        ("amount", "0", "Write 1.00 or more"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_the_form(client, bill, safaricom, field, value, words):  # noqa: PLR0917
    page = ask(client, bill, **{field: value})
    assert (page.status_code, len(safaricom.pushes), Payment.objects.count()) == (400, 0, 0)
    assert words in text_of(page)


def test_a_phone_that_m_pesa_does_not_know_is_refused_in_plain_words(client: Client, bill: Invoice) -> None:
    page = ask(client, bill, phone="+44 7911 123456")
    assert "Check the number" in text_of(page)
    assert Checkout.objects.get().status == CheckoutState.FAILED


def test_without_a_connection_nothing_is_offered(client: Client, clock, settings) -> None:
    settings.DEMO = False
    bill = invoice(total="1500.00")
    assert "Pay by M-Pesa" not in text_of(client.get(path_of(bill)))
    assert ask(client, bill).status_code == 200
    assert not Checkout.objects.exists()
