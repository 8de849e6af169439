"""Many who click on one line at once, and what breaks off: recorded once, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from billing_assistant.core.errors import Conflict
from billing_assistant.core.failpoints import FailPointReached, forget_hits
from customers.models import Customer
from invoices.models import Invoice
from payments.models import BankAccount, Payment, StatementLine
from payments.services.line_accepting import line_accept
from payments.services.match_lines import lines_match
from payments.statement_states import LineState
from tests import factories
from tests.payments.builders import due, invoice
from tests.payments.lines import first, line
from tests.payments.test_concurrency import THREADS, at_once, count

NOW, SYSTEM = factories.NOW, factories.SYSTEM
db = pytest.mark.django_db
money = pytest.mark.money
committing = pytest.mark.django_db(transaction=True)
frozen = pytest.mark.usefixtures("clock")


@committing
@money
@frozen
def test_twenty_people_click_and_one_payment_is_recorded(payer: Customer, account: BankAccount) -> None:
    results, found = _clicked(payer, account)
    assert count(results, StatementLine) == 1
    assert count(results, Conflict) == 19
    assert Payment.objects.filter(status="completed").count() == 1
    assert found.state == LineState.MATCHED


@committing
@frozen
def test_without_the_lock_several_would_be(
    payer: Customer, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above: lines are read without a lock, by everybody before anybody writes."""
    with _unlocked(monkeypatch):
        _clicked(payer, account)
    assert Payment.objects.filter(status="completed").count() > 1


def _clicked(payer: Customer, account: BankAccount) -> tuple[list[Any], StatementLine]:
    bills = [invoice(payer, "9000.00"), invoice(payer, "9000.00")]
    found = line(account, "500.00", name="TECH SOLUTIONS LTD", text=f"part of {bills[0].number}")
    assert found.state == "suggested"
    wanted = first(found)
    results = at_once(lambda _n: line_accept(line_id=found.pk, candidate_id=wanted, actor=SYSTEM, now=NOW))
    found.refresh_from_db()
    return results, found


@contextmanager
def _unlocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    everybody = threading.Barrier(THREADS)

    def read(line_ids: Iterable[UUID]) -> list[StatementLine]:
        rows = StatementLine.objects.select_related("account", "profile").filter(pk__in=set(line_ids))
        found = list(rows.order_by("pk"))
        everybody.wait(30)
        return found

    with monkeypatch.context() as patch:
        patch.setattr("payments.services.line_settling.statement_lines_lock", read)
        patch.setattr("payments.services.line_settling.invoices_lock", _invoices)
        yield


def _invoices(ids: Iterable[UUID]) -> list[Any]:
    return list(Invoice.objects.filter(pk__in=set(ids)))


@db
@money
@frozen
def test_what_broke_off_before_the_commit_left_nothing(payer: Customer, account: BankAccount, settings: Any) -> None:
    bill = invoice(payer, "900.00")
    settings.FAIL_POINTS = "line.before_commit:raise"
    forget_hits()
    with pytest.raises(FailPointReached):
        line(account, "900.00", text=bill.number)
    assert (Payment.objects.count(), due(bill)) == (0, 900)
    settings.FAIL_POINTS = ""
    found = StatementLine.objects.get()
    lines_match(account=account, lines=[found], now=NOW)
    found.refresh_from_db()
    assert (found.state, due(bill)) == ("matched", 0)
