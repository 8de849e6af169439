"""Recurring plans by the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right, Role
from billing_assistant.core.services.api_keys import api_key_create
from customers.models import Customer
from invoices.models import Plan
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile(clock: Any) -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def customer(profile: BusinessProfile) -> Customer:
    return factories.customer(profile)


@pytest.fixture
def api(profile: BusinessProfile) -> Any:
    made = api_key_create(
        user_id=factories.user(Role.ADMIN).pk,
        profile_id=profile.pk,
        name="program",
        scopes=[right.value for right in Right],
        expires_at=None,
        actor=SYSTEM,
        now=NOW,
    )
    client = Client(headers={"Authorization": f"Bearer {made.plain}"})

    def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
        return client.generic(
            method, f"/api/{path}", data=_json(body), content_type="application/json", headers=headers
        )

    return call


def _json(body: Any) -> bytes:

    return b"" if body is None else json.dumps(body).encode()


def body_for(customer: Customer, **more: Any) -> dict[str, Any]:
    items = [{"description": "SEO {month}", "rate": 30000, "tax_rate": 16}]
    return {"customer_id": customer.number, "name": "SEO", "start_date": "2026-03-01", "items": items} | more


def test_a_plan_is_made_read_and_listed(api: Any, customer: Customer) -> None:
    made = api("POST", "plans", body_for(customer, anchor_day=31, discount_percent=5, language="english"))
    assert made.status_code == 201, made.content
    plan = made.json()
    assert (plan["plan_id"], plan["status"], plan["due_at"]) == ("PLAN-0001", "active", "2026-02-28T21:00:00Z")
    assert plan["lines"] == [{"from_date": "2026-03-01", "items": plan["lines"][0]["items"]}]
    assert plan["lines"][0]["items"][0]["amount"] == 30_000
    assert api("GET", f"plans/{plan['plan_id']}").json() == api("GET", f"plans/{plan['id']}").json() == plan
    listed = api("GET", f"plans?status=active&customer={customer.number}&unit=month&search=seo").json()
    assert (listed["total"], listed["plans"]) == (1, [plan])
    assert api("GET", "plans?due_before=2026-03-01T00:00:00Z").json()["total"] == 1
    assert api("GET", "plans?due_before=tomorrow").status_code == 400
    assert api("GET", "plans?status=gone").status_code == 400


def test_the_same_key_makes_one_plan(api: Any, customer: Customer) -> None:
    answers = [api("POST", "plans", body_for(customer), **{"Idempotency-Key": "a"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert Plan.objects.count() == 1


def test_refusals_name_the_fields_of_the_body(api: Any, customer: Customer) -> None:
    wrong = body_for(customer, end_date="2026-01-01", items=[{"description": "{when}"}])
    answer = api("POST", "plans", wrong)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"end_date", "items.0.description", "items.0.rate"}
    assert api("POST", "plans", body_for(customer, due_date="2026-01-01")).status_code == 400


def test_a_change_leaves_what_it_does_not_name(api: Any, customer: Customer) -> None:
    plan = api("POST", "plans", body_for(customer, discount_amount=100, notes="Hello")).json()
    changed = api("PATCH", f"plans/{plan['plan_id']}", {"name": "SEO plus", "cycles": 12, "version": 1})
    assert changed.status_code == 200, changed.content
    now = changed.json()
    assert (now["name"], now["cycles"], now["notes"], now["discount_amount"]) == ("SEO plus", 12, "Hello", 100)
    assert now["lines"] == plan["lines"]
    assert api("PATCH", f"plans/{plan['plan_id']}", {"name": "X", "version": 1}).status_code == 409
    dearer = [{"description": "SEO", "rate": 40000}]
    assert api("PATCH", f"plans/{plan['plan_id']}", {"items": dearer}).json()["lines"][0]["items"][0]["rate"] == 40_000


def test_what_comes_next_is_told(api: Any, customer: Customer) -> None:
    plan = api("POST", "plans", body_for(customer, end_date="2026-04-15")).json()
    shown = api("GET", f"plans/{plan['plan_id']}/preview?count=5").json()
    assert shown["currency"] == "KES"
    assert [(one["bill_date"], one["total"], one["short"]) for one in shown["periods"]] == [
        ("2026-03-01", 34_800, False),
        ("2026-04-01", 17_400, True),
    ]
    assert api("GET", f"plans/{plan['plan_id']}/preview?count=61").status_code == 400


def test_a_plan_is_paused_resumed_and_ended(api: Any, customer: Customer) -> None:
    path = f"plans/{api('POST', 'plans', body_for(customer)).json()['plan_id']}"
    paused = api("POST", f"{path}/pause", {"resumes_on": "2026-06-01"}).json()
    assert (paused["status"], paused["resumes_on"]) == ("paused", "2026-06-01")
    assert api("POST", f"{path}/resume", {"bill_missed": True}).json()["status"] == "active"
    assert api("POST", f"{path}/resume", {}).status_code == 409
    assert api("POST", f"{path}/end", {"on": "2026-05-31"}).json()["end_date"] == "2026-05-31"
    assert api("POST", f"{path}/end", {}).json()["status"] == "ended"


def test_lines_change_from_a_day_on(api: Any, customer: Customer) -> None:
    plan = factories.plan(customer, factories.line("SEO", "1", "31000"))
    factories.plan_billed(plan)
    items = [{"description": "SEO", "rate": 15500, "tax_rate": 16}]
    answer = api("POST", f"plans/{plan.number}/lines", {"from_date": "2026-03-11", "items": items})
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert (said["credited"], said["added"], said["credit_note_id"]) == (10_500, 0, "CN-2026-0001")
    assert [one["from_date"] for one in said["plan"]["lines"]] == ["2026-03-01", "2026-03-11"]
    (period,) = api("GET", f"plans/{plan.number}/periods").json()["periods"]
    assert (period["number"], period["outcome"], period["invoice_id"]) == (1, "invoiced", "INV-2026-0001")
    early = api("POST", f"plans/{plan.number}/lines", {"from_date": "2026-02-01", "items": items})
    assert list(early.json()["errors"]) == ["from_date"]


def test_prices_go_up_once_a_key(api: Any, customer: Customer) -> None:
    plan = factories.plan(customer)
    body = {"percent": 10, "from_date": "2026-05-01", "dry_run": True}
    shown = api("POST", "plans/increase", body).json()
    assert shown["totals"] == [{"currency": "KES", "before": 34_800, "after": 38_280}]
    assert plan.lines.count() == 1
    assert api("POST", "plans/increase", body | {"dry_run": False}).status_code == 400
    wet = body | {"dry_run": False, "key": "spring", "plans": [plan.number]}
    assert api("POST", "plans/increase", wet | {"plans": ["PLAN-0404"]}).status_code == 404
    assert [api("POST", "plans/increase", wet).json()["changed"] for _ in range(2)] == [1, 0]


def test_an_invoice_becomes_a_plan(api: Any, customer: Customer) -> None:
    invoice = factories.issued_invoice(customer, project="Website")
    answer = api("POST", f"invoices/{invoice.number}/plan", {"unit": "month", "every": 3, "makes": "draft"})
    assert answer.status_code == 201, answer.content
    plan = answer.json()
    assert (plan["name"], plan["start_date"], plan["every"], plan["makes"]) == ("Website", "2026-06-02", 3, "draft")
    assert [(one["description"], one["rate"]) for one in plan["lines"][0]["items"]] == [("Web hosting", 15_000)]
