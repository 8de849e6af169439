"""Twenty threads issue five hundred invoices in one series while some fail after the number was taken."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from threading import Barrier
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from invoices.models import Invoice, NumberSeries
from invoices.number_selectors import number_gaps
from invoices.services import issuing, numbering
from invoices.services.issue import invoice_issue
from tests import factories
from tests.factories import NOW, SYSTEM

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.money]
THREADS, INVOICES, FAILS = 20, 500, 0.2


class AfterTheNumber(Exception):
    """What goes wrong between taking a number and the commit."""


def _fail_sometimes(fails: random.Random) -> None:
    if fails.random() < FAILS:
        raise AfterTheNumber


def _issue_until_done(draft_id: UUID, fails: random.Random) -> None:
    """Issues a draft; a failure after the number was taken rolls back and is tried again, as a person would."""
    while True:
        try:
            with transaction.atomic():
                invoice_issue(draft_id=draft_id, actor=SYSTEM, now=NOW)
                _fail_sometimes(fails)
        except AfterTheNumber:
            continue
        return


def _leave(together: Barrier) -> None:
    """Closes the connection of one thread, once each thread is here."""
    together.wait(30)
    connection.close()


def _run(work: Callable[[UUID, random.Random], None], draft_ids: list[UUID]) -> list[BaseException]:
    """Each thread keeps its connection, as a worker does; returns what went wrong."""
    with ThreadPoolExecutor(THREADS) as pool:
        jobs = [pool.submit(work, draft_id, random.Random(seed)) for seed, draft_id in enumerate(draft_ids)]  # noqa: S311
        wait(jobs)
        together = Barrier(THREADS)
        for _ in range(THREADS):
            pool.submit(_leave, together)
    return [error for error in (job.exception() for job in jobs) if error is not None]


def test_parallel_issue_has_no_gap_and_no_duplicate() -> None:
    customer = factories.customer(factories.seller())
    draft_ids = [factories.draft(customer).pk for _ in range(INVOICES)]
    assert _run(_issue_until_done, draft_ids) == []
    sequences = list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True))
    assert sequences == list(range(1, INVOICES + 1))
    assert number_gaps(NumberSeries.objects.get(code="INV")) == []


def test_negative_control_the_highest_number_plus_one_collides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers read as MAX + 1 without a lock, by everybody before anybody writes, clash: the test above can fail."""
    everybody = Barrier(THREADS)

    def issue(draft_id: UUID, _fails: random.Random) -> None:
        invoice_issue(draft_id=draft_id, actor=SYSTEM, now=NOW)

    def unlocked(*, series: NumberSeries, dates: list[date], strict: bool = False) -> list[numbering.TakenNumber]:
        last = Invoice.objects.filter(series=series).aggregate(last=Max("sequence"))["last"] or 0
        everybody.wait(30)
        return [numbering.TakenNumber(series, 2026, last + 1, series.number(year=2026, sequence=last + 1), dates[0])]

    customer = factories.customer(factories.seller())
    factories.issued_invoice(customer)
    draft_ids = [factories.draft(customer).pk for _ in range(THREADS)]
    monkeypatch.setattr(issuing, "numbers_take", unlocked)
    errors = _run(issue, draft_ids)
    assert [type(error) for error in errors] == [IntegrityError] * (THREADS - 1)
    NumberSeries.objects.update(in_gap_report=False)  # what the control broke is not the books' fault
