"""The API about payments: recording with allocations, keys, lists, the aging report, refusals."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import exact_json
from billing_assistant.core.rights import Role
from customers.models import Customer
from payments.models import Payment
from tests import factories
from tests.payments.builders import NOW, customer, due, invoice, pay

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


@pytest.fixture
def of() -> Customer:
    return customer()


@pytest.fixture
def api(client: Client, of: Customer) -> Client:
    """Signed in as finance, in the browser's way."""
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def post(api: Client, path: str, body: Any, **headers: str) -> Any:
    text = body if isinstance(body, str) else exact_json.dumps(body)
    return api.post(f"/api/{path}", text, content_type="application/json", headers=headers)


def read(response: Any) -> Any:
    return exact_json.loads(response.content)


def body_of(of: Customer, **other: Any) -> dict[str, Any]:
    return {"customer_id": of.number, "amount": 20000.00, "method": "mpesa", "reference": "SKJ8DH27AQ"} | other


def test_a_payment_is_recorded_with_its_allocations(api: Client, of: Customer) -> None:
    first, second = invoice(of), invoice(of, "100.00")
    parts = [
        {"invoice_id": first.number, "amount": 19900},
        {"invoice_id": str(second.pk), "amount": "50.00"},
    ]
    response = post(api, "payments", body_of(of, allocations=parts))
    assert response.status_code == 201
    assert response["Location"] == "/api/payments/PAY-0001"
    answer = read(response)
    assert (answer["payment_id"], answer["customer_id"], answer["status"]) == ("PAY-0001", of.number, "completed")
    assert (answer["amount"], answer["unapplied"]) == (Decimal("20000.00"), Decimal("50.00"))
    assert b'"amount":20000.00,' in response.content
    assert [(each["invoice_id"], each["amount"]) for each in answer["allocations"]] == [
        (first.number, Decimal(19900)),
        (second.number, Decimal(50)),
    ]
    assert (due(first), due(second)) == (Decimal(32300), Decimal(50))


def test_oldest_first_by_the_api(api: Client, of: Customer) -> None:
    bill = invoice(of)
    assert post(api, "payments", body_of(of, allocations="oldest_first")).status_code == 201
    assert due(bill) == Decimal(32200)


def test_the_same_key_records_once_and_another_body_is_refused(api: Client, of: Customer) -> None:
    key = {"Idempotency-Key": "one-payment"}
    first = post(api, "payments", body_of(of), **key)
    again = post(api, "payments", body_of(of), **key)
    assert (first.status_code, again.content) == (201, first.content)
    assert post(api, "payments", body_of(of, amount=1), **key).status_code == 422
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"amount": 0}, 400, "amount"),
        ({"amount": -5}, 400, "amount"),
        ({"amount": "much"}, 400, "amount"),
        ({"amount": True}, 400, "amount"),
        ({"amount": 10.005}, 400, "amount"),
        ({"amount": "1e9"}, 400, "amount"),
        ({"amount": 10**30}, 400, "amount"),
        ({"currency": "XXX"}, 400, None),
        ({"method": "barter"}, 400, "method"),
        ({"received_on": "2026-03-03"}, 400, "received_on"),
        ({"received_on": "03/02/2026"}, 400, "received_on"),
        ({"customer_id": "CUST-9999"}, 404, None),
        ({"allocations": "newest_first"}, 400, "allocations"),
        ({"allocations": {"x": 1}}, 400, "allocations"),
        ({"allocations": [{"invoice_id": "INV-2026-0001"}]}, 400, "allocations"),
        ({"allocations": [{"invoice_id": "INV-9", "amount": 1}]}, 404, None),
        ({"allocations": [{"invoice_id": "INV-2026-0001", "amount": 1, "extra": 1}]}, 400, "allocations"),
        ({"allocations": [{"invoice_id": "INV-2026-0001", "amount": 1}] * 2}, 400, "allocations"),
        ({"allocations": [{"invoice_id": "INV-2026-0001", "amount": -1}]}, 400, "allocations"),
        ({"allocations": [{"invoice_id": "INV-2026-0001", "amount": 52200.01}]}, 409, "allocations"),
        ({"allocations": [{"invoice_id": "INV-2026-0001", "amount": 20000.01}]}, 409, "allocations"),
        ({"status": "completed"}, 400, "status"),
        ({"amount_allocated": 5}, 400, "amount_allocated"),
        ({"unapplied": 5}, 400, "unapplied"),
        ({"id": "x"}, 400, "id"),
        ({"profile": "x"}, 400, "profile"),
    ],
)
def test_bad_input_names_the_field_and_writes_nothing(
    api: Client, of: Customer, change: dict[str, Any], status: int, field: str | None
) -> None:
    bill = invoice(of)
    response = post(api, "payments", body_of(of, **change))
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    if field:
        assert any(name.split(".")[0] == field for name in read(response)["errors"])
    assert (Payment.objects.count(), due(bill)) == (0, Decimal(52200))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "NaN", '{"amount": NaN}', '"x"', "\x00"])
