"""The fee of a dispute is booked with the dispute: a line of it is linked, not booked again; and what did not stay
away leaves its line.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.errors import Conflict, ValidationFailed
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Role
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import JournalEntry
from customers.models import Customer
from integrations.ports.refunds import ProviderRefund, RefundStatus
from payments.models import BankAccount, Dispute, LineGivenBack, MatchCandidate, Refund, StatementLine
from payments.services.dispute import DisputeInput, dispute_lose, dispute_open, dispute_win
from payments.services.line_acts import line_fee, line_ignore, line_undo
from payments.services.line_giving_back import line_give_back
from payments.services.match_lines import lines_suggest
from payments.services.record import External
from payments.services.refund_found import refund_take
from payments.statement_states import BankAccountKind
from tests import factories
from tests.payments.builders import pay
from tests.payments.statement_files import bank_account
from tests.payments.test_line_given_back import balance, out, refunded, taken
from tests.support.books import books_broken

NOW, SYSTEM = factories.NOW, factories.SYSTEM
pytestmark = [pytest.mark.money, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def disputed(payer: Customer, amount: str = "100.00", external: External | None = None) -> Dispute:
    method = "online" if external else "bank_transfer"
    payment = pay(payer, amount, method=method, external=external)
    said = DisputeInput(amount=Decimal(amount), reason="fraud", fee=Decimal(15))
    return dispute_open(payment_id=payment.pk, wanted=said, actor=SYSTEM, now=NOW)


def linked(line: StatementLine, thing: Dispute) -> StatementLine:
    return line_give_back(line_id=line.pk, thing=thing, actor=SYSTEM, now=NOW)


def test_a_line_of_the_fee_alone_is_suggested_and_booked_once_whatever_became_of_the_dispute(
    payer: Customer, account: BankAccount
) -> None:
    dispute = disputed(payer)
    line = out(account, "-15.00", text=dispute.number)
    entries, fees = JournalEntry.objects.count(), balance(AccountKind.BANK_FEES)
    assert taken(line).state == "given_back"
    assert (JournalEntry.objects.count(), balance(AccountKind.BANK_FEES)) == (entries, fees)
    dispute_lose(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    dispute_win(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    line.refresh_from_db()
    assert (line.state, LineGivenBack.objects.get().dispute_fee) == ("given_back", 15)
    assert books_broken(now=NOW) == []


def test_the_money_and_the_fee_of_a_dispute_are_two_lines_or_one_but_not_both(
    payer: Customer, account: BankAccount
) -> None:
    dispute = disputed(payer)
    fee, whole, money = (
        out(account, amount, bank_id=key) for key, amount in (("O1", "-15.00"), ("O2", "-115.00"), ("O3", "-100.00"))
    )
    with pytest.raises(ValidationFailed, match="has not gone out"):
        linked(money, dispute)
    dispute_lose(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    linked(whole, dispute)
    for line in (fee, money):
        with pytest.raises(Conflict, match="stands on another line already"):
            linked(line, dispute)
    line_undo(line_id=whole.pk, reason="x", actor=SYSTEM, now=NOW)
    assert [linked(line, dispute).state for line in (fee, money)] == ["given_back", "given_back"]
    lines_suggest(account=account, line_ids=[whole.pk], now=NOW)
    assert not MatchCandidate.objects.filter(line=whole).exists()
    with pytest.raises(Conflict, match="stands on another line already"):
        linked(whole, dispute)
    assert books_broken(now=NOW) == []


def test_a_provider_that_took_the_fee_with_the_money_took_it_once(payer: Customer) -> None:
    at_stripe = bank_account(payer.profile, kind=BankAccountKind.PROVIDER, provider="stripe", provider_account="acct")
    dispute = disputed(payer, external=External("stripe", "acct", "pi_1"))
    dispute_lose(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    line = out(at_stripe, "-115.00")
    StatementLine.objects.update(gross=Decimal(-100), fee=Decimal(15))
    entries = JournalEntry.objects.count()
    assert linked(line, dispute).state == "given_back"
    assert JournalEntry.objects.count() == entries
    assert books_broken(now=NOW) == []


def test_a_refund_that_fails_after_it_was_linked_opens_its_line_and_says_why(
    client: Client, payer: Customer, account: BankAccount
) -> None:
    payment = pay(payer, "300.00", method="online", external=External("mpesa", "522533", "TC1"))

    def told(status: RefundStatus, why: str = "") -> Refund | None:
        found = ProviderRefund("TC2AA9", "TC1", "", status, Money(Decimal(100), "KES"), NOW, failure=why)
        return refund_take(payment=payment, found=found, now=NOW)

    refund = told(RefundStatus.SUCCEEDED)
    assert refund is not None
    line = out(account, "-100.00", "254700", "TC2AA9")
    before = balance(AccountKind.CASH)
    taken(line)
    assert balance(AccountKind.CASH) == before - 100
    told(RefundStatus.FAILED, "account closed")
    line.refresh_from_db()
    assert (line.state, balance(AccountKind.CASH)) == ("new", before)
    assert line.reason.startswith(f"{refund.number} failed after it was linked here: account closed")
    assert books_broken(now=NOW) == []
    client.force_login(factories.user(Role.FINANCE))
    assert "failed after it was linked here" in client.get(f"/reconciliation/accounts/{account.pk}/").content.decode()
    assert line_fee(line_id=line.pk, actor=SYSTEM, now=NOW).reason == ""


def test_a_dispute_that_is_won_after_all_opens_the_line_of_its_money(payer: Customer, account: BankAccount) -> None:
    dispute = disputed(payer)
    dispute_lose(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    line = linked(out(account, "-115.00"), dispute)
    dispute_win(dispute_id=dispute.pk, actor=SYSTEM, now=NOW)
    line.refresh_from_db()
    assert (line.state, line.is_open) == ("new", True)
    assert line.reason.startswith(f"{dispute.number} was won after it was linked here")
    assert line_ignore(line_id=line.pk, reason="Came back", actor=SYSTEM, now=NOW).reason == "Came back"
    assert books_broken(now=NOW) == []


def test_the_page_shows_by_itself_what_was_given_back_after_the_line_came_and_forgets_what_is_not_so(
    client: Client, payer: Customer, account: BankAccount
) -> None:
    line = out(account, "-100.00", payer.name)
    page = f"/reconciliation/accounts/{account.pk}/"
    refund = refunded(pay(payer, "300.00"))
    client.force_login(factories.user(Role.READ_ONLY))
    assert refund.number not in client.get(page).content.decode()
    client.force_login(factories.user(Role.FINANCE))
    assert refund.number in client.get(page).content.decode()
    line.refresh_from_db()
    assert line.state == "suggested"
    other = out(account, "-100.00", payer.name, bank_id="O2")
    line_give_back(line_id=other.pk, thing=refund, actor=SYSTEM, now=NOW)
    shown = client.get(page).content.decode()
    assert refund.number not in shown
    assert "Look again" in shown
