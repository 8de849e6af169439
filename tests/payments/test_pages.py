"""The list of payments, as people of each role see it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from tests import factories
from tests.payments.builders import customer, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]
STAFF = [Role.ADMIN, Role.FINANCE, Role.CSM, Role.READ_ONLY]
RECORDERS = {Role.ADMIN, Role.FINANCE}


@pytest.fixture(autouse=True)
def _at_now(clock) -> None:
    """Everything happens on the second of March."""


@pytest.mark.parametrize("role", STAFF)
def test_staff_see_payments(client: Client, role: Role) -> None:
    of = customer()
    payment = pay(of, "52200.00")
    sign_in(client, role)
    page = text_of(client.get("/payments/"))
    assert payment.number in page
    assert "52,200.00" in page
    assert ("/payments/new/" in page) is (role in RECORDERS)
    assert payment.number in text_of(client.get(f"/payments/{payment.pk}/"))


def test_strangers_and_clients_stay_outside(client: Client) -> None:
    payment = pay(customer(), "5.00")
    for path in ("/payments/", f"/payments/{payment.pk}/", "/reports/aging/", "/payments/events/", "/payments/new/"):
        assert client.get(path).status_code == 302
    sign_in(client, Role.CLIENT)
    for path in ("/payments/", f"/payments/{payment.pk}/", "/reports/aging/", "/payments/events/", "/payments/new/"):
        assert client.get(path).status_code == 403


def test_another_profiles_payment_is_not_there(client: Client) -> None:
    of = customer()
    bill = invoice(of)
    payment = pay(of, "5.00", {bill.pk: Decimal(5)})
    sign_in(client, Role.ADMIN, profiles=[factories.profile()])
    for path in ("", "apply/", "reverse/"):
        assert client.get(f"/payments/{payment.pk}/{path}").status_code == 404
    assert client.post(f"/payments/{payment.pk}/undo/{bill.pk}/").status_code == 404
    assert client.get(f"/invoices/{bill.pk}/write-off/").status_code == 404
    assert client.get(f"/invoices/{bill.pk}/credit/").status_code == 404
    assert client.get(f"/payments/new/?customer={of.pk}").status_code == 404
    assert payment.number not in text_of(client.get("/payments/"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3}),
        ("q=FT2", {1, 2, 3}),
        ("q=PAY-0002", {2}),
        ("method=cash", {3}),
        ("unapplied=1", {2, 3}),
        ("since=2026-03-02", {1, 3}),
        ("until=2026-03-01", {2}),
        ("status=reversed", set()),
        ("q=%00nothing&status=nonsense&since=31.12.&currency=XXX", set()),
        ("after=forged", {1, 2, 3}),
        ("sort=amount", {1, 2, 3}),
        ("sort=nonsense", {1, 2, 3}),
    ],
)
def test_the_list_is_narrowed(client: Client, query: str, found: set[int]) -> None:
    of = customer()
    pay(of, "60.00", {invoice(of, "100.00").pk: Decimal(60)})
    pay(of, "70.00", received_on=date(2026, 3, 1))
    pay(of, "80.00", method="cash")
    sign_in(client)
    page = text_of(client.get(f"/payments/?{query}"))
    assert {int(number) for number in re.findall(r">PAY-000(\d)<", page)} == found


def test_the_list_sums_per_currency_what_was_received(client: Client) -> None:
    of = customer()
    pay(of, "60.00")
    pay(of, "40.00")
    pay(of, "5.00", currency="USD")
    sign_in(client)
    foot = text_of(client.get("/payments/")).split("<tfoot>")[1]
    assert "100.00" in foot
    assert "5.00" in foot


def test_the_list_asks_few_questions_however_long(client: Client, django_assert_max_num_queries) -> None:
    of = customer()
    for _ in range(12):
        pay(of, "60.00")
    sign_in(client)
    client.get("/payments/")
    with django_assert_max_num_queries(22):
        client.get("/payments/")


def test_the_export_neutralises_formulas(client: Client) -> None:
    pay(customer(), "60.00", reference='=HYPERLINK("http://evil")')
    sign_in(client)
    text = b"".join(client.get("/payments/export/").streaming_content).decode()
    assert "'=HYPERLINK" in text
    assert ",60.00," in text


def test_a_fragment_shares_its_pages_address(client: Client) -> None:
    pay(customer(), "30.00")
    sign_in(client)
    answer = client.get("/payments/", headers={"HX-Request": "true"})
    assert "<html" not in text_of(answer)
    assert "HX-Request" in answer["Vary"]