def test_bodies_that_are_no_object_are_refused(api: Client, text: str) -> None:
    assert post(api, "payments", text).status_code == 400


def test_the_list_is_filtered_and_paged(api: Client, of: Customer) -> None:
    pay(of, "60.00", {invoice(of, "100.00").pk: Decimal(60)})
    pay(of, "70.00", method="cash")
    pay(customer(), "80.00")

    def numbers(query: str) -> list[str]:
        return [each["payment_id"] for each in read(api.get(f"/api/payments?{query}"))["payments"]]

    assert numbers("") == ["PAY-0002", "PAY-0001"]
    assert numbers("unapplied=true") == ["PAY-0002"]
    assert numbers("method=cash") == ["PAY-0002"]
    assert numbers(f"customer={of.number}&limit=1") == ["PAY-0002"]
    assert numbers("status=failed") == []
    for query in ("status=x", "method=x", "currency=x", "since=x", "unapplied=perhaps", "limit=0"):
        assert api.get(f"/api/payments?{query}").status_code == 400
    assert api.get("/api/payments?customer=CUST-9999").status_code == 404


def test_one_payment_by_id_or_number(api: Client, of: Customer) -> None:
    payment = pay(of, "60.00")
    for ref in (payment.number, payment.pk, payment.number.lower()):
        assert read(api.get(f"/api/payments/{ref}"))["id"] == str(payment.pk)
    assert api.get("/api/payments/PAY-9999").status_code == 404
    assert api.get("/api/payments/%00").status_code == 404


def test_the_rest_is_allocated_and_the_payment_reversed(api: Client, of: Customer) -> None:
    payment = pay(of, "60.00")
    bill = invoice(of, "100.00")
    answer = post(api, f"payments/{payment.number}/allocate", {"allocations": "oldest_first"})
    assert read(answer)["unapplied"] == 0
    assert due(bill) == Decimal(40)
    assert post(api, f"payments/{payment.number}/allocate", {"allocations": "oldest_first"}).status_code == 409
    answer = post(api, f"payments/{payment.number}/reverse", {"reason": "Bounced"})
    assert (read(answer)["status"], due(bill)) == ("reversed", Decimal(100))
    assert post(api, f"payments/{payment.number}/reverse", {"reason": "Again"}).status_code == 409


def test_aging_by_the_api_ties(api: Client, of: Customer) -> None:
    invoice(of, "100.00", payment_terms_days=0, now=NOW - timedelta(days=45))
    pay(of, "30.00")
    answer = read(api.get("/api/reports/aging"))
    assert (answer["as_of"], answer["ties"]) == ("2026-03-02", True)
    line = answer["customers"][0]["aging"]
    assert (line["days_31_60"], line["owed"], line["unapplied_credit"], line["net"]) == (100, 100, 30, 70)
    assert read(api.get("/api/reports/aging?as_of=2026-01-01"))["customers"] == []
    for query in ("as_of=x", "as_of=2027-01-01", "currency=x"):
        assert api.get(f"/api/reports/aging?{query}").status_code == 400


