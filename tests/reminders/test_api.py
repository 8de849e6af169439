"""Endpoints 9, 12, 13 and 14 of the customer plan, as programs use them."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from billing_assistant.core import clock
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import ROLE_RIGHTS, Role
from billing_assistant.core.services.api_keys import api_key_create
from customers.models import Customer
from invoices.models import Invoice
from reminders.models import Message
from reminders.services import waiting
from reminders.services.sending import messages_send
from tests import factories
from tests.support.smtp import MailServer

Api = Callable[..., Client]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "WAIT_SECONDS", 0.0)


@pytest.fixture
def of() -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def buyer(of: BusinessProfile) -> Customer:
    return factories.customer(of)


def api(of: BusinessProfile, role: Role = Role.FINANCE, *, without: tuple[str, ...] = ()) -> Client:
    """A caller with a key of a profile."""
    plain = api_key_create(
        user_id=factories.user(role).pk,
        profile_id=of.pk,
        name="test",
        scopes=[right.value for right in ROLE_RIGHTS[role] if right.value not in without],
        expires_at=None,
        actor=factories.actor(),
        now=clock.now(),
    ).plain
    return Client(headers={"Authorization": f"Bearer {plain}"})


def post(client: Client, url: str, body: Any, *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def work() -> None:
    messages_send(limit=100, seconds=60)


@contextmanager
def worker() -> Iterator[None]:
    """A mail worker beside the request, as in production."""
    stop = threading.Event()

    def run() -> None:
        try:
            while not stop.wait(0.02):
                work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_issued_and_sent_and_the_answer_is_as_shown(
    server: MailServer, of: BusinessProfile, buyer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "WAIT_SECONDS", 30.0)
    made = factories.draft(buyer)
    body = {
        "send_via": "both",
        "include_pdf": True,
        "custom_message": "Thank you for your business...",
        "schedule_send": None,
    }
    with worker():
        answer = post(api(of), f"/api/customers/{buyer.number}/invoices/drafts/{made.number}/send", body)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    invoice, message = Invoice.objects.get(), Message.objects.get()
    sent_at = told["sent_via"]["email"].pop("sent_at")
    assert sent_at.endswith("Z")
    assert told == {
        "invoice_id": invoice.number,
        "id": str(invoice.pk),
        "status": "sent",
        "sent_via": {
            "email": {"status": "sent", "sent_to": "info@techsolutions.example"},
            "sms": {
                "status": "failed",
                "sent_to": None,
                "sent_at": None,
                "reason": "This installation cannot send SMS. Use e-mail.",
            },
        },
        "tracking": {"email_tracking_id": f"msg_{message.pk.hex}", "sms_tracking_id": None},
    }
    assert invoice.sent_at is not None
    assert "Thank you for your business..." in server.delivered[0].part("text/plain")


@pytest.mark.django_db
def test_without_a_worker_it_answers_202_and_asks_to_come_again(of: BusinessProfile, buyer: Customer) -> None:
    invoice = factories.issued_invoice(buyer)
    answer = post(api(of), f"/api/invoices/{invoice.number}/send", {})
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    assert answer.headers["Retry-After"] == "5"
    assert answer.json()["sent_via"]["email"]["sent_at"] is None


@pytest.mark.django_db(transaction=True)
def test_the_same_key_sends_once_and_tells_what_became_of_it(
    server: MailServer, of: BusinessProfile, buyer: Customer
) -> None:
    invoice, client = factories.issued_invoice(buyer), api(of)
    url = f"/api/invoices/{invoice.pk}/send"
    first = post(client, url, {"custom_message": "Hello"}, key="k1")
    work()
    second = post(client, url, {"custom_message": "Hello"}, key="k1")
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json()["tracking"] == second.json()["tracking"]
    assert second.json()["status"] == "sent"
    assert post(client, url, {"custom_message": "Other"}, key="k1").status_code == 422
    assert post(client, url, {"custom_message": "Hello"}, key="k2").status_code == 202
    work()
    assert len(server.delivered) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_key_issues_a_draft_once(of: BusinessProfile, buyer: Customer) -> None:
    made, client = factories.draft(buyer), api(of)
    url = f"/api/customers/{buyer.pk}/invoices/drafts/{made.pk}/send"
    answers = [post(client, url, {}, key="k") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.json()["invoice_id"] for answer in answers}) == 1
    assert (Invoice.objects.count(), Message.objects.count()) == (1, 1)
    assert post(client, url, {}, key="other").status_code == 409


@pytest.mark.django_db(transaction=True)
def test_other_recipients_than_the_customers_own(server: MailServer, of: BusinessProfile, buyer: Customer) -> None:
    invoice = factories.issued_invoice(buyer)
    body = {
        "send_via": "email",
        "recipients": {"email": ["custom@email.example"], "phone": ["254722123456"]},
        "include_pdf": False,
        "custom_message": "Reminder: Payment due soon",
    }
    post(api(of), f"/api/invoices/{invoice.number}/send", body)
    work()
    (got,) = server.delivered
    assert got.recipients == ("custom@email.example",)
    assert not list(got.mail.iter_attachments())


@pytest.mark.django_db(transaction=True)
def test_what_the_provider_refused_is_told(server: MailServer, of: BusinessProfile, buyer: Customer) -> None:
    server.answer = "550 Not wanted"
    invoice, client = factories.issued_invoice(buyer), api(of)
    post(client, f"/api/invoices/{invoice.number}/send", {}, key="k")
    work()
    told = post(client, f"/api/invoices/{invoice.number}/send", {}, key="k").json()
    assert told["status"] == "failed"
    assert "550 Not wanted" in told["sent_via"]["email"]["reason"]
    assert client.get(f"/api/invoices/{invoice.number}/delivery-status").json()["email"]["sent"] is False


@pytest.mark.django_db
def test_a_scheduled_draft_has_no_number_yet(of: BusinessProfile, buyer: Customer, now: Any) -> None:
    made, client = factories.draft(buyer), api(of)
    url = f"/api/customers/{buyer.number}/invoices/drafts/{made.number}/send"
    answer = post(client, url, {"schedule_send": "2026-03-05"})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["invoice_id"], told["draft_id"], told["status"]) == (None, made.number, "scheduled")
    assert told["scheduled_for"] == "2026-03-05T06:00:00Z"  # nine in the morning in Nairobi
    assert told["sent_via"]["email"]["sent_to"] == "info@techsolutions.example"
    made.refresh_from_db()
    assert (made.status, made.invoice_id) == ("scheduled", None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"send_via": "sms"}, "send_via"),
        ({"send_via": "pigeon"}, "send_via"),
        ({"recipients": {"email": ["nobody"]}}, "recipients"),
        ({"recipients": {"email": ["a@b.example\r\nBcc: x@y.example"]}}, "recipients"),
        ({"recipients": {"email": [f"a{n}@b.example" for n in range(11)]}}, "recipients"),
        ({"recipients": "x"}, "recipients"),
        ({"custom_message": "x" * 4001}, "custom_message"),
        ({"include_pdf": "perhaps"}, "include_pdf"),
        ({"schedule_send": "tomorrow"}, "schedule_send"),
        ({"schedule_send": "2026-13-40"}, "schedule_send"),
        ({"schedule_send": "2020-01-01"}, "schedule_send"),
        ({"schedule_send": 5}, "schedule_send"),
    ],
)
def test_bad_input_names_the_field_and_changes_nothing(
    of: BusinessProfile, buyer: Customer, body: dict[str, Any], field: str
) -> None:
    made = factories.draft(buyer)
    answer = post(api(of), f"/api/customers/{buyer.number}/invoices/drafts/{made.number}/send", body)
    assert answer.status_code == 400, answer.content
    assert {name.split(".")[0] for name in answer.json()["errors"]} == {field}
    assert not Invoice.objects.exists()
    assert not Message.objects.exists()
    made.refresh_from_db()
    assert made.status == "draft"


@pytest.mark.django_db
@pytest.mark.parametrize("when", [None, "2026-12-25"])
def test_a_due_date_that_would_be_past_is_named_as_the_drafts_name_it(
    of: BusinessProfile, buyer: Customer, now: Any, when: str | None
) -> None:
    made = factories.draft(buyer, due_on=(now - timedelta(days=2)).date())
    url = f"/api/customers/{buyer.number}/invoices/drafts/{made.number}/send"
    answer = post(api(of), url, {"schedule_send": when})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["due_date"])


@pytest.mark.django_db
def test_foreign_things_are_not_there(of: BusinessProfile, buyer: Customer) -> None:
    elsewhere = factories.seller()
    theirs = factories.customer(elsewhere)
    their_draft, their_invoice = factories.draft(theirs), factories.issued_invoice(theirs)
    client = api(of)
    for url in (
        f"/api/customers/{theirs.pk}/invoices/drafts/{their_draft.pk}/send",
        f"/api/customers/{buyer.pk}/invoices/drafts/{their_draft.pk}/send",
        f"/api/invoices/{their_invoice.pk}/send",
    ):
        assert post(client, url, {}).status_code == 404, url
    mine, other = factories.draft(buyer), factories.customer(of)
    assert post(client, f"/api/customers/{other.pk}/invoices/drafts/{mine.pk}/send", {}).status_code == 404
    for url in (
        f"/api/customers/{theirs.pk}/notifications",
        f"/api/invoices/{their_invoice.pk}/delivery-status",
        "/api/invoices/INV-0/delivery-status",
    ):
        assert client.get(url).status_code == 404, url
    assert not Message.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("right", ["invoices.send", "invoices.issue"])
def test_a_key_without_the_scope_sends_nothing(of: BusinessProfile, buyer: Customer, right: str) -> None:
    made = factories.draft(buyer)
    client = api(of, without=(right,))
    assert post(client, f"/api/customers/{buyer.pk}/invoices/drafts/{made.pk}/send", {}).status_code == 403
    assert Client().post(f"/api/invoices/{made.pk}/send", {}).status_code == 401
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_notification_log(server: MailServer, of: BusinessProfile, buyer: Customer) -> None:
    invoice, client = factories.issued_invoice(buyer), api(of)
    for _turn in range(3):
        post(client, f"/api/invoices/{invoice.number}/send", {})
    work()
    url = f"/api/customers/{buyer.number}/notifications"
    told = client.get(f"{url}?type=invoice_sent&limit=2").json()
    assert (told["total"], told["limit"], told["skip"], len(told["notifications"])) == (3, 2, 0, 2)
    row = told["notifications"][0]
    assert row["customer_id"] == buyer.number
    assert row["invoice_id"] == invoice.number
    assert row["type"] == "invoice_sent"
    assert row["channel"] == "email"
    assert row["recipients"] == {"email": ["info@techsolutions.example"], "phone": []}
    assert row["subject"] == f"Invoice {invoice.number} from Chromapages"
    assert "Amount due: KES 52,200.00" in row["message"]
    assert row["status"] == "sent"
    assert row["sent_at"].endswith("Z")
    assert (row["delivered_at"], row["opened_at"], row["error_message"], row["retry_count"]) == (None, None, None, 0)
    assert row["tracking_id"].startswith("msg_")
    assert row["notification_id"].startswith("NOTIF-")
    assert "/portal/i/" not in json.dumps(told)
    assert client.get(f"{url}?type=reminder").json()["notifications"] == []
    assert client.get(f"{url}?type=nonsense").status_code == 400
    assert client.get(f"{url}?limit=x").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_delivery_status(server: MailServer, of: BusinessProfile, buyer: Customer) -> None:
    invoice, client = factories.issued_invoice(buyer), api(of)
    url = f"/api/invoices/{invoice.number}/delivery-status"
    nothing = {"sent": False, "delivered": None, "opened": None, "opened_at": None, "clicks": 0}
    before = client.get(url).json()
    assert (before["sent_at"], before["email"]) == (None, nothing)
    post(client, f"/api/invoices/{invoice.number}/send", {})
    work()
    after = client.get(url).json()
    assert after["sent_at"].endswith("Z")
    assert after["email"] == nothing | {"sent": True}
    assert after["sms"] == {"sent": False, "delivered": None, "delivery_status": None}
    assert set(after) == {"invoice_id", "id", "sent_at", "email", "sms"}


@pytest.mark.django_db
def test_get_changes_nothing(of: BusinessProfile, buyer: Customer) -> None:
    made, client = factories.draft(buyer), api(of)
    invoice = factories.issued_invoice(buyer)
    for url in (
        f"/api/customers/{buyer.pk}/invoices/drafts/{made.pk}/send",
        f"/api/invoices/{invoice.pk}/send",
    ):
        assert client.get(url).status_code == 405
    client.get(f"/api/customers/{buyer.pk}/notifications")
    client.get(f"/api/invoices/{invoice.pk}/delivery-status")
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_issued_invoice_is_scheduled_once_and_listed_with_its_time(of: BusinessProfile, buyer: Customer) -> None:
    invoice, client = factories.issued_invoice(buyer), api(of)
    body = {"send_via": "both", "schedule_send": "2099-01-01"}
    assert post(client, f"/api/invoices/{invoice.number}/send", body).status_code == 400
    body["schedule_send"] = (clock.now() + timedelta(days=2)).isoformat()
    answers = [post(client, f"/api/invoices/{invoice.number}/send", body, key="one") for _ in range(2)]
    told = answers[0].json()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (told["status"], told["invoice_id"]) == ("scheduled", invoice.number)
    assert told["sent_via"]["sms"]["status"] == "failed"
    (row,) = client.get(f"/api/customers/{buyer.number}/notifications").json()["notifications"]
    assert (row["status"], row["scheduled_for"]) == ("pending", told["scheduled_for"])
    assert Message.objects.count() == 1
