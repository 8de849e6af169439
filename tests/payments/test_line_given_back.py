"""Money that went out on a line is a refund, a lost dispute or a reversed payment: once, nothing is posted again."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import Conflict, NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.failpoints import FailPointReached, forget_hits
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import JournalEntry, JournalLine
from customers.models import Customer
from integrations.ports.refunds import ProviderRefund, RefundStatus
from payments.models import BankAccount, LineGivenBack, MatchCandidate, MatchRule, Payment, Refund, StatementLine
from payments.services import line_giving_back
from payments.services.dispute import DisputeInput, dispute_lose, dispute_open
from payments.services.line_accepting import line_accept
from payments.services.line_acts import line_fee, line_undo
from payments.services.line_giving_back import line_give_back
from payments.services.match_gone import Thing
from payments.services.match_lines import lines_match, lines_suggest
from payments.services.record import External
from payments.services.refund import payment_refund
from payments.services.refund_found import refund_take
from payments.services.reverse import payment_reverse
from payments.services.statement_steps import statement_advance
from payments.services.statement_undo import statement_undo
from payments.statement_states import BankAccountKind
from tests import factories
from tests.payments.builders import customer, due, invoice, pay
from tests.payments.statement_files import bank_account, brought, ofx
from tests.payments.test_concurrency import at_once, count
from tests.support.books import books_broken

NOW, SYSTEM = factories.NOW, factories.SYSTEM
LINES = 4
frozen = pytest.mark.usefixtures("clock")
pytestmark = [pytest.mark.money]
db = pytest.mark.django_db


def out(account: BankAccount, amount: str, name: str = "", text: str = "", *, bank_id: str = "O1") -> StatementLine:
    """A line on which money moved, read and tried."""
    brought(account, ofx((bank_id, "20260302", amount, name, text)), name=f"{bank_id}.ofx")
    return StatementLine.objects.get(account=account, bank_id=bank_id)


def refunded(of: Payment, amount: str = "100.00", **more: Any) -> Refund:
    said: dict[str, Any] = {"reason": "x", "method": "bank_transfer", "actor": SYSTEM, "now": NOW}
    return payment_refund(payment_id=of.pk, amount=Decimal(amount), **(said | more))


def balance(kind: AccountKind) -> Decimal:
    return JournalLine.objects.filter(account__kind=kind).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def found_of(line: StatementLine) -> list[tuple[str, dict[str, Any]]]:
    rows = MatchCandidate.objects.filter(line=line).order_by("rank")
    return [((row.refund or row.dispute or row.payment).number, row.evidence) for row in rows]  # type: ignore[union-attr]


def taken(line: StatementLine) -> StatementLine:
    """The first thing that was found, taken with one click."""
    first = MatchCandidate.objects.filter(line=line).order_by("rank").first()
    assert first is not None
    return line_accept(line_id=line.pk, candidate_id=first.pk, actor=SYSTEM, now=NOW)


@db
@frozen
def test_a_refund_by_hand_is_suggested_with_its_evidence_and_never_linked_by_itself(
    payer: Customer, account: BankAccount
) -> None:
    refund = refunded(pay(payer, "300.00"), reference="FT99887766")
    refunded(pay(payer, "300.00", reference="OTHER12345"), "55.00")
    line = out(account, "-100.00", payer.name, "REFUND FT99887766")
    assert line.state == "suggested"
    ((number, evidence),) = found_of(line)
    assert number == refund.number
    assert (evidence["amount"], evidence["reference"], evidence["days"]) == ("equal", "full", 0)
    assert evidence["name"] >= 85


@db
@frozen
def test_linking_posts_nothing_that_is_in_the_books_already_and_is_undone(
    payer: Customer, account: BankAccount
) -> None:
    refunded(pay(payer, "300.00"))
    line = out(account, "-100.00", payer.name)
    entries, cash = JournalEntry.objects.count(), balance(AccountKind.CASH)
    assert taken(line).state == "given_back"
    assert (JournalEntry.objects.count(), balance(AccountKind.CASH)) == (entries, cash)
    with pytest.raises(Conflict):
        line_fee(line_id=line.pk, actor=SYSTEM, now=NOW)
    assert line_undo(line_id=line.pk, reason="x", actor=SYSTEM, now=NOW).state == "new"
    assert (JournalEntry.objects.count(), LineGivenBack.objects.get().undone_at is None) == (entries, False)
    lines_suggest(account=account, line_ids=[line.pk], now=NOW)
    assert taken(line).state == "given_back"


@db
@frozen
def test_one_refund_is_on_one_line_only(payer: Customer, account: BankAccount) -> None:
    refund = refunded(pay(payer, "300.00"))
    first, second = (out(account, "-100.00", payer.name, bank_id=each) for each in ("O1", "O2"))
    assert (first.state, second.state) == ("suggested", "suggested")
    taken(first)
    for act in (
        lambda: taken(second),
        lambda: line_give_back(line_id=second.pk, thing=refund, actor=SYSTEM, now=NOW),
    ):
        with pytest.raises(Conflict, match="stands on another line already"):
            act()
    shared = {"profile": payer.profile, "refund": refund, "currency": "KES", "amount": 100}
    with pytest.raises(IntegrityError, match="line_given_back_refund_once"), transaction.atomic():
        LineGivenBack.objects.create(line=second, **shared)
    lines_suggest(account=account, line_ids=[second.pk], now=NOW)
    second.refresh_from_db()
    assert (second.state, found_of(second)) == ("new", [])


@pytest.mark.django_db(transaction=True)
def test_of_several_lines_at_once_one_is_the_refund(payer: Customer, account: BankAccount) -> None:
    outcomes = linked_at_once(payer, account)
    assert (count(outcomes, StatementLine), count(outcomes, Conflict)) == (1, 7)
    assert LineGivenBack.objects.count() == StatementLine.objects.filter(state="given_back").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_index_keeps_it_once(
    payer: Customer, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch)
    outcomes = linked_at_once(payer, account)
    assert (count(outcomes, StatementLine), LineGivenBack.objects.count()) == (1, 1)
    assert count(outcomes, IntegrityError) == LINES - 1


@pytest.mark.django_db(transaction=True)
def test_without_lock_and_index_several_lines_would_be_the_refund(
    payer: Customer, account: BankAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the tests above."""
    unlocked(monkeypatch)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX line_given_back_refund_once")
    try:
        outcomes = linked_at_once(payer, account)
        assert count(outcomes, StatementLine) == LineGivenBack.objects.count() == LINES
    finally:
        LineGivenBack.objects.all().delete()
        StatementLine.objects.update(state="new")
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX line_given_back_refund_once ON payments_linegivenback (refund_id)"
                " WHERE undone_at IS NULL"
            )


