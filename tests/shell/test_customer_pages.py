"""The pages about one customer: each tab has an address, its filters, its export."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from customers.models import Customer
from customers.services.notes import note_add
from invoices.services.credit_notes import credit_note_issue
from tests import factories
from tests.payments import builders

pytestmark = [pytest.mark.django_db, pytest.mark.money]
TABS = ["detail", "invoices", "payments", "activity", "notes"]


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def busy(seller: BusinessProfile, now: datetime) -> Customer:
    """A customer with a paid, an overdue and a credited invoice, and a note."""
    customer = factories.customer(seller, number="CUST-0007", name="=Tech Solutions")
    paid = factories.issued_invoice(customer, now=now - timedelta(days=90))
    builders.pay(
        customer,
        "52200",
        {paid.pk: Decimal(52200)},
        received_on=(now - timedelta(days=80)).date(),
        now=now - timedelta(days=80),
        reference="+SAFE123",
    )
    factories.issued_invoice(customer, now=now - timedelta(days=60))
    wrong = factories.issued_invoice(customer, now=now)
    credit_note_issue(invoice_id=wrong.pk, lines=None, reason="Wrong", actor=factories.SYSTEM, now=now)
    note_add(customer_id=customer.pk, text="Calls on Mondays", actor=factories.actor(), now=now)
    return customer


@pytest.fixture
def staff(client: Client) -> Client:
    user = factories.user(Role.FINANCE)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def url(customer: Customer, name: str = "detail") -> str:
    return reverse(f"customers:{name}", args=[customer.pk])


def test_the_addresses_are_those_of_the_plan(busy: Customer) -> None:
    base = f"/customers/{busy.pk}/"
    assert [url(busy, name) for name in TABS] == [
        base,
        f"{base}invoices/",
        f"{base}payments/",
        f"{base}activity/",
        f"{base}notes/",
    ]
    assert reverse("ai:generate", args=[busy.pk]) == f"{base}invoices/generate/"
    assert url(busy, "invoice_new") == f"{base}invoices/new/"


@pytest.mark.parametrize("name", TABS)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.FINANCE, Role.CSM, Role.READ_ONLY])
def test_every_tab_shows_the_figures_and_marks_itself(client: Client, busy: Customer, name: str, role: Role) -> None:
    client.force_login(factories.user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get(url(busy, name))
    page = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Total billed", "Total paid", "Outstanding", "Payment score"):
        assert words in page
    assert f'href="{url(busy, name)}" aria-current="page"' in page
    fragment = client.get(url(busy, name), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment


@pytest.mark.parametrize("tab", ["invoices", "payments", "activity", "notes"])
def test_an_address_of_before_leads_to_the_tab(staff: Client, busy: Customer, tab: str) -> None:
    answer = staff.get(url(busy), {"tab": tab})
    assert (answer.status_code, answer["Location"]) == (302, url(busy, tab))
    assert staff.get(url(busy), {"tab": "x'"}).status_code == 200


def test_a_new_invoice_is_drafted_for_the_customer(staff: Client, busy: Customer) -> None:
    answer = staff.get(url(busy, "invoice_new"))
    assert answer["Location"] == f"{reverse('invoices:draft_new')}?customer={busy.pk}"
    assert staff.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 4),
        ({"status": "owing"}, 2),
        ({"status": "overdue"}, 1),
        ({"status": "paid"}, 1),
        ({"kind": "credit_note"}, 1),
        ({"status": "void"}, 0),
        ({"status": "nonsense"}, 4),
    ],
)
def test_invoices_are_filtered_on_the_page_and_in_the_file(
    staff: Client, busy: Customer, query: dict[str, str], count: int
) -> None:
    assert len(staff.get(url(busy, "invoices"), query).context["invoices"]) == count
    lines = staff.get(url(busy, "invoices_export"), query).getvalue().decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == count + 1


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("payments", {"payment"}),
        ("customer", {"note", "customer"}),
        ("invoices", {"invoice", "draft", "credit_note"}),
        ("messages", {"message", "reminder"}),
    ],
)
def test_activity_is_narrowed_to_a_kind(staff: Client, busy: Customer, kind: str, names: set[str]) -> None:
    found = staff.get(url(busy, "activity"), {"kind": kind}).context["page"].rows
    assert {event.name.split(".")[0] for event in found} <= names
    everything = staff.get(url(busy, "activity")).context["page"].rows
    assert len(everything) > 0
    assert {event.name.split(".")[0] for event in everything} >= {"invoice", "payment", "credit_note", "note"}


def test_a_workbook_has_numbers_and_no_formulas(staff: Client, busy: Customer) -> None:
    answer = staff.get(url(busy, "payments_export"), {"format": "xlsx"})
    assert answer["Content-Disposition"] == 'attachment; filename="CUST-0007-payments.xlsx"'
    sheet = load_workbook(BytesIO(answer.getvalue())).active  # type: ignore[attr-defined]
    head, row = list(sheet.iter_rows())
    assert [cell.value for cell in head][:2] == ["Number", "Received on"]
    assert (row[6].value, row[6].data_type) == (52200, "n")
    assert (row[3].value, row[3].data_type) == ("+SAFE123", "s")
    listed = staff.get(reverse("customers:export"), {"format": "xlsx", "q": "CUST-7"})
    names = [row[1] for row in load_workbook(BytesIO(listed.getvalue())).active.iter_rows()]  # type: ignore[attr-defined]
    assert [(cell.value, cell.data_type) for cell in names] == [("Name", "s"), ("=Tech Solutions", "s")]


def test_pages_take_as_many_queries_for_many_documents(staff: Client, seller: BusinessProfile, now: datetime) -> None:
    customer = factories.customer(seller)
    counts = []
    for more in (1, 4):
        for _ in range(more):
            builders.pay(customer, "100", now=now)
            factories.issued_invoice(customer, now=now)
        for name in TABS:
            staff.get(url(customer, name))
        with CaptureQueriesContext(connection) as captured:
            for name in TABS:
                staff.get(url(customer, name))
        counts.append(len(captured))
    assert counts[0] == counts[1]
