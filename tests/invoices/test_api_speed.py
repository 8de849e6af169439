"""One invoice by API: how often the database is asked, and answers that nobody reads again to give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing_assistant.core import clock, exact_json
from billing_assistant.core.ids import uuid7
from billing_assistant.core.rights import ROLE_RIGHTS, Role
from billing_assistant.core.services.api_keys import api_key_create
from customers.models import Customer
from invoices.models import DraftVersion, Invoice, InvoiceDraft
from invoices.services.draft_snapshots import draft_snapshot
from invoices.services.issue import invoice_issue
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.money]

CREATE: Final = 13
ISSUE: Final = 27
"""With the savepoint that stands for the transaction, which a test is in already."""
UNDER_A_KEY: Final = 8
"""The record, its savepoint and that of the view, the answer."""


@pytest.fixture
def of() -> Customer:
    return factories.customer(factories.seller())


@pytest.fixture
def api(of: Customer) -> Client:
    """A program with a key of an administrator, which has called already."""
    key = api_key_create(
        user_id=factories.user(Role.ADMIN).pk,
        profile_id=of.profile_id,
        name="test",
        scopes=[right.value for right in ROLE_RIGHTS[Role.ADMIN]],
        expires_at=None,
        actor=factories.actor(),
        now=clock.now(),
    )
    client = Client(headers={"Authorization": f"Bearer {key.plain}"})
    issued = send(client, f"drafts/{drafted(client, of)['draft_id']}/issue", {})  # opens accounts and the counter
    assert issued["amount_due"] == issued["total"]
    return client


def send(api: Client, path: str, body: Any, **headers: str) -> dict[str, Any]:
    answer = api.post(f"/api/{path}", exact_json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = exact_json.loads(answer.content)
    return found


def read(api: Client, path: str) -> dict[str, Any]:
    answer = api.get(f"/api/{path}")
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = exact_json.loads(answer.content)
    return found


def drafted(api: Client, of: Customer, *, lines: int = 3, body: Any = None, **headers: str) -> dict[str, Any]:
    items = [{"description": "Hosting", "quantity": 1.5, "rate": 100} for _ in range(lines)]
    return send(api, f"customers/{of.number}/invoices/drafts", {"items": items} | (body or {}), **headers)


def statements(work: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        work()
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("lines", [1, 12])
def test_a_draft_asks_as_little_however_many_lines_it_has(api: Client, of: Customer, lines: int) -> None:
    asked = statements(lambda: drafted(api, of, lines=lines))
    assert len(asked) == CREATE, "\n".join(asked)


@pytest.mark.parametrize("lines", [1, 12])
def test_issue_asks_as_little_however_many_lines_it_has(api: Client, of: Customer, lines: int) -> None:
    number = drafted(api, of, lines=lines)["draft_id"]
    asked = statements(lambda: send(api, f"drafts/{number}/issue", {}))
    assert len(asked) == ISSUE, "\n".join(asked)


def test_a_key_for_repeats_costs_the_same_on_top_of_either(api: Client, of: Customer) -> None:
    keys = [{"Idempotency-Key": uuid7().hex} for _ in range(2)]
    made: list[dict[str, Any]] = []
    create = statements(lambda: made.append(drafted(api, of, **keys[0])))
    issue = statements(lambda: send(api, f"drafts/{made[0]['draft_id']}/issue", {}, **keys[1]))
    assert (len(create), len(issue)) == (CREATE + UNDER_A_KEY, ISSUE + UNDER_A_KEY), "\n".join(create + issue)


BODY: Final = {
    "discount_percent": 7.5,
    "reference": " PO 17 ",
    "early_payment_discount": {"percent": 2, "days": 10},
    "items": [
        {"description": "Hosting", "quantity": "1.5", "rate": "99.995", "discount_percent": "12.5", "unit": "month"},
        {"description": "Export", "rate": 20, "tax_category": "zero"},
        {"description": "Training", "rate": 30, "tax_category": "exempt"},
        {"description": "Transport", "quantity": 0.25, "rate": 800, "tax_rate": 8, "service_from": "2026-02-01"},
    ],
}


@pytest.mark.parametrize("other", [{}, {"prices_include_tax": True, "currency": "JPY", "language": "swahili"}])
def test_the_answer_is_what_is_read_afterwards(api: Client, of: Customer, other: dict[str, Any]) -> None:
    made = drafted(api, of, body=BODY | other)
    assert exact_json.dumps(made) == exact_json.dumps(read(api, f"drafts/{made['draft_id']}"))  # to the last decimal
    issued = send(api, f"drafts/{made['draft_id']}/issue", {})
    assert issued.pop("warnings") == []
    assert exact_json.dumps(issued) == exact_json.dumps(read(api, f"invoices/{issued['invoice_id']}"))


def test_a_version_keeps_the_lines_as_the_database_has_them(api: Client, of: Customer) -> None:
    draft = InvoiceDraft.objects.get(number=drafted(api, of, body=BODY)["draft_id"])
    assert DraftVersion.objects.get(draft=draft).snapshot["lines"] == draft_snapshot(draft)["lines"]


def test_what_issue_gives_back_is_what_is_stored(api: Client, of: Customer) -> None:
    draft = InvoiceDraft.objects.get(number=drafted(api, of, body=BODY)["draft_id"])
    issued = invoice_issue(draft_id=draft.pk, actor=factories.actor(), now=clock.now())
    stored = Invoice.objects.get(pk=issued.pk)
    fields = [field.attname for field in Invoice._meta.concrete_fields]
    assert [getattr(issued, name) for name in fields] == [getattr(stored, name) for name in fields]
    for name in ("lines", "taxes", "instalments"):
        rows = list(getattr(stored, name).values())
        assert rows == [{key: getattr(row, key) for key in rows[0]} for row in getattr(issued, name).all()]
