"""A whole statement is undone in the background: once, and what cannot be undone stays and is told."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from django.db.models import Sum
from django.test import Client

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import Conflict, PermissionRefused, ValidationFailed
from billing_assistant.core.failpoints import FailPointReached, forget_hits
from billing_assistant.core.rights import Role
from billing_assistant.core.states import TransitionRefused
from billing_assistant.ledger.models import JournalLine
from customers.models import Customer
from invoices.services.lock_date import lock_date_move
from payments.models import BankAccount, LineMatch, Payment, Statement, StatementLine
from payments.services.line_acts import line_fee, line_ignore, line_suspend
from payments.services.refund import payment_refund
from payments.services.statement_steps import statement_advance
from payments.services.statement_undo import statement_undo
from payments.services.statements import statement_again
from tests import factories
from tests.payments.builders import due, invoice
from tests.payments.statement_files import brought, ofx

NOW, SYSTEM = factories.NOW, factories.SYSTEM
pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


@pytest.fixture
def person() -> Actor:
    return Actor.of_user(factories.user(Role.FINANCE))


def file(*more: tuple[str, str, str, str, str]) -> bytes:
    return ofx(
        ("F2", "20260302", "-15.00", "BANK", "CHARGES"),
        ("F3", "20260302", "77.00", "STRANGER", ""),
        ("F4", "20260302", "5.00", "INTEREST", ""),
        *more,
    )


def of(bank_id: str) -> StatementLine:
    return StatementLine.objects.get(bank_id=bank_id)


def worked_on(account: BankAccount, *more: tuple[str, str, str, str, str]) -> Statement:
    """A statement with a fee, money on suspense, an ignored line, and what else matched by itself."""
    statement = brought(account, file(*more))
    line_fee(line_id=of("F2").pk, actor=SYSTEM, now=NOW)
    line_suspend(line_id=of("F3").pk, reason="whose?", actor=SYSTEM, now=NOW)
    line_ignore(line_id=of("F4").pk, reason="interest", actor=SYSTEM, now=NOW)
    return statement


def undone(statement: Statement, person: Actor) -> Statement:
    statement_undo(statement_id=statement.pk, reason="Wrong account", actor=person, now=NOW)
    while statement_advance(statement_id=statement.pk):
        pass
    statement.refresh_from_db()
    return statement


def test_everything_is_open_again_and_the_file_adds_nothing(
    payer: Customer, account: BankAccount, person: Actor
) -> None:
    bill = invoice(payer, "300.00")
    mine = ("F1", "20260302", "300.00", payer.name, bill.number)
    statement = worked_on(account, mine)
    assert (of("F1").state, due(bill)) == ("matched", 0)
    assert undone(statement, person).state == "done"
    assert {line.bank_id: line.state for line in StatementLine.objects.all()} == {
        "F1": "suggested",
        "F2": "new",
        "F3": "new",
        "F4": "new",
    }
    assert (due(bill), Payment.objects.get().status) == (300, "reversed")
    kinds = JournalLine.objects.values_list("account__kind").annotate(sum=Sum("amount"))
    assert {kind for kind, total in kinds if total} == {"receivable", "revenue"}
    again = brought(account, file(mine), name="again.ofx")
    assert (again.lines_new, of("F1").state, due(bill)) == (0, "suggested", 300)
    statement_again(statement_id=statement.pk, actor=SYSTEM, now=NOW)
    statement_advance(statement_id=statement.pk)
    assert (of("F1").state, due(bill)) == ("suggested", 300)


def test_what_cannot_be_undone_stays_and_is_told(payer: Customer, account: BankAccount, person: Actor) -> None:
    bill = invoice(payer, "300.00")
    statement = worked_on(account, ("F1", "20260302", "300.00", payer.name, bill.number))
    payment_refund(
        payment_id=Payment.objects.get().pk, amount=Decimal(100), method="cash", reason="x", actor=SYSTEM, now=NOW
    )
    assert undone(statement, person).state == "done"
    assert statement.failure.startswith("1 line stays as it is: PAY-")
    assert (of("F1").state, of("F2").state, of("F3").state) == ("matched", "new", "new")


def test_many_lines_that_stay_are_each_tried_once_and_counted_over_all_turns(
    account: BankAccount, person: Actor
) -> None:
    """However little time a turn has. Half of them are fees whose booking back would fall on a locked day."""
    charges = [(f"C{n}", "20260302", f"-{n}.00", "BANK", "") for n in range(1, 13)]
    statement = brought(account, ofx(*charges))
    for n in range(1, 13):
        act = line_fee if n % 2 else partial(line_ignore, reason="ours")
        act(line_id=of(f"C{n}").pk, actor=SYSTEM, now=NOW)
    lock_date_move(profile_id=account.profile_id, until=local_today(account.profile, NOW), actor=SYSTEM, now=NOW)
    statement_undo(statement_id=statement.pk, reason="x", actor=person, now=NOW)
    turns = 1
    while statement_advance(statement_id=statement.pk, seconds=0.0):
        turns += 1
        assert turns <= len(charges) + 1
    statement.refresh_from_db()
    assert (statement.state, statement.undo_kept) == ("done", 6)
    assert statement.failure.startswith("6 lines stay as they are: ")
    assert {one.state for one in StatementLine.objects.filter(amount__in=[-n for n in range(2, 13, 2)])} == {"new"}
    assert StatementLine.objects.filter(state="fee").count() == 6
    lock_date_move(profile_id=account.profile_id, until=None, reason="x", actor=SYSTEM, now=NOW)
    assert (undone(statement, person).failure, statement.undo_kept) == ("", 0)
    assert not StatementLine.objects.exclude(state="new").exists()


def test_a_worker_that_dies_leaves_the_rest_to_the_next(payer: Customer, account: BankAccount, person: Actor, settings):
    statement = worked_on(account)
    statement_undo(statement_id=statement.pk, reason="x", actor=person, now=NOW)
    settings.FAIL_POINTS = "statement.between_chunks:raise@2"
    forget_hits()
    with pytest.raises(FailPointReached):
        statement_advance(statement_id=statement.pk)
    settings.FAIL_POINTS = ""
    while statement_advance(statement_id=statement.pk):
        pass
    statement.refresh_from_db()
    assert (statement.state, set(StatementLine.objects.values_list("state", flat=True))) == ("done", {"new"})


def test_it_needs_a_person_a_reason_and_something_to_undo(account: BankAccount, person: Actor) -> None:
    statement = brought(account, file())
    for actor, reason, refusal in (
        (SYSTEM, "x", PermissionRefused),
        (person, " ", ValidationFailed),
        (person, "x", Conflict),
    ):
        with pytest.raises(refusal):
            statement_undo(statement_id=statement.pk, reason=reason, actor=actor, now=NOW)
    line_fee(line_id=of("F2").pk, actor=SYSTEM, now=NOW)
    statement_undo(statement_id=statement.pk, reason="x", actor=person, now=NOW)
    with pytest.raises(TransitionRefused):
        statement_undo(statement_id=statement.pk, reason="x", actor=person, now=NOW)


def test_the_page_tells_in_numbers_what_is_taken_back(client: Client, payer: Customer, account: BankAccount) -> None:
    bill = invoice(payer, "300.00")
    statement = worked_on(account, ("F1", "20260302", "300.00", payer.name, bill.number))
    client.force_login(factories.user(Role.FINANCE))
    address = f"/reconciliation/statements/{statement.pk}/undo/"
    assert address in client.get(f"/reconciliation/statements/{statement.pk}/").content.decode()
    page = client.get(address).content.decode()
    assert "4 lines are opened again" in page
    assert "1 payment that was recorded" in page
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Wrong account"}).status_code == 302
    statement.refresh_from_db()
    assert (statement.state, statement.undo_reason) == ("undoing", "Wrong account")
    assert LineMatch.objects.get().undone_at is None
