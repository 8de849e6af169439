"""The demo company: alive, true to the books, made once."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from billing_assistant.core.models import BusinessProfile, EventDelivery, User
from billing_assistant.shell.demo import ACCOUNTS
from billing_assistant.shell.seeding.catalogue import ITEMS
from customers.models import Contact, Customer
from customers.selectors import account_of
from invoices.models import BillableItem, CatalogueItem, Invoice, InvoiceDraft, Plan, PlanPeriod
from invoices.number_selectors import number_gaps
from payments.models import Dispute, Payment, PaymentPlan, PaymentProof, StatementLine
from reminders.models import Message

MAIN = (
    "/customers/",
    "/invoices/",
    "/drafts/",
    "/plans/",
    "/plans/runs/",
    "/billable/",
    "/payments/",
    "/payments/disputes/",
    "/payments/plans/",
    "/reconciliation/",
)
pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture
def seeded(django_capture_on_commit_callbacks: Any) -> str:
    """Runs the command twice, as the second start of a machine might; returns what it printed."""
    out = StringIO()
    for _again in range(2):
        out = StringIO()
        call_command("seed_demo", stdout=out)
    return out.getvalue()


def test_the_demo_company(seeded: str, client: Client) -> None:
    """It takes seconds to make one: what is said of it is said of the same."""
    _books()
    _main_pages(client)
    _sign_ins(seeded)


def _books() -> None:
    """Known customers owe what they owe, numbers have no gaps, and all messages went out."""
    profile = BusinessProfile.objects.get()
    assert (profile.name, profile.currency, profile.mpesa_paybill) == ("Chromapages", "KES", "522533")
    assert profile.logo is not None
    assert [(c.number, c.name) for c in Customer.objects.order_by("number")[:5]] == [
        ("CUST-0001", "TechCorp Inc."),
        ("CUST-0002", "StartupHub LLC"),
        ("CUST-0003", "Global Solutions Ltd."),
        ("CUST-0004", "Digital Agency Pro"),
        ("CUST-0005", "Tech Solutions Ltd"),
    ]
    assert CatalogueItem.objects.count() == len(ITEMS)
    owed = {c.number: account_of(c).own for c in Customer.objects.all()}
    assert [owed[f"CUST-000{n}"].outstanding for n in range(1, 5)] == [
        Decimal("2450"),
        Decimal(0),
        Decimal("875.5"),
        Decimal(1200),
    ]
    assert owed["CUST-0006"].unapplied == Decimal(7600)
    assert {owed[number].currency for number in ("CUST-0001", "CUST-0005")} == {"USD", "KES"}
    statuses = dict(Customer.objects.values_list("number", "payment_status"))
    assert (statuses["CUST-0003"], statuses["CUST-0001"], statuses["CUST-0004"]) == ("overdue", "good", "overdue")
    assert Customer.objects.get(number="CUST-0004").status == "suspended"
    assert Invoice.objects.filter(plan_periods=None).count() == 15
    assert InvoiceDraft.objects.filter(invoice=None, plan_periods=None).count() == 3
    assert Payment.objects.exists()
    for invoice in Invoice.objects.select_related("series"):
        assert number_gaps(invoice.series) == []
    assert set(Message.objects.values_list("status", flat=True)) == {"sent", "failed"}
    assert not EventDelivery.objects.filter(status="pending", subscriber__startswith="reminders.").exists()


def _main_pages(client: Client) -> None:
    """There is something of every kind, and no main page is empty."""
    assert dict(Counter(Plan.objects.values_list("status", flat=True))) == {"active": 7, "parked": 1, "paused": 1}
    assert {plan.unit for plan in Plan.objects.all()} == {"week", "month", "year"}
    assert Plan.objects.filter(trial_days__gt=0, next_index=0).count() == 1
    outcomes = Counter(PlanPeriod.objects.values_list("outcome", flat=True))
    assert outcomes["invoiced"] > 12
    assert outcomes["drafted"] == 1
    kinds = set(BillableItem.objects.values_list("kind", flat=True))
    assert kinds >= {"time", "expense", "milestone"}
    assert (PaymentPlan.objects.get().status, Dispute.objects.get().status) == ("kept", "opened")
    assert PaymentProof.objects.count() == 1
    states = Counter(StatementLine.objects.values_list("state", flat=True))
    assert states["new"] + states["suggested"] >= 3
    client.force_login(User.objects.get(username="admin"))
    for page in MAIN:
        answer = client.get(page)
        assert (answer.status_code, 'class="empty-state"' in answer.content.decode()) == (200, False), page


def _sign_ins(seeded: str) -> None:
    """Everybody whose password is printed can sign in."""
    for account in ACCOUNTS:
        assert account.password in seeded
        client = Client()
        answer = client.post("/accounts/login/", {"login": account.username, "password": account.password})
        assert answer.status_code == 302, account.username
        assert client.get("/").status_code == 200
    assert Contact.objects.get(user__isnull=False).email in seeded
    assert User.objects.filter(role="client").count() == 1


def test_is_refused_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("seed_demo")
    assert not BusinessProfile.objects.exists()
