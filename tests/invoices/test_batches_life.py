"""A batch on its way: paused, cancelled, swept, stopped by errors, tried again, told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app

from billing_assistant.core.errors import DomainError
from billing_assistant.core.models import BusinessProfile, Notice
from billing_assistant.core.privacy import Subject, holders
from billing_assistant.core.rights import Role
from billing_assistant.core.services.relay import relay_events
from billing_assistant.core.states import TransitionRefused
from customers.models import Customer
from customers.services.merging import customers_merge
from customers.states import CustomerStatus
from invoices.batch_states import BatchAfter
from invoices.models import BatchItem, InvoiceDraft
from invoices.services import batch_steps, batch_work
from invoices.services.batch_content import BatchContent
from invoices.services.batch_notices import MANY
from invoices.services.batch_steps import batch_advance
from invoices.services.batches import batch_cancel, batch_fail, batch_pause, batch_resume, batch_retry, batch_sweep
from invoices.services.draft_input import DraftInput
from tests import factories
from tests.factories import NOW, SYSTEM
from tests.fakes.tasks import CollectedTasks
from tests.support.batches import advance, buyers, made, started, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
KEEP, ISSUE, SEND = BatchAfter.KEEP, BatchAfter.ISSUE, BatchAfter.SEND


@pytest.mark.usefixtures("_small_chunks")
def test_pause_resume_and_cancel(profile: BusinessProfile, content: BatchContent) -> None:
    buyers(profile, 6)
    batch = started(profile, content)
    assert batch_advance(batch_id=batch.pk, seconds=0)
    for _again in range(2):
        assert batch_pause(batch_id=batch.pk, actor=SYSTEM, now=NOW).state == "paused"
    assert not batch_advance(batch_id=batch.pk)
    assert InvoiceDraft.objects.count() == 2
    batch_resume(batch_id=batch.pk, actor=SYSTEM, now=NOW)
    assert batch_advance(batch_id=batch.pk, seconds=0)
    for _again in range(2):
        assert batch_cancel(batch_id=batch.pk, actor=SYSTEM, now=NOW).state == "cancelled"
    assert not batch_advance(batch_id=batch.pk)
    states = [(state, reason) for _name, state, reason in told(batch)]
    assert states == [("made", "")] * 4 + [("skipped", "The batch was cancelled before.")] * 2
    for act in (batch_resume, batch_retry, batch_pause):
        with pytest.raises(TransitionRefused):
            act(batch_id=batch.pk, actor=SYSTEM, now=NOW)


def test_the_sweep_wakes_what_nobody_works_on(
    profile: BusinessProfile, content: BatchContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyers(profile, 1)
    batch = started(profile, content)
    woken: list[str] = []
    monkeypatch.setattr("invoices.services.batches.queue.enqueue", lambda _name, batch_id: woken.append(batch_id))
    batch_sweep(before=NOW)
    assert woken == []
    batch_sweep(before=NOW + timedelta(seconds=1))
    assert woken == [str(batch.pk)]


def test_it_stops_after_five_errors_at_the_same_place(
    profile: BusinessProfile, content: BatchContent, settings: Any
) -> None:
    buyers(profile, 1)
    batch = started(profile, content)
    settings.FAIL_POINTS = "batch.before_commit:raise"
    for _ in range(batch_steps.MOST_ATTEMPTS):
        with pytest.raises(RuntimeError):
            batch_advance(batch_id=batch.pk)
    assert not batch_advance(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert "several times" in batch.failure
    settings.FAIL_POINTS = ""
    batch_resume(batch_id=batch.pk, actor=SYSTEM, now=NOW)
    advance(batch)
    assert (batch.state, batch.failure, InvoiceDraft.objects.count()) == ("done", "", 1)


def test_one_refusal_is_about_one_customer_and_can_be_tried_again(
    profile: BusinessProfile, content: BatchContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = buyers(profile, 2)
    create = batch_work.drafts_create

    def refusing(*, wanted: list[tuple[Customer, DraftInput]], **given: Any) -> list[InvoiceDraft]:
        if any(customer.pk == other.pk for customer, _data in wanted):
            raise DomainError("No.")
        return create(wanted=wanted, **given)

    monkeypatch.setattr(batch_work, "drafts_create", refusing)
    batch = made(profile, content)
    assert told(batch) == [(one.name, "made", ""), (other.name, "failed", "No.")]
    assert batch.state == "done"
    monkeypatch.setattr(batch_work, "drafts_create", create)
    batch_retry(batch_id=batch.pk, actor=SYSTEM, now=NOW)
    advance(batch)
    assert told(batch) == [(one.name, "made", ""), (other.name, "made", "")]
    assert InvoiceDraft.objects.count() == 2


def test_a_customer_who_was_merged_meanwhile_is_not_billed_twice(
    profile: BusinessProfile, content: BatchContent
) -> None:
    kept, merged = buyers(profile, 2)
    batch = started(profile, content)
    customers_merge(keep_id=kept.pk, merge_id=merged.pk, actor=SYSTEM, now=NOW)
    advance(batch)
    assert told(batch) == [(kept.name, "made", ""), (kept.name, "skipped", "This customer was merged into another.")]
    assert InvoiceDraft.objects.get().customer == kept


def test_why_is_forgotten_with_the_customer(profile: BusinessProfile, content: BatchContent) -> None:
    (one,) = buyers(profile, 1, status=CustomerStatus.SUSPENDED)
    made(profile, content)
    holder = holders()["invoices"]
    subject = Subject(profile.pk, one.pk, one.number, customer_ids=frozenset({one.pk}), contact_ids=frozenset())
    assert "suspended" in str([held.rows for held in holder.export(subject) if held.name == "batches"])
    holder.erase(subject, NOW)
    assert set(BatchItem.objects.values_list("reason", flat=True)) == {""}


def test_a_person_who_lost_the_right_meanwhile_makes_nothing(profile: BusinessProfile, content: BatchContent) -> None:
    buyers(profile, 1)
    person = factories.user(Role.FINANCE)
    batch = started(profile, content, actor=factories.Actor.of_user(person))
    person.role = Role.READ_ONLY
    person.save()
    advance(batch)
    assert batch.state == "failed"
    assert "invoices.draft" in batch.failure
    assert not InvoiceDraft.objects.exists()


def test_the_tasks_work_on_it_hand_over_and_tell_who_started_it(
    profile: BusinessProfile, content: BatchContent, tasks: CollectedTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_steps, "SECONDS", 0.0)
    person = factories.user(Role.FINANCE)
    buyers(profile, MANY)
    batch = started(profile, content, actor=factories.Actor.of_user(person))
    assert tasks.names() == ["invoices.advance_batch"]
    tasks.run()
    for name in ("invoices.sweep_batches", "invoices.forget_batch_files"):
        current_app.tasks[name]()
    batch.refresh_from_db()
    assert batch.state == "done"
    relay_events(queue="default")
    assert [one.text for one in Notice.objects.filter(user=person)] == [
        "BATCH-0001 is done: 20 made, 0 left out, 0 failed."
    ]


def test_who_started_what_stopped_is_told_why(profile: BusinessProfile, content: BatchContent) -> None:
    buyers(profile, 1)
    person = factories.user(Role.FINANCE)
    batch = started(profile, content, actor=factories.Actor.of_user(person))
    batch_fail(batch_id=batch.pk, reason="No.", actor=SYSTEM, now=NOW)
    relay_events(queue="default")
    assert Notice.objects.get(user=person).text == "BATCH-0001 stopped: No."
