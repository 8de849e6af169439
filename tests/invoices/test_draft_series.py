"""A draft may name the number series that its number comes from."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import InvoiceDraft, NumberSeries
from invoices.services.issue import invoice_issue
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def of() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def customer(of: BusinessProfile) -> Customer:
    return factories.customer(of)


@pytest.fixture
def exports(of: BusinessProfile) -> NumberSeries:
    return NumberSeries.objects.create(
        profile=of, kind="invoice", code="EXPORT", pattern="EXP-{year}-{number:04}", is_default=False
    )


@pytest.fixture
def client() -> Client:
    made = Client()
    made.force_login(factories.user(Role.FINANCE))
    return made


def _post(client: Client, customer: Customer, **more: str) -> dict[str, object]:
    body = {"items": [{"description": "Hosting", "rate": 100}], **more}
    url = f"/api/customers/{customer.number}/invoices/drafts"
    answer = client.post(url, json.dumps(body), content_type="application/json")
    found: dict[str, object] = answer.json() | {"code": answer.status_code}
    return found


def test_the_number_comes_from_the_series_that_a_program_names(
    client: Client, customer: Customer, exports: NumberSeries, clock: object
) -> None:
    made = _post(client, customer, series="export")
    assert made["series"] == "EXPORT"
    draft = InvoiceDraft.objects.get(number=made["draft_id"])
    assert invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=NOW).number == "EXP-2026-0001"


def test_a_change_that_says_nothing_of_the_series_keeps_it(
    client: Client, customer: Customer, exports: NumberSeries, clock: object
) -> None:
    made = _post(client, customer, series="EXPORT")
    url = f"/api/customers/{customer.number}/invoices/drafts/{made['draft_id']}"
    answer = client.put(url, json.dumps({"notes": "Thank you"}), content_type="application/json")
    assert (answer.status_code, answer.json()["series"]) == (200, "EXPORT")


def test_a_series_of_credit_notes_or_of_nobody_is_refused(client: Client, customer: Customer) -> None:
    assert _post(client, customer, series="CN")["code"] == 400
    assert _post(client, customer, series="NONE")["code"] == 400


def test_the_editor_offers_the_choice_only_where_there_is_one(
    client: Client, customer: Customer, of: BusinessProfile
) -> None:
    url = reverse("invoices:draft_new") + f"?customer={customer.pk}"
    assert 'name="series"' not in client.get(url).content.decode()
    NumberSeries.objects.create(profile=of, kind="invoice", code="EXPORT", pattern="X-{number}", is_default=False)
    assert 'name="series"' in client.get(url).content.decode()
