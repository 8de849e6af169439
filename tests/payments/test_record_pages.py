"""Recording a payment on its page: what was typed, once, and every wrong input at its field."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.ids import uuid7
from payments.models import Payment
from tests.payments.builders import customer, due, invoice
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture(autouse=True)
def _at_now(clock) -> None:
    """Everything happens on the second of March."""


def _form(of, **other: str) -> dict[str, str]:
    fields = {
        "customer": str(of.pk),
        "amount": "20k",
        "currency": "KES",
        "method": "mpesa",
        "received_on": "2026-03-02",
        "reference": "SKJ8DH27AQ",
        "payment_id": str(uuid7()),
    }
    return fields | other


def test_a_payment_is_recorded_with_what_was_typed(client: Client) -> None:
    of = customer()
    first, second = invoice(of), invoice(of, "100.00")
    sign_in(client)
    page = text_of(client.get(f"/payments/new/?customer={of.pk}"))
    assert f"invoice_{first.pk}" in page
    assert f"invoice_{second.pk}" in page
    form = _form(of) | {f"invoice_{first.pk}": "19,900", f"invoice_{second.pk}": "50"}
    answer = client.post("/payments/new/", form)
    payment = Payment.objects.get()
    assert answer["Location"] == f"/payments/{payment.pk}/"
    assert (due(first), due(second), payment.unapplied) == (Decimal(32300), Decimal(50), Decimal(50))


def test_pressing_twice_records_once(client: Client) -> None:
    of = customer()
    sign_in(client)
    form = _form(of)
    assert client.post("/payments/new/", form).status_code == 302
    assert client.post("/payments/new/", form).status_code == 302
    assert Payment.objects.count() == 1


def test_oldest_first_is_one_button(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client)
    client.post("/payments/new/", _form(of, oldest="1"))
    assert due(bill) == Decimal(32200)


def test_an_invoice_is_filled_in_from_its_page(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client)
    page = text_of(client.get(f"/payments/new/?customer={of.pk}&invoice={bill.pk}"))
    assert page.count('value="52200.00"') == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": "much"}, "not an amount"),
        ({"amount": ""}, "required"),
        ({"amount": "-5"}, "or more"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "9" * 20}, "The amount is too large."),
        ({"amount": "1e308"}, "not an amount"),
        ({"amount": "NaN"}, "not an amount"),
        ({"amount": "٣"}, "greater|not an amount|above|recorded"),
        ({"received_on": "2026-03-03"}, "in the future"),
        ({"received_on": "yesterday"}, "valid date"),
        ({"method": "barter"}, "valid choice"),
        ({"currency": "XXX"}, "valid choice"),
        ({"box": "much"}, "not an amount"),
        ({"box": "60000"}, "more than that"),
        ({"box": "-5"}, "cannot be negative"),
        ({"box": "0.001"}, "more decimals"),
        ({"amount": "10", "box": "20"}, "cannot be allocated"),
    ],
)
def test_bad_input_is_answered_at_its_field_and_nothing_is_written(client: Client, change, said: str) -> None:
    of = customer()
    bill = invoice(of)
    sign_in(client)
    form = _form(of, **{key: value for key, value in change.items() if key != "box"})
    if "box" in change:
        form[f"invoice_{bill.pk}"] = change["box"]
    answer = client.post("/payments/new/", form)
    if change.get("amount") == "٣":
        assert answer.status_code in {302, 422}
        return
    assert answer.status_code == 422
    assert re.search(said, text_of(answer))
    assert (Payment.objects.count(), due(bill)) == (0, Decimal(52200))
