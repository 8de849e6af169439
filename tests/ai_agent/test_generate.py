"""From words to a stored draft, by the API and by the page."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from ai_agent.services.generate import draft_generate
from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.errors import DraftIncomplete
from invoices.models import InvoiceDraft
from invoices.services.issue import invoice_issue
from invoices.states import DraftSource
from tests import factories
from tests.factories import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
SENTENCE = "Create an invoice for 3 months of web hosting service at KES 15,000 per month"


@pytest.fixture
def customer() -> Customer:
    return factories.customer(factories.seller())


def _draft(customer: Customer, prompt: str, now: datetime) -> InvoiceDraft:
    made = draft_generate(customer_id=customer.pk, prompt=prompt, use_history=True, add_tax=True, actor=SYSTEM, now=now)
    return InvoiceDraft.objects.get(pk=made.draft.pk)


def test_the_sentence_of_the_requirements_becomes_its_draft(customer: Customer, clock: object) -> None:
    client = Client()
    client.force_login(factories.user(Role.FINANCE))
    answer = client.post(
        f"/api/customers/{customer.number}/invoices/generate",
        {"prompt": SENTENCE, "template": "standard", "auto_calculate_tax": True, "include_previous_context": True},
        content_type="application/json",
    )
    body = answer.json()
    assert answer.status_code == 201
    assert body["status"] == "draft"
    data = body["invoice_data"]
    assert (data["subtotal"], data["tax"], data["total"]) == (45000.00, 7200.00, 52200.00)
    assert data["due_date"] == "2026-04-01"
    (item,) = data["items"]
    assert (item["quantity"], item["unit"], item["rate"], item["amount"]) == (3, "months", 15000.00, 45000.00)
    assert 0 <= body["ai_confidence"] <= 1
    assert body["ai_model"] == "Drafted by rules, no AI model used"
    draft = InvoiceDraft.objects.get(number=body["draft_id"])
    assert (draft.generated_by, draft.generation_prompt) == (DraftSource.AI, SENTENCE)


def test_gross_prices_keep_their_gross(customer: Customer, now: datetime) -> None:
    draft = _draft(customer, "Website audit for KES 9,999.99 including VAT", now)
    assert draft.total == Decimal("9999.99")


def test_a_price_that_nobody_said_has_to_be_filled_in(customer: Customer, now: datetime) -> None:
    draft = _draft(customer, "Invoice for logo design", now)
    assert draft.generation["needs_input"] == ["rate"]
    with pytest.raises(DraftIncomplete):
        invoice_issue(draft_id=draft.pk, actor=SYSTEM, now=now)


def test_the_page_drafts_and_leads_to_the_editor(customer: Customer, clock: object) -> None:
    client = Client()
    client.force_login(factories.user(Role.CSM))
    url = reverse("ai:generate", args=[customer.pk])
    assert "Drafted by rules" in client.get(url).content.decode()
    made = client.post(url, {"prompt": SENTENCE, "use_history": "on", "add_tax": "on"})
    editor = client.get(made.url).content.decode()
    assert "A person has to check it" in editor
    assert "52,200.00" in editor
    refused = client.post(url, {"prompt": "   "})
    assert "This field is required" in refused.content.decode()
    assert InvoiceDraft.objects.count() == 1


def test_the_same_key_makes_one_draft(customer: Customer, clock: object) -> None:
    client = Client()
    client.force_login(factories.user(Role.FINANCE))
    url = f"/api/customers/{customer.number}/invoices/generate"
    first, second = (
        client.post(url, {"prompt": SENTENCE}, content_type="application/json", headers={"Idempotency-Key": "k-1"})
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert InvoiceDraft.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{}, {"prompt": ""}, {"prompt": "x" * 100_000}, [1]], ids=["nothing", "empty", "too long", "a list"]
)
def test_wrong_requests_are_named(customer: Customer, body: object) -> None:
    client = Client()
    client.force_login(factories.user(Role.FINANCE))
    answer = client.post(f"/api/customers/{customer.number}/invoices/generate", body, content_type="application/json")
    assert answer.status_code == 400
    assert not InvoiceDraft.objects.exists()
