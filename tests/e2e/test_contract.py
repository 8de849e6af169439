"""A client written from requirement document 2 alone: plain HTTP, nothing of the product imported.

Each example of the document stands here as data. An answer has every key of its example with a value of the same JSON
type; where the example says what follows from the request, the value is compared too. More keys are allowed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ANY = object()
"""Null in the example, or a value whose type is free."""
LINE = {"description": "Web Hosting Service", "quantity": 3, "unit": "months", "rate": 15000.00, "amount": 45000.00}
SCOPES = ",".join(
    [
        "customers.view",
        "customers.edit",
        "invoices.view",
        "invoices.draft",
        "invoices.issue",
        "invoices.send",
        "messages.view",
        "payments.view",
    ]
)


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    kind: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Client:
    """What a program in any language would write."""

    base: str
    token: str

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        request = urllib.request.Request(  # noqa: S310 -- the address of the instance under test
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- the same
                return Answer(answer.status, answer.read().decode("latin-1"), answer.headers["Content-Type"])
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(), error.headers["Content-Type"])

    def get(self, path: str) -> Answer:
        return self.call("GET", path)


def differences(example: Any, answer: Any, where: str = "$") -> list[str]:
    """Where an answer lacks a key of the example, or has a value of another JSON type."""
    if example is ANY:
        return []
    if isinstance(example, dict):
        if not isinstance(answer, dict):
            return [f"{where}: not an object"]
        missing = [f"{where}.{key}: missing" for key in example if key not in answer]
        return missing + [
            found
            for key in example
            if key in answer
            for found in differences(example[key], answer[key], f"{where}.{key}")
        ]
    if isinstance(example, list):
        if not isinstance(answer, list):
            return [f"{where}: not a list"]
        return [found for one in answer for found in differences(example[0], one, f"{where}[]")] if example else []
    return [] if _same_type(example, answer) else [f"{where}: {answer!r} where the example has {example!r}"]


def _same_type(example: Any, answer: Any) -> bool:
    if isinstance(example, bool) or isinstance(answer, bool):
        return isinstance(example, bool) and isinstance(answer, bool)
    if isinstance(example, int | float):
        return isinstance(answer, int | float)
    return isinstance(answer, type(example))


def _today() -> date:
    """Today at the company of the demo."""
    return datetime.now(ZoneInfo("Africa/Nairobi")).date()  # noqa: TID251 -- nothing of the product is imported here


@pytest.fixture(scope="module")
def client(base_url: str) -> Client:
    """A key made by the command that the README names."""
    made = subprocess.run(
        [sys.executable, "manage.py", "make_token", "--user", "finance", "--scopes", SCOPES],
        check=True,
        capture_output=True,
        text=True,
        env=dict(os.environ),
    )
    return Client(base_url, made.stdout.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def customer(client: Client) -> dict[str, Any]:
    """Endpoint 3, with the body of the document."""
    answer = client.call(
        "POST",
        "/api/customers",
        {
            "name": "Tech Contract Ltd",
            "email": "contact@newcompany.com",
            "phone": "254722123456",
            "address": {"street": "123 Kimathi Street", "city": "Nairobi", "postal_code": "00100", "country": "Kenya"},
            "payment_terms": "net_30",
        },
    )
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.body
    return made


@pytest.fixture(scope="module")
def generated(client: Client, customer: dict[str, Any]) -> dict[str, Any]:
    """Endpoint 6, with the body of the document."""
    answer = client.call(
        "POST",
        f"/api/customers/{customer['customer_id']}/invoices/generate",
        {
            "prompt": "Create an invoice for 3 months of web hosting service at KES 15,000 per month",
            "template": "standard",
            "auto_calculate_tax": True,
            "include_previous_context": True,
        },
    )
    assert answer.status == 201, answer.text
    made: dict[str, Any] = answer.body
    return made


@pytest.fixture(scope="module")
def sent(client: Client, customer: dict[str, Any]) -> dict[str, Any]:
    """Endpoint 9, with the body of the document, for a draft of its own."""
    draft = client.call("POST", f"/api/customers/{customer['customer_id']}/invoices/drafts", {"items": [LINE]}).body
    answer = client.call(
        "POST",
        f"/api/customers/{customer['customer_id']}/invoices/drafts/{draft['draft_id']}/send",
        {
            "send_via": "both",
            "include_pdf": True,
            "custom_message": "Thank you for your business...",
            "schedule_send": None,
        },
    )
    assert answer.status in {200, 202}, answer.text
    made: dict[str, Any] = answer.body
    return made


def test_1_customers_are_listed_with_paging_filter_search_and_sort(client: Client, customer: dict[str, Any]) -> None:
    answer = client.get("/api/customers?limit=50&skip=0&status=active&search=tech&sort=name")
    example = {
        "customers": [
            {
                "customer_id": "CUST-0001",
                "name": "Tech Solutions Ltd",
                "email": "info@techsolutions.com",
                "phone": "254722123456",
                "total_invoices": 45,
                "outstanding_balance": 400000.00,
                "payment_status": "good",
                "status": "active",
                "last_invoice_date": ANY,
            }
        ],
        "total": 8,
        "limit": 50,
        "skip": 0,
    }
    assert answer.status == 200
    assert differences(example, answer.body) == []
    assert (answer.body["limit"], answer.body["skip"]) == (50, 0)
    found = answer.body["customers"]
    assert customer["customer_id"] in {one["customer_id"] for one in found}
    assert all(one["status"] == "active" for one in found)
    assert all("tech" in json.dumps(one).lower() for one in found)
    names = [one["name"].upper() for one in found]
    assert names == sorted(names)
    assert answer.body["total"] == len(found)


def test_1_the_pages_of_the_list_follow_each_other(client: Client) -> None:
    whole = client.get("/api/customers?limit=4&skip=0&sort=name").body
    parts = [client.get(f"/api/customers?limit=2&skip={skip}&sort=name").body["customers"] for skip in (0, 2)]
    assert [one["customer_id"] for part in parts for one in part] == [one["customer_id"] for one in whole["customers"]]


def test_2_a_customer_is_shown_with_its_figures(client: Client, customer: dict[str, Any], sent: dict[str, Any]) -> None:
    answer = client.get(f"/api/customers/{customer['customer_id']}")
    example = {
        "customer_id": "CUST-0001",
        "name": "Tech Solutions Ltd",
        "email": "info@techsolutions.com",
        "phone": "254722123456",
        "address": {"street": "123 Kimathi Street", "city": "Nairobi", "postal_code": "00100", "country": "Kenya"},
        "financial_summary": {
            "total_invoices": 45,
            "total_billed": 2500000.00,
            "total_paid": 2100000.00,
            "outstanding_balance": 400000.00,
            "average_payment_days": ANY,
            "payment_history": [],
        },
        "recent_invoices": [{}],
        "recent_payments": [],
        "status": "active",
    }
    assert answer.status == 200
    assert differences(example, answer.body) == []
    assert answer.body["address"] == example["address"]
    assert answer.body["financial_summary"]["total_billed"] == 52200.00
    assert answer.body["financial_summary"]["outstanding_balance"] == 52200.00
    assert [one["invoice_id"] for one in answer.body["recent_invoices"]] == [sent["invoice_id"]]


def test_2_a_short_form_of_the_number_is_the_same_customer(client: Client, customer: dict[str, Any]) -> None:
    prefix, digits = customer["customer_id"].split("-")
    assert client.get(f"/api/customers/{prefix}-{int(digits):03}").body["name"] == customer["name"]


def test_3_a_customer_is_created_with_what_was_sent(customer: dict[str, Any]) -> None:
    assert customer["name"] == "Tech Contract Ltd"
    assert customer["phone"] == "254722123456"
    assert customer["payment_terms"] == "net_30"
    assert customer["status"] == "active"


def test_4_a_customer_is_updated_and_what_was_left_out_stays(client: Client) -> None:
    made = client.call("POST", "/api/customers", {"name": "Update Me Ltd", "email": "old@company.com"}).body
    answer = client.call(
        "PUT",
        f"/api/customers/{made['customer_id']}",
        {"email": "newemail@company.com", "phone": "254733456789", "status": "active"},
    )
    assert answer.status == 200
    shown = {name: answer.body[name] for name in ("name", "email", "phone", "status")}
    assert shown == {
        "name": "Update Me Ltd",
        "email": "newemail@company.com",
        "phone": "254733456789",
        "status": "active",
    }


def test_5_the_summary_of_all_customers(client: Client, sent: dict[str, Any]) -> None:
    answer = client.get("/api/customers/stats/summary")
    example = {
        "total_customers": 8,
        "active_customers": 7,
        "inactive_customers": 1,
        "total_outstanding": 1200000.00,
        "customers_with_overdue": 2,
        "top_customers": [
            {"customer_id": "CUST-0001", "name": "Tech Solutions Ltd", "total_billed": 2500000.00},
        ],
    }
    assert answer.status == 200
    assert differences(example, answer.body) == []
    assert answer.body["total_customers"] >= answer.body["active_customers"] > 0
    billed = [one["total_billed"] for one in answer.body["top_customers"]]
    assert billed == sorted(billed, reverse=True)


def test_6_an_invoice_is_drafted_from_words(generated: dict[str, Any], customer: dict[str, Any]) -> None:
    example = {
        "draft_id": "DRAFT-001",
        "status": "draft",
        "invoice_data": {
            "customer_name": "Tech Solutions Ltd",
            "items": [LINE],
            "subtotal": 45000.00,
            "tax": 7200.00,
            "total": 52200.00,
            "due_date": "2025-11-10",
        },
        "ai_confidence": 0.95,
        "suggestions": ["Consider adding service period dates"],
    }
    assert differences(example, generated) == []
    data = generated["invoice_data"]
    assert generated["status"] == "draft"
    assert data["customer_name"] == customer["name"]
    assert (data["subtotal"], data["tax"], data["total"]) == (45000.00, 7200.00, 52200.00)
    (item,) = data["items"]
    assert (item["quantity"], item["unit"], item["rate"], item["amount"]) == (3, "months", 15000.00, 45000.00)
    assert "hosting" in item["description"].lower()
    assert data["due_date"] == str(_today() + timedelta(days=30))
    assert 0 <= generated["ai_confidence"] <= 1


def test_7_8_10_a_draft_is_changed_previewed_and_listed(
    client: Client, customer: dict[str, Any], generated: dict[str, Any]
) -> None:
    drafts = f"/api/customers/{customer['customer_id']}/invoices/drafts"
    one = f"{drafts}/{generated['draft_id']}"
    changed = client.call("PUT", one, {"items": [LINE | {"quantity": 2}], "notes": "Updated payment terms"})
    assert changed.status == 200, changed.text
    assert changed.body["draft_id"] == generated["draft_id"]
    assert (changed.body["notes"], changed.body["version"]) == ("Updated payment terms", 2)
    totals = {name: changed.body[name] for name in ("subtotal", "tax", "total")}
    assert totals == {"subtotal": 30000.00, "tax": 4800.00, "total": 34800.00}
    assert '"total": 34800.00' in changed.text or '"total":34800.00' in changed.text
    page = client.get(f"{one}/preview")
    assert (page.status, page.kind.split(";")[0]) == (200, "text/html")
    paper = client.get(f"{one}/preview?format=pdf")
    assert (paper.status, paper.kind, paper.text[:5]) == (200, "application/pdf", "%PDF-")
    listed = client.get(drafts)
    example = {
        "draft_id": "DRAFT-001",
        "customer_id": "CUST-0001",
        "status": "draft",
        "generated_by": "ai",
        "ai_model": "gemini-pro",
        "generation_prompt": "Create invoice for 3 months web hosting...",
        "invoice_number": ANY,
        "customer_name": "Tech Solutions Ltd",
        "customer_email": "info@techsolutions.com",
        "items": [LINE],
        "subtotal": 45000.00,
        "tax": 7200.00,
        "total": 52200.00,
        "created_at": "2025-10-11",
        "reviewed_at": ANY,
        "sent_at": ANY,
        "converted_to_invoice_id": ANY,
        "version": 1,
        "previous_version_id": ANY,
        "notes": "AI generated based on previous invoices pattern",
    }
    assert differences({"drafts": [example]}, listed.body) == []
    assert generated["draft_id"] in {draft["draft_id"] for draft in listed.body["drafts"]}


def test_9_a_draft_is_issued_and_sent(sent: dict[str, Any]) -> None:
    example = {
        "invoice_id": "INV-1258",
        "status": "sent",
        "sent_via": {
            "email": {"status": "sent", "sent_to": "info@techsolutions.com", "sent_at": "2025-10-11T10:30:00Z"},
            "sms": {"status": "sent", "sent_to": ANY, "sent_at": ANY},
        },
        "tracking": {"email_tracking_id": "msg_abc123", "sms_tracking_id": ANY},
    }
    assert differences(example, sent) == []
    assert sent["status"] == "sent"
    assert sent["sent_via"]["email"]["sent_to"] == "contact@newcompany.com"
    assert sent["sent_via"]["email"]["sent_at"].endswith("Z")
    assert sent["tracking"]["email_tracking_id"].startswith("msg_")


def test_9_a_draft_is_sent_later_and_not_twice(client: Client, customer: dict[str, Any]) -> None:
    drafts = f"/api/customers/{customer['customer_id']}/invoices/drafts"
    draft = client.call("POST", drafts, {"items": [LINE]}).body["draft_id"]
    moment = f"{_today() + timedelta(days=3)}T10:30:00Z"
    later = {"send_via": "email", "include_pdf": True, "schedule_send": moment}
    answer = client.call("POST", f"{drafts}/{draft}/send", later)
    assert (answer.status, answer.body["status"], answer.body["invoice_id"]) == (200, "scheduled", None)
    assert client.call("POST", f"{drafts}/{draft}/send", later).status == 409


def test_11_what_comes_again_is_suggested(client: Client, customer: dict[str, Any], sent: dict[str, Any]) -> None:
    answer = client.call(
        "POST",
        f"/api/customers/{customer['customer_id']}/invoices/suggest",
        {"context": "one-time", "based_on": "previous_invoices"},
    )
    example = {
        "suggestions": [
            {
                "confidence": 0.92,
                "description": "Monthly Web Hosting - Based on 6-month pattern",
                "items": [LINE],
                "estimated_total": 52200.00,
                "reasoning": "Customer has been billed monthly for web hosting...",
            }
        ]
    }
    assert answer.status == 200
    assert differences(example, answer.body) == []
    assert [one["estimated_total"] for one in answer.body["suggestions"]] == [52200.00]


def test_12_an_invoice_is_sent_again_to_others(client: Client, sent: dict[str, Any]) -> None:
    answer = client.call(
        "POST",
        f"/api/invoices/{sent['invoice_id']}/send",
        {
            "send_via": "email",
            "recipients": {"email": ["custom@email.com"], "phone": ["254722123456"]},
            "include_pdf": True,
            "custom_message": "Reminder: Payment due soon",
        },
    )
    assert answer.status in {200, 202}
    assert answer.body["invoice_id"] == sent["invoice_id"]
    assert answer.body["sent_via"]["email"]["sent_to"] == "custom@email.com"


def test_13_the_messages_of_a_customer_are_listed(
    client: Client, customer: dict[str, Any], sent: dict[str, Any]
) -> None:
    answer = client.get(f"/api/customers/{customer['customer_id']}/notifications?type=invoice_sent&limit=20")
    example = {
        "notification_id": "NOTIF-001",
        "customer_id": "CUST-0001",
        "invoice_id": "INV-1001",
        "type": "invoice_sent",
        "channel": "email",
        "recipients": {"email": ["info@techsolutions.com"], "phone": ["254722123456"]},
        "subject": "Invoice INV-1001 from Your Company",
        "message": "Please find attached your invoice...",
        "status": "sent",
        "sent_at": ANY,
        "delivered_at": ANY,
        "opened_at": ANY,
        "tracking_id": "msg_abc123xyz",
        "error_message": ANY,
        "retry_count": 0,
        "created_at": "2025-10-11T10:30:00",
    }
    assert answer.status == 200
    assert differences({"notifications": [example]}, answer.body) == []
    assert {one["type"] for one in answer.body["notifications"]} == {"invoice_sent"}
    assert sent["tracking"]["email_tracking_id"] in {one["tracking_id"] for one in answer.body["notifications"]}


def test_14_the_delivery_of_an_invoice_is_told(client: Client, sent: dict[str, Any]) -> None:
    answer = client.get(f"/api/invoices/{sent['invoice_id']}/delivery-status")
    example = {
        "invoice_id": "INV-1258",
        "sent_at": "2025-10-11T10:30:00Z",
        "email": {"sent": True, "delivered": ANY, "opened": ANY, "opened_at": ANY, "clicks": 2},
        "sms": {"sent": True, "delivered": ANY, "delivery_status": ANY},
    }
    assert answer.status == 200
    assert differences(example, answer.body) == []
    assert answer.body["invoice_id"] == sent["invoice_id"]
    assert answer.body["email"]["sent"] is True


@pytest.mark.parametrize("path", ["/api/customers", "/api/customers/stats/summary", "/api/invoices"])
def test_a_caller_without_a_key_is_turned_away(client: Client, path: str) -> None:
    assert Client(client.base, "nonsense").get(path).status == 401


def test_the_comparison_itself_sees_what_is_missing_or_of_another_type() -> None:
    assert differences({"total": 1.0, "names": ["a"]}, {"names": [1]}) == [
        "$.total: missing",
        "$.names[]: 1 where the example has 'a'",
    ]
