"""The dashboard, the search and the page about one customer, on real documents."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from billing_assistant.shell.selectors.home import agings, attention
from billing_assistant.shell.selectors.search import found_for
from customers.models import Customer
from payments.selectors.aging import aging
from payments.services.record import payment_record
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.money]
STAFF = [Role.ADMIN, Role.FINANCE, Role.CSM, Role.READ_ONLY]
TODAY = date(2026, 3, 2)


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.seller()


def sign_in(client: Client, role: Role = Role.FINANCE, **fields: Any) -> None:
    client.force_login(factories.user(role, **fields), backend="allauth.account.auth_backends.AuthenticationBackend")


def pay(customer: Customer, amount: str, now: datetime, allocations: Any = None) -> None:
    payment_record(
        customer_id=customer.pk,
        amount=Decimal(amount),
        currency=customer.currency,
        method="mpesa",
        received_on=now.date(),
        allocations=allocations,
        actor=factories.actor(),
        now=now,
    )


@pytest.fixture
def busy(seller: BusinessProfile, now: datetime) -> Customer:
    """Two late invoices (one in dollars, one half paid by instalments), one in time, a draft, some credit."""
    customer = factories.customer(seller, name="Tech Solutions Ltd", number="CUST-0007")
    abroad = factories.customer(seller, name="TechCorp Inc.", currency="USD")
    factories.issued_invoice(abroad, now=now - timedelta(days=70), payment_terms_days=30)
    parts = ((TODAY - timedelta(days=35), Decimal(22200)), (TODAY + timedelta(days=5), Decimal(30000)))
    split = factories.issued_invoice(customer, now=now - timedelta(days=65), instalments=parts)
    pay(customer, "10000", now, {split.pk: Decimal(10000)})
    factories.issued_invoice(customer, now=now)
    factories.draft(customer, now=now)
    pay(customer, "1500", now)
    return customer


def test_what_needs_attention(busy: Customer, now: datetime) -> None:
    actor = factories.actor(Role.FINANCE)
    known = agings(actor, profile_id=busy.profile_id, today=TODAY)
    found = attention(actor, profile_id=busy.profile_id, today=TODAY, now=now, known=known)
    assert [(row.count, row.amount) for row in found.overdue] == [
        (1, Money(Decimal(12200), "KES")),
        (1, Money(Decimal(52200), "USD")),
    ]
    assert (found.to_review, found.to_issue, found.messages_failed, found.approvals) == (1, 0, 0, 0)
    assert [(row.count, row.amount) for row in found.unapplied] == [(1, Money(Decimal(1500), "KES"))]
    assert not found.nothing


def test_the_picture_equals_the_aging_report(busy: Customer) -> None:
    actor = factories.actor(Role.FINANCE)
    shown = agings(actor, profile_id=busy.profile_id, today=TODAY)
    report = aging(actor, profile=busy.profile, as_of=TODAY)
    assert report.holds
    assert [(one.currency, *(bar.amount.amount for bar in one.bars)) for one in shown] == [
        (line.currency, *line.buckets) for line in report.totals
    ]
    assert [bar.percent for bar in shown[1].bars] == ["0.00", "0.00", "100.00", "0.00", "0.00"]


@pytest.mark.parametrize("role", STAFF)
def test_home_for_every_role(client: Client, busy: Customer, role: Role) -> None:
    sign_in(client, role)
    page = client.get("/").content.decode()
    assert "1 overdue invoice" in page
    assert "12,200.00" in page
    assert "How late is our money?" in page


def test_home_is_for_staff(client: Client, busy: Customer) -> None:
    assert client.get("/").status_code == 302
    sign_in(client, Role.CLIENT)
    assert client.get("/").status_code == 403


def test_home_shows_nothing_of_other_profiles(client: Client, busy: Customer) -> None:
    own = factories.seller(name="Another Company")
    factories.issued_invoice(factories.customer(own))
    sign_in(client, Role.FINANCE, profiles=[own])
    page = client.get("/").content.decode()
    assert "Tech Solutions" not in page.replace("Web hosting", "") or "12,200.00" not in page
    assert "12,200.00" not in page
    assert "Nothing is overdue" in page


@pytest.mark.usefixtures("db")
def test_home_without_a_company_says_what_comes_first(client: Client) -> None:
    sign_in(client, Role.ADMIN)
    assert "There is no business profile yet" in client.get("/").content.decode()
    sign_in(client, Role.CSM)
    assert "An administrator creates" in client.get("/").content.decode()


def test_home_of_a_new_company_leads_to_the_first_invoice(client: Client, seller: BusinessProfile) -> None:
    sign_in(client)
    page = client.get("/").content.decode()
    assert "Add a customer" in page
    assert f'class="btn btn-primary" href="{reverse("customers:new")}"' in page
    factories.customer(seller)
    assert f'class="btn btn-primary" href="{reverse("invoices:draft_new")}"' in client.get("/").content.decode()


def test_home_takes_the_same_queries_for_few_and_many(client: Client, busy: Customer, now: datetime) -> None:
    sign_in(client)
    counts = []
    for _more in range(2):
        client.get("/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        counts.append(len(captured))
        for _each in range(5):
            factories.issued_invoice(busy, now=now)
    assert counts[0] == counts[1]
    assert counts[0] <= 20


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("CUST-7", (1, 2, 1, 2)),
        ("tech sol", (1, 2, 1, 2)),
        ("inv-2026", (0, 1, 0, 0)),
        ("PAY-0001", (0, 0, 0, 1)),
        ("draft-00", (0, 0, 1, 0)),
        ("x", (0, 0, 0, 0)),
        ("%", (0, 0, 0, 0)),
        ("zebra", (0, 0, 0, 0)),
    ],
)
def test_search_finds_by_number_and_name(busy: Customer, text: str, kinds: tuple[int, ...]) -> None:
    found = found_for(factories.actor(), profile_id=busy.profile_id, text=text, today=TODAY, limit=20)
    sizes = [len(hits) for hits in (found.customers, found.invoices, found.drafts, found.payments)]
    if text == "inv-2026":
        assert sizes[1] >= kinds[1]
        return
    assert tuple(sizes) == kinds


def test_search_page_palette_and_straight_way(client: Client, busy: Customer) -> None:
    sign_in(client)
    url = reverse("shell:search")
    assert "Find anything" in client.get(url).content.decode()
    assert "Nothing found" in client.get(url, {"q": "<zebra>"}).content.decode()
    page = client.get(url, {"q": "tech"}).content.decode()
    assert "Tech Solutions Ltd" in page
    assert "<html" in page
    part = client.get(url, {"q": "tech"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert reverse("customers:detail", args=[busy.pk]) in part
    exact = client.get(url, {"q": "cust-0007"})
    assert (exact.status_code, exact["Location"]) == (302, reverse("customers:detail", args=[busy.pk]))
    sign_in(client, Role.FINANCE, profiles=[factories.seller()])
    assert "Tech Solutions" not in client.get(url, {"q": "tech"}).content.decode()


@pytest.mark.parametrize("role", STAFF)
@pytest.mark.parametrize("name", ["detail", "invoices", "payments", "activity", "notes"])
def test_the_page_about_a_customer(client: Client, busy: Customer, role: Role, name: str) -> None:
    sign_in(client, role)
    url = reverse(f"customers:{name}", args=[busy.pk])
    page = client.get(url).content.decode()
    assert "104,400.00" in page  # billed
    assert "11,500.00" in page  # paid
    assert "94,400.00" in page  # outstanding
    assert (reverse("customers:edit", args=[busy.pk]) in page) is (role is not Role.READ_ONLY)
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part


def test_the_page_about_a_suspended_customer_offers_no_draft(client: Client, busy: Customer) -> None:
    Customer.objects.update(status="suspended", credit_limit=1000)
    sign_in(client)
    page = client.get(reverse("customers:detail", args=[busy.pk])).content.decode()
    assert "No new invoice can be issued" in page
    assert "the limit is KES 1,000.00" in page
    assert reverse("customers:invoice_new", args=[busy.pk]) not in page


def test_the_page_takes_the_same_queries_for_few_and_many(client: Client, busy: Customer, now: datetime) -> None:
    sign_in(client)
    url = reverse("customers:detail", args=[busy.pk])
    counts = []
    for _more in range(2):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
        for _each in range(5):
            factories.issued_invoice(busy, now=now)
            pay(busy, "10", now)
    assert counts[0] == counts[1]
    assert counts[0] <= 20


def test_the_api_tells_invoices_payments_and_habits(client: Client, seller: BusinessProfile, now: datetime) -> None:
    customer = factories.customer(seller, number="CUST-0007")
    paid = factories.issued_invoice(customer, now=now - timedelta(days=20))
    factories.issued_invoice(customer, now=now)
    pay(customer, "52200", now, {paid.pk: Decimal(52200)})
    sign_in(client)
    body = client.get("/api/customers/CUST-7").json()
    summary = body["financial_summary"]
    assert summary["average_payment_days"] == 20
    assert (summary["total_invoices"], summary["total_billed"], summary["outstanding_balance"]) == (2, 104400, 52200)
    assert summary["payment_history"] == [{"month": "2026-03", "currency": "KES", "amount": 52200.0, "payments": 1}]
    assert [item["status"] for item in body["recent_invoices"]] == ["issued", "paid"]
    assert body["recent_invoices"][1].keys() == {
        "id",
        "invoice_id",
        "kind",
        "status",
        "issue_date",
        "due_date",
        "currency",
        "total",
        "amount_due",
    }
    (payment,) = body["recent_payments"]
    assert (payment["payment_id"], payment["amount"], payment["method"]) == ("PAY-0001", 52200.0, "mpesa")
