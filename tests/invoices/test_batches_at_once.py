"""Batches that break off, are killed, or are worked on by two: each customer is billed once."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from billing_assistant.core.failpoints import forget_hits
from billing_assistant.core.models import BusinessProfile
from invoices.batch_states import BatchAfter, BatchItemState
from invoices.models import BatchDocument, BatchItem, Invoice, InvoiceBatch, InvoiceDraft
from invoices.services import batch_steps
from invoices.services.batch_content import BatchContent
from invoices.services.batch_steps import batch_advance, batch_step
from tests.factories import SYSTEM
from tests.support.batches import advance, buyers, started

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
KEEP, ISSUE, SEND = BatchAfter.KEEP, BatchAfter.ISSUE, BatchAfter.SEND


@pytest.mark.usefixtures("_small_chunks")
@pytest.mark.parametrize("point", ["batch.before_commit", "batch.between_chunks"])
def test_what_broke_off_goes_on_and_doubles_nothing(
    profile: BusinessProfile, content: BatchContent, settings: Any, point: str
) -> None:
    buyers(profile, 5)
    batch = started(profile, content, ISSUE)
    settings.FAIL_POINTS = f"{point}:raise@2"
    forget_hits()
    with pytest.raises(RuntimeError, match=point):
        batch_advance(batch_id=batch.pk)
    assert Invoice.objects.count() == (2 if "commit" in point else 4)
    settings.FAIL_POINTS = ""
    advance(batch)
    assert (batch.state, Invoice.objects.count(), InvoiceDraft.objects.count()) == ("done", 5, 5)
    assert list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]


@pytest.mark.slow
@pytest.mark.usefixtures("_small_chunks")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["batch.before_commit", "batch.between_chunks"])
def test_a_killed_worker_loses_and_doubles_nothing(
    profile: BusinessProfile, content: BatchContent, settings: Any, point: str
) -> None:
    buyers(profile, 7)
    batch = started(profile, content, ISSUE)
    settings.FAIL_POINTS = f"{point}:kill@2"
    forget_hits()
    connections.close_all()
    worker = multiprocessing.get_context("fork").Process(target=batch_advance, kwargs={"batch_id": batch.pk})
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    settings.FAIL_POINTS = ""
    assert 0 < Invoice.objects.count() < 7
    advance(batch)
    assert (batch.state, Invoice.objects.count(), BatchDocument.objects.count()) == ("done", 7, 7)
    assert set(Invoice.objects.values_list("sequence", flat=True)) == set(range(1, 8))


def _two_at_once(batch: InvoiceBatch) -> None:
    together = Barrier(2, timeout=30)

    def work() -> None:
        try:
            connection.ensure_connection()
            together.wait()
            while batch_step(batch_id=batch.pk, actor=SYSTEM):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(work) for _ in range(2)]:
            job.result()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after", [KEEP, ISSUE])
def test_two_workers_make_each_customer_once(
    profile: BusinessProfile, content: BatchContent, monkeypatch: pytest.MonkeyPatch, after: BatchAfter
) -> None:
    monkeypatch.setattr(batch_steps, "CHUNK", 3)
    buyers(profile, 20)
    batch = started(profile, content, after)
    _two_at_once(batch)
    assert InvoiceDraft.objects.count() == BatchDocument.objects.count() == 20
    assert InvoiceDraft.objects.values("customer").distinct().count() == 20


@pytest.mark.django_db(transaction=True)
def test_negative_control_without_the_claim_customers_are_billed_twice(
    profile: BusinessProfile, content: BatchContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same run with the items read without a lock, by both before any goes on: each makes the drafts."""
    read = Barrier(2, timeout=30)

    def unlocked(batch_id: object, state: BatchItemState, size: int) -> list[BatchItem]:
        found = list(BatchItem.objects.filter(batch_id=batch_id, state=state).order_by("position")[:size])
        read.wait()
        return found

    monkeypatch.setattr(batch_steps, "batch_items_claim", unlocked)
    buyers(profile, 20)
    batch = started(profile, content)
    _two_at_once(batch)
    assert InvoiceDraft.objects.count() == 40


@pytest.mark.django_db(transaction=True)
def test_one_key_at_once_starts_one_batch(profile: BusinessProfile, content: BatchContent) -> None:
    buyers(profile, 2)
    together = Barrier(4, timeout=30)

    def start() -> object:
        try:
            connection.ensure_connection()
            together.wait()
            return started(profile, content, key="double click").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ids = {job.result() for job in [pool.submit(start) for _ in range(4)]}
    assert len(ids) == InvoiceBatch.objects.count() == 1
