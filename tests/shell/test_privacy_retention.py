"""What is past its time is forgotten daily, as the business profile says; unused customers are proposed, not erased."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from billing_assistant.core import files
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.models import (
    BusinessProfile,
    DataImport,
    Event,
    ImportProblem,
    Notice,
    RetentionRules,
    StoredFile,
)
from billing_assistant.core.rights import Role
from billing_assistant.core.services.retention import months_before, retention_change, retention_of
from billing_assistant.shell.tasks import apply_retention
from customers.inactive import customers_unused
from customers.models import Customer
from customers.services.erasing import customer_erase
from integrations.models import WebhookEvent
from reminders.models import Message
from tests import factories
from tests.payments import builders
from tests.shell.people import browser

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture
def seller() -> BusinessProfile:
    return factories.seller()


def message(of: Customer, at: datetime, **fields: Any) -> Message:
    number = f"MSG-{Message.objects.count() + 1}"
    values: dict[str, Any] = {
        "number": number,
        "kind": "custom",
        "key": number,
        "sender": "us@example.com",
        "recipients": ["a@b.example"],
        "subject": "Hello",
        "text": "Dear",
        "html": "<p>Dear",
        "status": "sent",
    }
    return Message.objects.create(profile=of.profile, customer=of, due_at=at, created_at=at, **(values | fields))


def test_texts_of_messages_go_after_their_months_and_the_log_stays(seller: BusinessProfile, now: datetime) -> None:
    customer = factories.customer(seller)
    before = months_before(now, 36)
    old = message(customer, before - timedelta(seconds=1))
    waiting = message(customer, before - timedelta(seconds=1), status="pending")
    recent = message(customer, before)
    apply_retention()
    for one in (old, waiting, recent):
        one.refresh_from_db()
    assert (old.text, old.html, old.subject, old.recipients) == ("", "", "Hello", ["a@b.example"])
    assert (waiting.text, recent.text) == ("Dear", "Dear")


def test_it_works_through_more_than_one_chunk(
    seller: BusinessProfile, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reminders.privacy.CHUNK", 2)
    customer = factories.customer(seller)
    for _number in range(5):
        message(customer, months_before(now, 40))
    apply_retention()
    assert not Message.objects.exclude(text="").exists()


def test_a_profile_keeps_as_long_as_it_says(seller: BusinessProfile, now: datetime) -> None:
    other = factories.seller()
    retention_change(profile_id=other.pk, changes={"message_months": 1}, actor=SYSTEM, now=now)
    mine, theirs = (message(factories.customer(one), months_before(now, 2)) for one in (seller, other))
    apply_retention()
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.text, theirs.text) == ("Dear", "")


def test_raw_webhooks_and_import_files_go(seller: BusinessProfile, now: datetime) -> None:
    old, recent = months_before(now, 13), months_before(now, 11)
    for name, at in (("old", old), ("recent", recent)):
        WebhookEvent.objects.create(source="demo", event_id=name, body=b"raw", status="done", created_at=at)
        sheet = files.store(content=name.encode(), name=name, content_type="text/csv", profile_id=seller.pk)
        run = DataImport.objects.create(profile=seller, kind="customers", file=sheet, created_at=at, touched_at=at)
        ImportProblem.objects.create(profile=seller, run=run, line=1, field="email", value="a@b", reason="Wrong")
    WebhookEvent.objects.create(source="demo", event_id="new", body=b"raw", created_at=old)
    apply_retention()
    bodies = {one.event_id: bytes(one.body) for one in WebhookEvent.objects.all()}
    assert bodies == {"old": b"", "recent": b"raw", "new": b"raw"}
    assert [one.file.name for one in DataImport.objects.all()] == ["recent"]
    assert ImportProblem.objects.count() == StoredFile.objects.count() == 1


def test_unused_customers_are_proposed_once_a_month_and_not_erased(seller: BusinessProfile, now: datetime) -> None:
    admin = factories.user(Role.ADMIN)
    factories.user(Role.FINANCE)
    long_ago = months_before(now, 25)
    unused, billed, recent, gone = (factories.customer(seller, name=name) for name in ("A", "B", "C", "D"))
    builders.invoice(billed, "10.00", now=long_ago)
    customer_erase(customer_id=gone.pk, confirmation=gone.number, actor=SYSTEM, now=long_ago)
    for one in (unused, billed, gone):
        Customer.objects.filter(pk=one.pk).update(created_at=long_ago, updated_at=long_ago)
    apply_retention()
    apply_retention()
    assert list(customers_unused(profile_id=seller.pk, now=now)) == [unused]
    notice = Notice.objects.get()
    assert notice.user == admin
    assert "1 customer without documents" in notice.text
    unused.refresh_from_db()
    assert (unused.name, recent.name) == ("A", "C")


def test_the_task_is_run_daily() -> None:
    runs = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert runs["shell.apply_retention"] == 24 * 60 * 60


def test_rules_are_checked_and_their_changes_told(seller: BusinessProfile, now: datetime) -> None:
    for changes in ({"document_years": 4}, {"message_months": 0}, {"unknown": 3}):
        with pytest.raises(ValidationFailed):
            retention_change(profile_id=seller.pk, changes=changes, actor=SYSTEM, now=now)
    with pytest.raises(PermissionRefused):
        retention_change(profile_id=seller.pk, changes={}, actor=factories.actor(Role.FINANCE), now=now)
    retention_change(profile_id=seller.pk, changes={"document_years": 10}, actor=SYSTEM, now=now)
    retention_change(profile_id=seller.pk, changes={"document_years": 10}, actor=SYSTEM, now=now)
    assert Event.objects.get().data == {"changes": {"document_years": {"before": 7, "after": 10}}}
    assert retention_of(seller.pk).document_years == 10


def test_the_page_saves_and_shows_history_and_proposals(seller: BusinessProfile, now: datetime) -> None:
    admin = browser(Role.ADMIN)
    unused = factories.customer(seller, name="Long Gone Limited")
    long_ago = months_before(now, 30)
    Customer.objects.filter(pk=unused.pk).update(created_at=long_ago, updated_at=long_ago)
    values = {"document_years": 8, "message_months": 12, "payload_months": 6, "inactive_months": 24}
    assert admin.post("/settings/retention/", values).status_code == 302
    assert RetentionRules.objects.get().message_months == 12
    page = admin.get("/settings/retention/").content.decode()
    assert "36 → 12" in page
    assert f"/customers/{unused.pk}/personal-data/" in page
    refused = admin.post("/settings/retention/", values | {"document_years": 2}).content.decode()
    assert "5" in refused
    assert RetentionRules.objects.get().document_years == 8
    assert browser(Role.FINANCE).get("/settings/retention/").status_code == 403


def test_months_end_on_the_last_day_of_a_short_one() -> None:
    assert months_before(datetime(2026, 3, 31, tzinfo=UTC), 1) == datetime(2026, 2, 28, tzinfo=UTC)
    assert months_before(datetime(2026, 1, 15, tzinfo=UTC), 13) == datetime(2024, 12, 15, tzinfo=UTC)
