"""A file that was brought by mistake is discarded, with nothing lost that another file has, and can come again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import Conflict, PermissionRefused, ValidationFailed
from billing_assistant.core.failpoints import FailPointReached, forget_hits
from billing_assistant.core.models import DataImport
from billing_assistant.core.rights import Role
from billing_assistant.core.services.import_steps import import_advance
from billing_assistant.core.services.imports import import_start
from billing_assistant.core.states import TransitionRefused
from billing_assistant.ledger.models import JournalEntry
from customers.models import Customer
from payments.models import BalanceDifference, BankAccount, Payment, Statement, StatementLine
from payments.selectors.statements import LineFilters, account_figures, lines_filtered, lines_of
from payments.services.line_acts import line_fee, line_ignore
from payments.services.line_settling import line_settle
from payments.services.statement_discard import statement_discard
from payments.services.statement_steps import statement_advance
from payments.services.statement_undo import statement_undo
from payments.services.statements import statement_again, statement_create
from payments.statement_states import BankAccountKind
from tests import factories
from tests.payments.builders import due, invoice
from tests.payments.statement_files import bank_account, brought, ofx
from tests.payments.test_concurrency import at_once
from tests.payments.test_statements import finished, table
from tests.support.imports import guessed

NOW, SYSTEM = factories.NOW, factories.SYSTEM
db = pytest.mark.django_db
frozen = pytest.mark.usefixtures("clock")
ONE = ("F1", "20260301", "10.00", "A", "")
TWO = ("F2", "20260302", "-2.00", "BANK", "")
NEW = ("F3", "20260303", "30.00", "C", "")
ROWS = "Date,Description,Debit,Credit,Balance,Reference\n"


@pytest.fixture
def person() -> Actor:
    return Actor.of_user(factories.user(Role.FINANCE))


def discarded(statement: Statement, person: Actor) -> Statement:
    made = statement_discard(statement_id=statement.pk, reason="Wrong account", actor=person, now=NOW)
    assert made.state == "discarded"
    return made


def told(statement: Statement) -> dict[str, str]:
    return dict(StatementLine.objects.filter(statement=statement).values_list("bank_id", "state"))


@db
@pytest.mark.money
@frozen
def test_what_was_discarded_counts_nowhere_and_comes_again_to_either_account(
    payer: Customer, account: BankAccount, person: Actor
) -> None:
    wrong = discarded(brought(account, ofx(ONE, TWO)), person)
    assert told(wrong) == {"F1": "discarded", "F2": "discarded"}
    figures = account_figures([account])[account.pk]
    assert (figures.open, figures.incoming, figures.until) == (0, 0, None)
    assert not lines_filtered(lines_of(account), LineFilters()).exists()
    right = brought(bank_account(payer.profile), ofx(ONE, TWO))
    again = brought(account, ofx(ONE, TWO))
    for each in (right, again):
        assert (each.state, each.lines_new, told(each)) == ("done", 2, {"F1": "new", "F2": "new"})
    assert again.pk != wrong.pk
    assert brought(account, ofx(ONE, TWO)).pk == again.pk


@db
def test_a_table_whose_columns_nobody_named_is_discarded_and_never_read(account: BankAccount, person: Actor) -> None:
    text = ROWS + "2026-03-01,Sale,,10.00,,\n"
    waiting = statement_create(account_id=account.pk, content=text.encode(), file_name="a.csv", actor=SYSTEM, now=NOW)
    discarded(waiting, person)
    run = DataImport.objects.select_related("file").get(pk=waiting.data_import_id)
    assert run.state == "cancelled"
    import_start(run_id=run.pk, columns=guessed(run), actor=SYSTEM, now=NOW)
    assert not import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.failure) == ("failed", "This statement was discarded. Bring the file again.")
    assert not StatementLine.objects.exists()
    again, _run = table(account, text, name="a.csv")
    assert (again.pk == waiting.pk, again.lines_new) == (False, 1)


@db
@pytest.mark.money
@frozen
def test_nothing_is_discarded_that_is_booked_until_it_was_undone(account: BankAccount, person: Actor) -> None:
    statement = brought(account, ofx(ONE, TWO))
    line_fee(line_id=StatementLine.objects.get(bank_id="F2").pk, actor=SYSTEM, now=NOW)
    with pytest.raises(Conflict):
        discarded(statement, person)
    assert told(statement) == {"F1": "new", "F2": "fee"}
    statement_undo(statement_id=statement.pk, reason="x", actor=person, now=NOW)
    with pytest.raises(TransitionRefused):
        discarded(statement, person)
    while statement_advance(statement_id=statement.pk):
        pass
    entries = JournalEntry.objects.count()
    discarded(statement, person)
    assert (told(statement), JournalEntry.objects.count()) == ({"F1": "discarded", "F2": "discarded"}, entries)
    with pytest.raises(Conflict, match="discarded already"):
        line_ignore(line_id=StatementLine.objects.get(bank_id="F1").pk, reason="x", actor=SYSTEM, now=NOW)
    with pytest.raises(TransitionRefused):
        statement_again(statement_id=statement.pk, actor=SYSTEM, now=NOW)


@db
@frozen
def test_lines_that_another_file_has_too_stay_there(account: BankAccount, person: Actor) -> None:
    wrong = brought(account, ofx(ONE, TWO), name="wrong.ofx")
    later = brought(account, ofx(NEW, TWO), name="later.ofx")
    assert later.lines_new == 1
    discarded(wrong, person)
    later.refresh_from_db()
    assert (told(wrong), told(later), later.lines_new) == ({"F1": "discarded"}, {"F2": "new", "F3": "new"}, 2)
    assert dict(later.lines.values_list("bank_id", "position")) == {"F3": 0, "F2": 1}


@db
@frozen
def test_lines_that_another_table_has_too_stay_there(account: BankAccount, person: Actor) -> None:
    same = "2026-03-02,Same,,5.00,,\n"
    wrong, _run = table(account, ROWS + "2026-03-01,Sale,,10.00,,\n" + same)
    later, _run = table(account, ROWS + "2026-03-03,broken,,many,,\n" + same + "2026-03-02,New,,7.00,,\n", name="b.csv")
    assert later.lines_new == 1
    for each in (wrong, later):
        finished(each)
    discarded(wrong, person)
    assert list(wrong.lines.values_list("text", "state")) == [("Sale", "discarded")]
    assert list(later.lines.order_by("position").values_list("text", "position")) == [("Same", 1), ("New", 2)]


@db
@pytest.mark.money
@frozen
def test_money_of_a_provider_is_recorded_again_after_its_report_was_discarded(payer: Customer, person: Actor) -> None:
    bill = invoice(payer, "10.00")
    place = bank_account(payer.profile, kind=BankAccountKind.PROVIDER, provider="stripe", provider_account="acct")

    def recorded() -> Statement:
        statement = brought(place, ofx(ONE))
        line = StatementLine.objects.get(statement=statement)
        line_settle(line_id=line.pk, parts={bill.pk: line.amount}, actor=SYSTEM, now=NOW)
        return statement

    statement = recorded()
    BalanceDifference.objects.update_or_create(
        profile=payer.profile, day=statement.period_from, currency="KES", defaults={"checked_at": NOW}
    )
    statement_undo(statement_id=statement.pk, reason="x", actor=person, now=NOW)
    while statement_advance(statement_id=statement.pk):
        pass
    discarded(statement, person)
    assert not BalanceDifference.objects.exists()
    recorded()
    assert (due(bill), sorted(Payment.objects.values_list("status", flat=True))) == (0, ["completed", "reversed"])


@pytest.mark.django_db(transaction=True)
def test_of_a_discard_and_a_booking_at_once_only_one_happens() -> None:
    place, person = bank_account(factories.seller()), Actor.of_user(factories.user(Role.FINANCE))
    statement = brought(place, ofx(TWO))
    line = StatementLine.objects.get()

    def act(number: int) -> object:
        if number % 2:
            return line_fee(line_id=line.pk, actor=SYSTEM, now=NOW)
        return statement_discard(statement_id=statement.pk, reason="x", actor=person, now=NOW)

    outcomes = at_once(act, times=2)
    statement.refresh_from_db()
    line.refresh_from_db()
    assert sum(isinstance(each, Conflict) for each in outcomes) == 1
    assert (statement.state, line.state) in {("discarded", "discarded"), ("done", "fee")}


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_discards_nothing(settings: Any) -> None:
    place, person = bank_account(factories.seller()), Actor.of_user(factories.user(Role.FINANCE))
    statement = brought(place, ofx(ONE, TWO))
    settings.FAIL_POINTS = "discard.before_commit:raise"
    forget_hits()
    with pytest.raises(FailPointReached):
        discarded(statement, person)
    settings.FAIL_POINTS = ""
    statement.refresh_from_db()
    assert (statement.state, told(statement)) == ("done", {"F1": "new", "F2": "new"})
    discarded(statement, person)


@db
def test_a_person_discards_and_says_why_while_nothing_else_is_read(account: BankAccount, person: Actor) -> None:
    statement = brought(account, ofx(ONE))
    for actor, reason, refusal in ((SYSTEM, "x", PermissionRefused), (person, " ", ValidationFailed)):
        with pytest.raises(refusal):
            statement_discard(statement_id=statement.pk, reason=reason, actor=actor, now=NOW)
    statement_create(account_id=account.pk, content=ofx(NEW), file_name="b.ofx", actor=SYSTEM, now=NOW)
    with pytest.raises(Conflict, match="being read"):
        discarded(statement, person)


@db
def test_the_pages_offer_it_once_and_say_that_it_was_done(client: Client, account: BankAccount) -> None:
    statement = brought(account, ofx(ONE, TWO))
    client.force_login(factories.user(Role.FINANCE))
    page, address = f"/reconciliation/statements/{statement.pk}/", f"/reconciliation/statements/{statement.pk}/discard/"
    assert address in client.get(page).content.decode()
    assert "2 lines that it brought" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Wrong account"}).status_code == 302
    after = client.get(page).content.decode()
    assert "This file was discarded" in after
    assert "Wrong account" in after
    assert not any(f"{page}{act}/" in after for act in ("discard", "undo", "again"))
    lines = client.get(f"/reconciliation/accounts/{account.pk}/?status=all").content.decode()
    assert "bank-line" not in lines.replace("bank-lines", "")
    gone = client.get(f"/reconciliation/accounts/{account.pk}/?status=discarded&statement={statement.pk}")
    assert gone.content.decode().count('name="act"') == 0
    assert gone.content.decode().count('<li class="bank-line"') == 2
    assert client.post(address, {"reason": "again"}).status_code == 422
