"""The API about customers: the JSON of the requirement, and what it refuses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import exact_json
from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile, Event
from billing_assistant.core.rights import Right, Role
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Customer
from tests import factories

pytestmark = pytest.mark.django_db

FULL: dict[str, Any] = {
    "name": "Tech Solutions Ltd",
    "email": "info@techsolutions.com",
    "phone": "254722123456",
    "secondary_email": "billing@tech.com",
    "secondary_phone": "254733456789",
    "address": {"street": "123 Kimathi Street", "city": "Nairobi", "postal_code": "00100", "country": "Kenya"},
    "business_type": "technology",
    "tax_id": "P051234567X",
    "preferred_payment_method": "mpesa",
    "payment_terms": "net_30",
    "billing_cycle": "monthly",
    "credit_limit": 1000000.00,
    "auto_send_invoices": True,
    "send_reminders": True,
    "ai_preferences": {
        "invoice_template": "professional",
        "language": "english",
        "include_tax": True,
        "default_currency": "KES",
    },
    "notes": "VIP customer, prefers monthly billing",
    "tags": ["vip", "technology", "recurring"],
}


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.profile()


@pytest.fixture
def api(client: Client, seller: BusinessProfile) -> Client:
    """Signed in as finance, in the browser's way."""
    client.force_login(factories.user(Role.FINANCE), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def send(api: Client, method: str, path: str, body: Any, **headers: str) -> Any:
    return getattr(api, method)(
        f"/api/{path}", exact_json.dumps(body), content_type="application/json", headers=headers or None
    )


def owes(customer: Customer, amount: str, currency: str = "KES", **fields: Any) -> None:
    OwnerBalance.objects.create(
        profile=customer.profile,
        owner_id=customer.pk,
        currency=currency,
        billed=Decimal(amount),
        outstanding=Decimal(amount),
        **fields,
    )


def test_lists_customers_with_the_keys_of_the_plan(api: Client, seller: BusinessProfile) -> None:
    customer = factories.customer(seller, number="CUST-0001", email="info@techsolutions.com")
    owes(customer, "400000", document_count=45, last_document_on=date(2025, 10, 10))
    answer = api.get("/api/customers?limit=50&skip=0&status=active&search=tech&sort=name")
    assert answer.status_code == 200
    assert b'"outstanding_balance":400000.00' in answer.content.replace(b": ", b":")
    body = answer.json()
    assert {name: body[name] for name in ("total", "limit", "skip")} == {"total": 1, "limit": 50, "skip": 0}
    expected = {
        "customer_id": "CUST-0001",
        "name": "Tech Solutions Ltd",
        "email": "info@techsolutions.com",
        "phone": "254722123456",
        "total_invoices": 45,
        "outstanding_balance": 400000.00,
        "payment_status": "good",
        "status": "active",
        "last_invoice_date": "2025-10-10",
    }
    assert body["customers"][0].items() >= expected.items()


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("sort=-outstanding", ["C2", "C1", "C3"]),
        ("sort=outstanding_balance", ["C3", "C1", "C2"]),
        ("sort=-last_invoice_date", ["C1", "C2", "C3"]),
        ("outstanding=true&sort=name", ["C1", "C2"]),
        ("outstanding=false", ["C3"]),
        ("limit=1&skip=1", ["C2"]),
        ("sort=-outstanding_balance&limit=2&skip=1", ["C1", "C3"]),
        ("min_outstanding=10", ["C2"]),
        ("min_outstanding=0&currency=usd", []),
        ("billing_cycle=quarterly", ["C3"]),
        ("payment_method=paypal", ["C3"]),
        ("status=suspended", ["C3"]),
        ("search=nobody", []),
    ],
)
def test_lists_as_asked(api: Client, seller: BusinessProfile, query: str, numbers: list[str]) -> None:
    for number, amount in (("C1", "10"), ("C2", "20"), ("C3", "")):
        customer = factories.customer(seller, number=number, name=f"Ltd {number}")
        if amount:
            owes(customer, amount, last_document_on=date(2026, 1, 30 - int(amount)))
    Customer.objects.filter(number="C3").update(
        billing_cycle="quarterly", preferred_payment_method="paypal", status="suspended"
    )
    answer = api.get(f"/api/customers?{query}").json()
    assert [item["customer_id"] for item in answer["customers"]] == numbers


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=gone", "status"),
        ("payment_status=bad", "payment_status"),
        ("billing_cycle=daily", "billing_cycle"),
        ("payment_method=barter", "payment_method"),
        ("outstanding=perhaps", "outstanding"),
        ("sort=password", "sort"),
        ("min_outstanding=-1", "min_outstanding"),
        ("min_outstanding=lots", "min_outstanding"),
        ("min_outstanding=1&currency=zzz", "currency"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("skip=-1", "skip"),
        ("search=" + "x" * 101, "search"),
    ],
)
def test_a_bad_query_is_refused_by_parameter(api: Client, seller: BusinessProfile, query: str, field: str) -> None:
    answer = api.get(f"/api/customers?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert list(answer.json()["errors"]) == [field]


def test_creates_reads_and_changes_a_customer(api: Client, seller: BusinessProfile, now: datetime) -> None:
    made = send(api, "post", "customers", FULL)
    assert made.status_code == 201, made.content
    assert made["Location"] == "/api/customers/CUST-0001"
    body = made.json()
    assert body.items() >= FULL.items()
    assert (body["customer_id"], body["status"], body["payment_status"]) == ("CUST-0001", "active", "good")
    customer = Customer.objects.get()
    for reference in ("CUST-0001", "CUST-001", str(customer.pk)):
        detail = api.get(f"/api/customers/{reference}").json()
        assert detail.items() >= {**FULL, "id": str(customer.pk), "currency": "KES"}.items()
    assert detail["recent_invoices"] == detail["recent_payments"] == []
    assert detail["financial_summary"] == {
        "total_invoices": 0,
        "currency": "KES",
        "total_billed": 0.0,
        "total_paid": 0.0,
        "outstanding_balance": 0.0,
        "unapplied_credit": 0.0,
        "average_payment_days": None,
        "by_currency": [
            {
                "currency": "KES",
                "total_billed": 0.0,
                "total_paid": 0.0,
                "outstanding_balance": 0.0,
                "unapplied_credit": 0.0,
            }
        ],
        "payment_history": [],
    }
    change = {"email": "newemail@company.com", "phone": "254733456789", "status": "inactive"}
    changed = send(api, "put", "customers/CUST-0001", change)
    assert changed.status_code == 200, changed.content
    assert changed.json().items() >= {**FULL, **change}.items()
    assert send(api, "patch", "customers/CUST-0001", {"address": {"city": "Kisumu"}}).json()["address"] == {
        **FULL["address"],
        "city": "Kisumu",
    }


def test_create_needs_only_a_name(api: Client, seller: BusinessProfile) -> None:
    body = send(api, "post", "customers", {"name": "New Company Ltd"}).json()
    assert body.items() >= {"currency": "KES", "payment_terms": "net_30", "credit_limit": None, "tags": []}.items()


def test_null_is_nothing_in_a_new_customer_and_clears_a_text_of_one_that_is_there(
    api: Client, seller: BusinessProfile
) -> None:
    body = {"name": "X", "phone": None, "secondary_email": None, "tags": None, "send_reminders": None, "address": None}
    more = {"payment_terms": None, "tax_id": None, "ai_preferences": {"language": None}, "bank_details": None}
    made = send(api, "post", "customers", body | more)
    assert made.status_code == 201, made.content
    shown = made.json()
    assert (shown["phone"], shown["tags"], shown["payment_terms"], shown["send_reminders"]) == ("", [], "net_30", True)
    path = f"customers/{shown['customer_id']}"
    assert send(api, "put", path, {"phone": "0722123456"}).json()["phone"] == "254722123456"
    assert send(api, "put", path, {"phone": None, "address": None}).json()["phone"] == ""
    assert send(api, "put", path, {"payment_terms": None}).status_code == 400


BAD: list[tuple[Any, str]] = [
    ({}, "name"),
    ({"name": ""}, "name"),
    ({"name": None}, "name"),
    ({"name": 7}, "name"),
    ({"name": {"first": "X"}}, "name"),
    ({"name": "X", "email": "x"}, "email"),
    ({"name": "X", "phone": "12"}, "phone"),
    ({"name": "X", "phone": 254722123456}, "phone"),
    ({"name": "X", "address": "Nairobi"}, "address"),
    ({"name": "X", "address": {"country": "Atlantis"}}, "address.country"),
    ({"name": "X", "address": {"planet": "Earth"}}, "address.planet"),
    ({"name": "X", "ai_preferences": {"language": "klingon"}}, "ai_preferences.language"),
    ({"name": "X", "ai_preferences": {"default_currency": "KSH"}}, "ai_preferences.default_currency"),
    (
        {"name": "X", "currency": "USD", "ai_preferences": {"default_currency": "KES"}},
        "ai_preferences.default_currency",
    ),
    ({"name": "X", "credit_limit": -1}, "credit_limit"),
    ({"name": "X", "credit_limit": Decimal("0.001")}, "credit_limit"),
    ({"name": "X", "credit_limit": "1e400"}, "credit_limit"),
    ({"name": "X", "credit_limit": True}, "credit_limit"),
    ({"name": "X", "credit_limit": [1]}, "credit_limit"),
    ({"name": "X", "tags": "vip"}, "tags"),
    ({"name": "X", "auto_send_invoices": "true"}, "auto_send_invoices"),
    ({"name": "X", "payment_terms": "net_31"}, "payment_terms"),
]


@pytest.mark.parametrize(("body", "field"), BAD, ids=[f"{field}-{n}" for n, (_, field) in enumerate(BAD)])
def test_a_bad_body_is_refused_by_field(api: Client, seller: BusinessProfile, body: Any, field: str) -> None:
    answer = send(api, "post", "customers", body)
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert not Customer.objects.exists()
    assert not Event.objects.exists()


SNEAKY = [
    "total",
    "tax",
    "status",
    "paid_at",
    "tenant_id",
    "number",
    "customer_id",
    "id",
    "is_staff",
    "role",
    "exchange_rate",
    "payment_status",
    "profile",
    "profile_id",
    "created_by",
    "outstanding_balance",
    "total_billed",
    "is_placeholder",
]


@pytest.mark.parametrize("field", SNEAKY)
def test_fields_that_are_ours_are_refused_by_name(api: Client, seller: BusinessProfile, field: str) -> None:
    answer = send(api, "post", "customers", {"name": "X", field: "active"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Customer.objects.exists()
    if field == "status":
        return
    customer = factories.customer(seller)
    answer = send(api, "put", f"customers/{customer.pk}", {"name": "Changed", field: "active"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert Customer.objects.get().name == customer.name


@pytest.mark.parametrize("body", ["[]", "7", "null", '"x"', "{", "", '{"name": NaN}'])
def test_what_is_no_object_is_refused(api: Client, seller: BusinessProfile, body: str) -> None:
    answer = api.post("/api/customers", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")


def test_the_same_key_makes_one_customer(api: Client, seller: BusinessProfile) -> None:
    first, again = (send(api, "post", "customers", FULL, **{"Idempotency-Key": "abc"}) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert Customer.objects.count() == 1
    other = send(api, "post", "customers", {"name": "Y"}, **{"Idempotency-Key": "abc"})
    assert other.status_code == 422


def test_statistics_have_the_keys_of_the_plan(api: Client, seller: BusinessProfile) -> None:
    first = factories.customer(seller, number="CUST-0001", payment_status="overdue")
    factories.customer(seller, status="inactive")
    owes(first, "1200000")
    owes(first, "20", "USD")
    assert api.get("/api/customers/stats/summary").json() == {
        "total_customers": 2,
        "active_customers": 1,
        "inactive_customers": 1,
        "suspended_customers": 0,
        "currency": "KES",
        "total_outstanding": 1200000.0,
        "by_currency": [
            {"currency": "KES", "total_outstanding": 1200000.0},
            {"currency": "USD", "total_outstanding": 20.0},
        ],
        "customers_with_overdue": 1,
        "top_customers": [{"customer_id": "CUST-0001", "name": "Tech Solutions Ltd", "total_billed": 1200000.0}],
    }


@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE, Role.CSM, Role.READ_ONLY])
def test_roles(client: Client, seller: BusinessProfile, role: Role) -> None:
    person = factories.user(role)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    customer = factories.customer(seller)
    writes = Right.CUSTOMERS_EDIT in Actor.of_user(person).rights
    assert client.get("/api/customers").status_code == 200
    assert client.get("/api/customers/stats/summary").status_code == 200
    assert client.get(f"/api/customers/{customer.number}").status_code == 200
    assert send(client, "post", "customers", {"name": "X"}).status_code == (201 if writes else 403)
    assert send(client, "put", f"customers/{customer.pk}", {"city": "X"}).status_code in {400, 403}
    assert send(client, "patch", f"customers/{customer.pk}", {"name": "X"}).status_code == (200 if writes else 403)


def test_strangers_clients_and_neighbours(client: Client, seller: BusinessProfile) -> None:
    customer = factories.customer(seller)
    paths = ["customers", "customers/stats/summary", f"customers/{customer.pk}", f"customers/{customer.number}"]
    assert {client.get(f"/api/{path}").status_code for path in paths} == {401}
    client.force_login(factories.user(Role.CLIENT), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert {client.get(f"/api/{path}").status_code for path in paths} == {403}
    neighbour = factories.user(Role.FINANCE, profiles=[factories.profile()])
    client.force_login(neighbour, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/customers").json()["customers"] == []
    for path in paths[2:]:
        assert client.get(f"/api/{path}").status_code == 404
        assert send(client, "put", path, {"name": "Mine"}).status_code == 404
    customer.refresh_from_db()
    assert customer.name == "Tech Solutions Ltd"


@pytest.mark.parametrize("value", [{}, {"a": 1}, [], 5, [{}]])
@pytest.mark.parametrize(
    "field", ["name", "email", "phone", "currency", "notes", "payment_terms", "credit_limit", "send_reminders"]
)
def test_an_object_for_a_single_value_is_refused_by_name(api: Client, field: str, value: Any) -> None:
    if field == "credit_limit" and value == 5:
        value = True
    answer = send(api, "post", "customers", {"name": "A", field: value})
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not Customer.objects.exists()


def test_an_object_inside_the_address_is_refused_by_name(api: Client) -> None:
    answer = send(api, "post", "customers", {"name": "A", "address": {"city": {}}, "ai_preferences": []})
    assert answer.status_code == 400
    assert "ai_preferences" in answer.json()["errors"]
    answer = send(api, "post", "customers", {"name": "A", "address": {"city": {}}})
    assert "address.city" in answer.json()["errors"]
    assert send(api, "post", "customers", {"name": "A", "tags": {}}).status_code == 400


@pytest.mark.parametrize("limit", ["NaN", "Infinity", "1e400", "9" * 40, "1e14"])
def test_a_credit_limit_that_is_no_amount_is_refused(api: Client, limit: str) -> None:
    assert "credit_limit" in send(api, "post", "customers", {"name": "A", "credit_limit": limit + "0"}).json()["errors"]
