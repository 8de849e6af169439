"""Quotes on pages, by the API and in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from customers.models import Customer
from invoices.models import Quote
from invoices.services.quotes import QuoteTerms, quote_offer
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def finance(client: Client) -> Client:
    client.force_login(factories.user(Role.FINANCE))
    return client


def offered(of: Customer | None = None, **terms: Any) -> Quote:
    return quote_offer(draft_id=factories.draft(of).pk, terms=QuoteTerms(**terms), actor=SYSTEM, now=NOW)


def test_a_draft_is_offered_from_its_page(finance: Client) -> None:
    draft = factories.draft()
    assert f"/drafts/{draft.pk}/offer/" in finance.get(f"/drafts/{draft.pk}/preview/").content.decode()
    assert "Proforma invoice" in finance.get(f"/drafts/{draft.pk}/offer/?kind=proforma").content.decode()
    past = finance.post(f"/drafts/{draft.pk}/offer/", {"kind": "quote", "valid_until": "2026-03-01"})
    assert past.status_code == 422
    made = finance.post(f"/drafts/{draft.pk}/offer/", {"kind": "quote", "valid_until": "2026-03-31"})
    quote = Quote.objects.get()
    assert made["Location"] == f"/quotes/{quote.pk}/"
    page = finance.get(made["Location"]).content.decode()
    assert "QUO-0001" in page
    assert "Withdraw" in page
    assert "QUO-0001 offers this draft" in finance.get(f"/drafts/{draft.pk}/preview/").content.decode()


def test_the_list_is_narrowed_by_state_kind_customer_and_text(finance: Client) -> None:
    of = factories.customer(factories.seller())
    assert "No quotes yet" in finance.get("/quotes/").content.decode()
    first = offered(of)
    query = f"?customer={first.customer_id}"
    assert "QUO-0001" in finance.get(f"/quotes/{query}").content.decode()
    for narrowed, found in [
        ("status=open", True),
        ("status=expired", False),
        ("kind=proforma", False),
        ("q=tech", True),
    ]:
        page = finance.get(f"/quotes/?{narrowed}").content.decode()
        assert (f"/quotes/{first.pk}/" in page) == found


def test_answers_of_clients_are_noted_by_hand(finance: Client) -> None:
    quote = offered()
    said = {"name": "Amina", "decided_on": "2026-03-02", "reason": "By phone"}
    assert finance.post(f"/quotes/{quote.pk}/accepted/", said | {"reason": ""}).status_code == 422
    assert finance.post(f"/quotes/{quote.pk}/accepted/", said).status_code == 302
    assert "By phone" in finance.get(f"/quotes/{quote.pk}/").content.decode()
    other = offered()
    assert finance.post(f"/quotes/{other.pk}/declined/", said).status_code == 302
    third = offered()
    assert finance.post(f"/quotes/{third.pk}/withdraw/").status_code == 302
    states = Quote.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["accepted", "declined", "withdrawn"]


def test_a_reader_sees_and_does_nothing(client: Client) -> None:
    quote = offered()
    client.force_login(factories.user(Role.READ_ONLY))
    assert "Withdraw" not in client.get(f"/quotes/{quote.pk}/").content.decode()
    assert client.post(f"/quotes/{quote.pk}/withdraw/").status_code == 403


def test_the_way_of_a_quote_by_the_api(finance: Client) -> None:
    draft = factories.draft()
    path = f"/api/customers/{draft.customer.number}/invoices/drafts/{draft.number}/quote"
    made = finance.post(path, {"kind": "quote", "valid_until": "2026-03-31"}, content_type="application/json")
    assert made.status_code == 201
    body = made.json()
    assert (body["quote_id"], body["status"], body["total"]) == ("QUO-0001", "open", 52200.00)
    assert (body["items"][0]["description"], body["taxes"][0]["tax"]) == ("Web hosting", 7200.00)
    listed = finance.get("/api/quotes?status=open").json()
    assert [row["quote_id"] for row in listed["quotes"]] == ["QUO-0001"]
    assert finance.get("/api/quotes?status=wrong").status_code == 400
    assert finance.get("/api/quotes/QUO-0001/pdf")["Content-Type"] == "application/pdf"
    refused = finance.post("/api/quotes/QUO-0001/accept", {"name": "Amina"}, content_type="application/json")
    assert refused.status_code == 400
    said = {"name": "Amina", "reason": "Order 4711"}
    done = finance.post("/api/quotes/QUO-0001/accept", said, content_type="application/json").json()
    assert (done["status"], done["decided_by"], done["reason"]) == ("accepted", "Amina", "Order 4711")
    again = finance.post("/api/quotes/QUO-0001/withdraw", {}, content_type="application/json")
    assert again.status_code == 409


def test_a_draft_of_another_customer_is_not_offered(finance: Client) -> None:
    draft, other = factories.draft(), factories.draft()
    path = f"/api/customers/{other.customer_id}/invoices/drafts/{draft.pk}/quote"
    assert finance.post(path, {}, content_type="application/json").status_code == 404


def test_the_admin_finds_and_withdraws(client: Client) -> None:
    quote = offered()
    client.force_login(factories.user(Role.ADMIN, is_staff=True))
    assert "QUO-0001" in client.get("/admin/invoices/quote/?q=QUO").content.decode()
    body = {"action": "withdraw", "_selected_action": [str(quote.pk)], "confirmed": "yes", "reason": "Wrong"}
    client.post("/admin/invoices/quote/", body)
    quote.refresh_from_db()
    assert (quote.state, quote.decision_note) == ("withdrawn", "Wrong")
