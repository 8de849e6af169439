"""Suggestions: what comes again is found, with the reason; nothing is stored until a person takes one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from ai_agent.suggesting.patterns import Billed, key_of, patterns_of
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import InvoiceDraft
from invoices.services.void import invoice_void
from tests import factories
from tests.factories import NOW, SYSTEM, line

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


@pytest.fixture
def client() -> Client:
    made = Client()
    made.force_login(factories.user(Role.FINANCE))
    return made


def _bill(customer: Customer, *months: tuple[int, int]) -> None:
    for year, month in months:
        factories.issued_invoice(customer, line(), now=datetime(year, month, 10, 9, tzinfo=UTC))


def _asked(client: Client, customer: Customer, **body: str) -> list[dict[str, object]]:
    answer = client.post(f"/api/customers/{customer.number}/invoices/suggest", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, object]] = answer.json()["suggestions"]
    return found


def test_six_regular_months_are_suggested_again_with_the_confidence_of_the_requirements(
    client: Client, customer: Customer, clock: object
) -> None:
    _bill(customer, (2025, 9), (2025, 10), (2025, 11), (2025, 12), (2026, 1), (2026, 2))
    (one,) = _asked(client, customer, context="monthly", based_on="previous_invoices")
    assert one["confidence"] == 0.92
    assert one["estimated_total"] == 52200.00
    assert one["next_date"] == "2026-03-10"
    assert one["items"] == [
        {
            "description": "Web hosting",
            "quantity": 3,
            "unit": "months",
            "rate": 15000,
            "amount": 45000.00,
            "tax_category": "standard",
            "tax_rate": 16,
        }
    ]
    assert "6" in str(one["reasoning"])
    assert not InvoiceDraft.objects.filter(status="draft").exists()


def test_what_stopped_long_ago_is_not_suggested(client: Client, customer: Customer, clock: object) -> None:
    _bill(customer, (2025, 1), (2025, 2), (2025, 3), (2025, 4))
    assert _asked(client, customer, context="monthly") == []


def test_a_void_invoice_makes_no_pattern(client: Client, customer: Customer, clock: object) -> None:
    _bill(customer, (2026, 1))
    wrong = factories.issued_invoice(customer, now=datetime(2026, 2, 10, 9, tzinfo=UTC))
    invoice_void(invoice_id=wrong.pk, reason="Twice", actor=SYSTEM, now=NOW)
    assert _asked(client, customer, context="monthly") == []


def test_a_quarterly_rhythm_is_not_a_monthly_one(client: Client, customer: Customer, clock: object) -> None:
    _bill(customer, (2025, 8), (2025, 11), (2026, 2))
    assert _asked(client, customer, context="monthly") == []
    assert len(_asked(client, customer, context="quarterly")) == 1


def test_the_catalogue_is_offered_in_the_customers_currency_and_rhythm(
    client: Client, customer: Customer, clock: object
) -> None:
    factories.catalogue_item(customer.profile, "Web care")
    factories.catalogue_item(customer.profile, "Dollar care", prices={"USD": Decimal(100)})
    factories.catalogue_item(customer.profile, "Logo", unit="piece")
    monthly = _asked(client, customer, context="monthly", based_on="services")
    assert [one["description"] for one in monthly] == ["Web care"]
    once = _asked(client, customer, context="one-time", based_on="services")
    assert [one["description"] for one in once] == ["Logo"]


def test_words_that_are_not_known_are_refused(client: Client, customer: Customer) -> None:
    answer = client.post(
        f"/api/customers/{customer.number}/invoices/suggest", {"context": "daily"}, content_type="application/json"
    )
    assert answer.status_code == 400


def test_a_person_takes_a_suggestion_on_the_page_and_gets_a_draft(
    client: Client, customer: Customer, clock: object
) -> None:
    _bill(customer, (2026, 1), (2026, 2))
    page = client.get(reverse("ai:generate", args=[customer.pk]))
    ((rhythm, one),) = page.context["suggested"]
    sent = {"context": rhythm.value, "description": one.description}
    answer = client.post(reverse("ai:take_suggestion", args=[customer.pk]), sent)
    draft = InvoiceDraft.objects.get(status="draft")
    assert answer["Location"] == reverse("invoices:draft_edit", args=[draft.pk])
    assert (draft.total, draft.generated_by) == (Decimal("52200.00"), "ai")


def test_a_suggestion_that_is_not_made_any_more_makes_no_draft(client: Client, customer: Customer) -> None:
    answer = client.post(
        reverse("ai:take_suggestion", args=[customer.pk]), {"context": "monthly", "description": "Nothing"}, follow=True
    )
    assert "out of date" in answer.content.decode()
    assert not InvoiceDraft.objects.exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Hosting, March 2026", "Hosting, April 2026"),
        ("SEO retainer Q1", "SEO retainer Q2"),
        ("Matengenezo ya Januari", "Matengenezo ya Februari"),
    ],
)
def test_periods_in_the_text_do_not_hide_that_it_is_the_same(first: str, second: str) -> None:
    assert key_of(first) == key_of(second)


def test_the_end_of_a_month_keeps_the_rhythm() -> None:
    days = [date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]
    (pattern,) = patterns_of([Billed(day, "KES", line()) for day in days])
    assert (pattern.months, pattern.regularity, pattern.next_on) == (1, 1, date(2026, 3, 28))