def test_rights_and_profiles_are_kept(client: Client, of: Customer) -> None:
    bill, payment = invoice(of), pay(of, "60.00")
    assert client.get("/api/payments").status_code == 401
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(factories.user(Role.CSM), backend=backend)
    assert client.get("/api/payments").status_code == 200
    assert post(client, "payments", body_of(of)).status_code == 403
    assert post(client, f"payments/{payment.number}/reverse", {"reason": "x"}).status_code == 403
    own = factories.seller()
    mine = factories.customer(own)
    client.force_login(factories.user(Role.FINANCE, profiles=[own]), backend=backend)
    assert client.get(f"/api/payments/{payment.number}").status_code == 404
    assert client.get(f"/api/payments/{payment.pk}").status_code == 404
    assert post(client, "payments", body_of(of, customer_id=str(of.pk))).status_code == 404
    stolen = [{"invoice_id": str(bill.pk), "amount": 5}]
    assert post(client, "payments", body_of(mine, allocations=stolen)).status_code == 404
    assert post(client, f"payments/{payment.pk}/allocate", {"allocations": stolen}).status_code == 404
    assert read(client.get("/api/payments"))["payments"] == []
    assert read(client.get("/api/reports/aging"))["customers"] == []


@pytest.mark.parametrize(
    "amount", ["1e400", "9" * 30, "9" * 5000, '"NaN"', '"Infinity"', "1e-400", "1e99999999999999999999"]
)
@pytest.mark.parametrize("where", ["amount", "allocation"])
def test_an_amount_that_is_none_is_refused(api: Client, of: Customer, amount: str, where: str) -> None:
    money, part = (amount, "1") if where == "amount" else ("100", amount)
    parts = f'[{{"invoice_id": "{invoice(of).number}", "amount": {part}}}]'
    text = f'{{"customer_id": "{of.number}", "amount": {money}, "method": "cash", "allocations": {parts}}}'
    answer = post(api, "payments", text)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"] or answer.json()["detail"] == "A number in the body is too large."
    assert not Payment.objects.exists()


def test_a_field_that_nobody_knows_is_refused(api: Client, of: Customer) -> None:
    made = pay(of, "100.00")
    for path, body in (
        ("payments", body_of(of, zzz=1)),
        (f"payments/{made.number}/allocate", {"allocations": [], "zzz": 1}),
        (f"payments/{made.number}/reverse", {"reason": "x", "zzz": 1}),
    ):
        assert read(post(api, path, body))["errors"] == {"zzz": ["This field cannot be set."]}


@pytest.mark.parametrize("day", ["2026-13-01", "yesterday", "20260301", "2026-W10-1", "2026-03-02T00:00", "٢٠٢٦-٠٣-٠٢"])
@pytest.mark.parametrize("path", ["payments?since=", "payments?until=", "reports/aging?as_of="])
def test_a_day_that_is_none_is_refused_by_name(api: Client, of: Customer, path: str, day: str) -> None:
    answer = api.get(f"/api/{path}{day}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [path.partition("?")[2].rstrip("=")]


def test_a_refund_by_the_api(api: Client, of: Customer) -> None:
    payment = pay(of, "100.00")
    body = {"amount": 40, "reason": "Paid twice", "method": "cash"}
    made = post(api, f"payments/{payment.number}/refunds", body)
    assert made.status_code == 201
    assert (read(made)["amount"], read(made)["payment_id"]) == (Decimal(40), "PAY-0001")
    assert post(api, f"payments/{payment.number}/refunds", body | {"amount": 60.01}).status_code == 409
    rows = read(api.get(f"/api/payments/{payment.pk}/refunds"))["refunds"]
    assert [row["refund_id"] for row in rows] == ["PAY-0001-R1"]
    assert read(api.get(f"/api/payments/{payment.pk}"))["amount_refunded"] == Decimal(40)


def test_a_small_difference_is_written_off_by_the_api(api: Client, of: Customer) -> None:
    of.profile.small_difference = Decimal(5)
    of.profile.save()
    bill = invoice(of, "100.00")
    parts = [{"invoice_id": bill.number, "amount": 96}]
    assert post(api, "payments", body_of(of, amount=96, allocations=parts, write_off_rest=True)).status_code == 201
    assert due(bill) == 0