def linked_at_once(payer: Customer, account: BankAccount) -> list[Any]:
    """Some lines over the money of one refund, each linked to it twice, all at once."""
    refund = refunded(pay(payer, "300.00"))
    lines = [out(account, "-100.00", payer.name, bank_id=f"O{n}") for n in range(LINES)]

    def link(number: int) -> StatementLine:
        return line_give_back(line_id=lines[number % LINES].pk, thing=refund, actor=SYSTEM, now=NOW)

    return at_once(link, times=2 * LINES)


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thing is read without a lock, and nobody writes before each of the lines has found it free."""
    check, everybody = line_giving_back._check, threading.Barrier(LINES)

    def checked(line: StatementLine, thing: Thing) -> Decimal:
        fee = check(line, thing)
        everybody.wait(30)
        return fee

    monkeypatch.setattr(line_giving_back, "_locked", lambda thing: thing)
    monkeypatch.setattr(line_giving_back, "_check", checked)


@db
@frozen
def test_the_statements_of_a_chunk_do_not_grow_with_its_lines(payer: Customer, account: BankAccount) -> None:
    refunded(pay(payer, "300.00"))
    asked = []
    for few in (2, 30):
        told = [(f"{few}-{n}", "20260302", "-100.00", payer.name, f"REF {n}") for n in range(few)]
        brought(account, ofx(*told), name=f"{few}.ofx")
        lines = list(StatementLine.objects.filter(account=account, bank_id__startswith=f"{few}-"))
        with CaptureQueriesContext(connection) as queries:
            lines_match(account=account, lines=lines, now=NOW)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 20


@db
@frozen
def test_the_books_check_finds_a_line_that_is_nothing_and_one_over_other_money(
    payer: Customer, account: BankAccount
) -> None:
    refunded(pay(payer, "300.00"))
    line = taken(out(account, "-100.00", payer.name))
    for damage in ({"amount": 99}, {"undone_at": NOW}):
        with transaction.atomic():
            LineGivenBack.objects.update(**damage)
            found = [each.rule for each in books_broken(now=NOW)]
            transaction.set_rollback(True)
        assert [rule for rule in found if rule.startswith("a line of money given back is one refund")], damage
    assert LineGivenBack.objects.get().line_id == line.pk


@db
@frozen
def test_the_rule_is_switched_off_and_shows_what_it_would_suggest(
    client: Client, payer: Customer, account: BankAccount
) -> None:
    refund = refunded(pay(payer, "300.00"))
    line = out(account, "-100.00", payer.name)
    rule = MatchRule.objects.get(profile=payer.profile, kind="given_back")
    assert not rule.automatic
    client.force_login(factories.user(Role.FINANCE))
    address = f"/reconciliation/rules/{rule.pk}/"
    assert refund.number in client.get(address).content.decode()
    assert client.post(address, {"days_before": 1, "days_after": 1}).status_code == 302
    lines_suggest(account=account, line_ids=[line.pk], now=NOW)
    assert found_of(line) == []


@db
@frozen
def test_a_lost_dispute_is_a_line_with_or_without_its_fee(payer: Customer, account: BankAccount) -> None:
    disputes = []
    for amount in ("100.00", "200.00"):
        payment = pay(payer, amount)
        said = DisputeInput(amount=Decimal(amount), reason="fraud", fee=Decimal(15))
        opened = dispute_open(payment_id=payment.pk, wanted=said, actor=SYSTEM, now=NOW)
        disputes.append(opened)
    alone, whole = out(account, "-100.00", payer.name), out(account, "-215.00", payer.name, bank_id="O2")
    assert (found_of(alone), found_of(whole)) == ([], [])
    for each in disputes:
        dispute_lose(dispute_id=each.pk, actor=SYSTEM, now=NOW)
    cash = balance(AccountKind.CASH)
    lines_suggest(account=account, line_ids=[alone.pk, whole.pk], now=NOW)
    assert [taken(each).state for each in (alone, whole)] == ["given_back", "given_back"]
    assert (balance(AccountKind.CASH), cash) == (Decimal(-30), Decimal(-30))


@db
@frozen
def test_a_payment_that_was_returned_is_both_lines_and_undone_on_both(payer: Customer, account: BankAccount) -> None:
    bill = invoice(payer, "300.00")
    came = out(account, "300.00", payer.name, bill.number, bank_id="I1")
    payment = Payment.objects.get()
    assert (came.state, due(bill)) == ("matched", 0)
    payment_reverse(payment_id=payment.pk, reason="Recalled", actor=SYSTEM, now=NOW)
    went = out(account, "-300.00", payer.name, "RETURN")
    taken(went)
    came.refresh_from_db()
    assert (came.state, came.reason) == ("ignored", f"{payment.number} came here and was returned.")
    assert (due(bill), balance(AccountKind.CASH)) == (300, 0)
    line_undo(line_id=went.pk, reason="x", actor=SYSTEM, now=NOW)
    assert set(StatementLine.objects.values_list("state", flat=True)) == {"new"}


@db
@frozen
def test_a_whole_statement_with_money_that_came_and_was_returned_is_undone(
    payer: Customer, account: BankAccount
) -> None:
    bill, person = invoice(payer, "300.00"), Actor.of_user(factories.user(Role.FINANCE))
    told = (("I1", "20260302", "300.00", payer.name, bill.number), ("O1", "20260302", "-300.00", payer.name, "RETURN"))
    statement = brought(account, ofx(*told))
    payment_reverse(payment_id=Payment.objects.get().pk, reason="Recalled", actor=SYSTEM, now=NOW)
    went = StatementLine.objects.get(bank_id="O1")
    lines_suggest(account=account, line_ids=[went.pk], now=NOW)
    taken(went)
    statement_undo(statement_id=statement.pk, reason="x", actor=person, now=NOW)
    while statement_advance(statement_id=statement.pk):
        pass
    statement.refresh_from_db()
    assert (statement.state, statement.failure) == ("done", "")
    assert set(statement.lines.values_list("bank_id", "state")) == {("I1", "suggested"), ("O1", "suggested")}


@db
@frozen
def test_what_left_a_provider_in_the_books_and_an_account_on_the_statement_is_moved_between_them(
    payer: Customer, account: BankAccount
) -> None:
    payment = pay(payer, "300.00", method="online", external=External("mpesa", "522533", "TC1"))
    told = ProviderRefund("TC2AA9", "TC1", "", RefundStatus.SUCCEEDED, Money(Decimal(100), "KES"), NOW)
    assert refund_take(payment=payment, found=told, now=NOW) is not None
    line = out(account, "-100.00", "254700", "TC2AA9")
    before = balance(AccountKind.CASH), balance(AccountKind.GATEWAY_CLEARING)
    taken(line)
    assert balance(AccountKind.CASH) == before[0] - 100
    assert balance(AccountKind.GATEWAY_CLEARING) == before[1] + 100
    line_undo(line_id=line.pk, reason="x", actor=SYSTEM, now=NOW)
    assert (balance(AccountKind.CASH), balance(AccountKind.GATEWAY_CLEARING)) == before


@db
@frozen
def test_at_a_provider_only_what_went_through_it_is_a_line(payer: Customer) -> None:
    at_stripe = bank_account(payer.profile, kind=BankAccountKind.PROVIDER, provider="stripe", provider_account="acct")
    by_hand = refunded(pay(payer, "300.00"))
    line = out(at_stripe, "-100.00", payer.name, by_hand.number)
    assert found_of(line) == []
    with pytest.raises(ValidationFailed, match="did not go through this provider"):
        line_give_back(line_id=line.pk, thing=by_hand, actor=SYSTEM, now=NOW)
    assert line_fee(line_id=line.pk, actor=SYSTEM, now=NOW).state == "fee"


@db
@frozen
def test_other_money_and_what_others_may_not_see_is_refused(payer: Customer, account: BankAccount) -> None:
    refund, line = refunded(pay(payer, "300.00")), out(account, "-99.00", payer.name)
    standing = pay(payer, "99.00")
    stranger = refunded(pay(customer(), "300.00"), "99.00")
    for thing, refusal in ((refund, ValidationFailed), (standing, ValidationFailed), (stranger, NotFound)):
        with pytest.raises(refusal):
            line_give_back(line_id=line.pk, thing=thing, actor=SYSTEM, now=NOW)
    with pytest.raises(PermissionRefused):
        line_give_back(line_id=line.pk, thing=refund, actor=Actor.of_user(factories.user(Role.READ_ONLY)), now=NOW)
    line.refresh_from_db()
    assert (line.state, LineGivenBack.objects.count()) == ("new", 0)


@db
@frozen
def test_a_worker_that_dies_links_nothing(payer: Customer, account: BankAccount, settings: Any) -> None:
    refund, line = refunded(pay(payer, "300.00")), out(account, "-100.00", payer.name)
    settings.FAIL_POINTS = "line.before_commit:raise@1"
    forget_hits()
    with pytest.raises(FailPointReached):
        line_give_back(line_id=line.pk, thing=refund, actor=SYSTEM, now=NOW)
    line.refresh_from_db()
    assert (line.state, LineGivenBack.objects.count()) == ("suggested", 0)


@db
@frozen
def test_the_page_shows_at_once_what_became_of_the_line_on_which_the_money_had_come(
    client: Client, payer: Customer, account: BankAccount
) -> None:
    came = out(account, "300.00", payer.name, invoice(payer, "300.00").number, bank_id="I1")
    payment_reverse(payment_id=Payment.objects.get().pk, reason="Recalled", actor=SYSTEM, now=NOW)
    went = out(account, "-300.00", payer.name)
    client.force_login(factories.user(Role.FINANCE))
    said = {"act": "accept", "candidate": MatchCandidate.objects.get(line=went).pk}
    for act, state in ((said, "Ignored"), ({"act": "undo"}, "Suggestion")):
        answer = client.post(f"/reconciliation/lines/{went.pk}/act/", act, headers={"HX-Request": "true"})
        beside = answer.content.decode().split(f'id="line-{came.pk}" hx-swap-oob="true"')[1]
        assert state in beside


@db
@frozen
def test_a_refund_that_is_recorded_after_the_line_is_found_by_looking_again(
    client: Client, payer: Customer, account: BankAccount
) -> None:
    line = out(account, "-100.00", payer.name)
    client.force_login(factories.user(Role.FINANCE))
    act, page = f"/reconciliation/lines/{line.pk}/act/", f"/reconciliation/accounts/{account.pk}/"
    shown = client.get(page).content.decode()
    assert "Money that went out." in shown
    assert "Look again" in shown
    refund = refunded(pay(payer, "300.00"))
    client.post(act, {"act": "look"})
    shown = client.get(page).content.decode()
    assert refund.number in shown
    assert "Link" in shown
    assert "Look again" not in shown
    candidate = MatchCandidate.objects.get(line=line)
    client.post(act, {"act": "accept", "candidate": candidate.pk})
    done = client.get(f"{page}?status=given_back").content.decode()
    assert f'href="/payments/{refund.payment_id}/"' in done
    assert refund.number in done
    assert "Went out on the statement" in client.get(f"/payments/{refund.payment_id}/").content.decode()
