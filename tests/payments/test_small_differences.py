"""What a payment leaves of an invoice is written off with it, up to the profile's limit, and comes back with it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.models import Event
from invoices.states import InvoiceState
from payments.models import Payment, WriteOff
from payments.services.allocate import payment_deallocate, payment_reallocate
from payments.services.reverse import payment_reverse
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, due, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]


def test_what_is_left_counts_as_paid() -> None:
    of = customer(small_difference=Decimal(5))
    bill, other = invoice(of, "100.00"), invoice(of, "100.00")
    payment = pay(of, "190.00", {bill.pk: Decimal(95), other.pk: Decimal("94.99")}, write_off_rest=True)
    assert (due(bill), due(other)) == (0, Decimal("5.01"))
    assert bill.state == InvoiceState.ISSUED
    row = WriteOff.objects.get()
    assert (row.amount, row.payment_id, row.written_off_on) == (5, payment.pk, TODAY)
    assert Event.objects.filter(name="invoice.paid", subject_id=bill.pk).exists()


@pytest.mark.parametrize(
    ("fields", "currency", "asked"),
    [
        ({}, "KES", True),
        ({"small_difference": Decimal(5)}, "KES", False),
        ({"small_difference": Decimal(5)}, "USD", True),
    ],
    ids=["no limit", "not asked", "other currency"],
)
def test_nothing_is_written_off_otherwise(fields, currency: str, asked: bool) -> None:
    of = customer(**fields)
    of.currency = currency
    of.save()
    bill = invoice(of, "100.00")
    pay(of, "99.00", {bill.pk: Decimal(99)}, write_off_rest=asked)
    assert due(bill) == 1


def test_an_invoice_that_the_money_did_not_touch_stays_due() -> None:
    of = customer(small_difference=Decimal(5))
    paid, small = invoice(of, "100.00"), invoice(of, "3.00")
    pay(of, "100.00", "oldest first", write_off_rest=True)
    assert (due(paid), due(small)) == (0, 3)


def test_a_payment_that_bounced_takes_its_difference_back() -> None:
    of = customer(small_difference=Decimal(5))
    bill = invoice(of, "100.00")
    payment = pay(of, "96.00", {bill.pk: Decimal(96)}, write_off_rest=True)
    payment_reverse(payment_id=payment.pk, reason="bounced", actor=SYSTEM, now=NOW)
    assert due(bill) == 100
    assert sorted(WriteOff.objects.values_list("amount", flat=True)) == [-4, 4]


@pytest.mark.parametrize("way", ["taken back", "a part taken back", "applied differently"])
def test_money_that_goes_elsewhere_takes_its_difference_back(way: str) -> None:
    of = customer(small_difference=Decimal(5))
    bill, right, kept = (invoice(of, "100.00") for _ in range(3))
    wish = {bill.pk: Decimal(96), kept.pk: Decimal(98)}
    payment = pay(of, "194.00", wish, write_off_rest=True)
    who = {"payment_id": payment.pk, "actor": SYSTEM, "now": NOW}
    if way == "applied differently":
        payment_reallocate(allocations={right.pk: Decimal(96), kept.pk: Decimal(98)}, **who)
        assert due(right) == 4
    else:
        payment_deallocate(invoice_id=bill.pk, amount=Decimal(6) if "part" in way else None, **who)
    assert (due(bill), due(kept)) == (10 if "part" in way else 100, 0)
    assert sum(WriteOff.objects.values_list("amount", flat=True)) == 2


def test_the_page_of_the_payment_shows_the_amount_and_the_invoice_until_it_is_taken_back(client: Client, clock) -> None:
    of = customer(small_difference=Decimal(5))
    bill = invoice(of, "100.00")
    payment = pay(of, "96.00", {bill.pk: Decimal(96)}, write_off_rest=True)
    sign_in(client)
    page = client.get(f"/payments/{payment.pk}/").content.decode()
    shown = page.split("Small difference written off")[1].split("</dd>")[0]
    assert "4.00" in shown
    assert f'href="/invoices/{bill.pk}/"' in shown
    payment_reverse(payment_id=payment.pk, reason="bounced", actor=SYSTEM, now=NOW)
    assert "Small difference written off" not in client.get(f"/payments/{payment.pk}/").content.decode()


def test_the_page_offers_it_where_there_is_a_limit(client: Client, clock) -> None:
    plain, of = customer(), customer(small_difference=Decimal(50))
    bill = invoice(of, "100.00")
    sign_in(client)
    assert "write_off_rest" not in text_of(client.get(f"/payments/new/?customer={plain.pk}"))
    page = text_of(client.get(f"/payments/new/?customer={of.pk}"))
    assert "50.00 an invoice" in page
    form = {
        "customer": of.pk,
        "amount": "60",
        "currency": "KES",
        "method": "cash",
        "received_on": TODAY,
        "write_off_rest": "on",
        f"invoice_{bill.pk}": "60",
        "payment_id": "019cadc6-9a80-76cd-bcf3-47b33ea607d5",
    }
    answer = client.post("/payments/new/", form, follow=True)
    assert "40.00 written off" in text_of(answer)
    assert due(bill) == 0
    assert Payment.objects.count() == 1
