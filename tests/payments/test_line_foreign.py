"""A line in one currency that pays an invoice in another: suggested by the rate of the day, never posted by itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from billing_assistant.ledger.books import check_books
from billing_assistant.ledger.selectors import account_balances
from customers.models import Customer
from invoices.models import Invoice
from payments.models import BankAccount, LineMatch, MatchCandidate, Payment, StatementLine
from payments.services.line_accepting import line_accept
from payments.services.line_acts import line_undo
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, due
from tests.payments.lines import line
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.statement_files import bank_account
from tests.payments.test_exchange_results import billed, rate

pytestmark = [pytest.mark.django_db, pytest.mark.money, pytest.mark.usefixtures("clock")]


@pytest.fixture
def abroad() -> Customer:
    """A customer billed in dollars by a seller of Nairobi."""
    return factories.customer(factories.seller(currency="KES"), name="Baobab Software GmbH", currency="USD")


@pytest.fixture
def account(abroad: Customer) -> BankAccount:
    """An account in shillings."""
    return bank_account(abroad.profile, currency="KES")


@pytest.fixture
def bill(abroad: Customer) -> Invoice:
    """100 dollars, and what a dollar is worth today."""
    made = billed(abroad)
    rate(abroad, TODAY - timedelta(days=1), "129.5")
    return made


def balances(of: Customer) -> dict[tuple[str, str], Decimal]:
    rows = account_balances(SYSTEM, profile_id=of.profile_id)
    return {(row.kind.value, row.currency): row.balance for row in rows if row.balance}


def accept(found: StatementLine) -> StatementLine:
    candidate = MatchCandidate.objects.filter(line=found).order_by("rank")[0]
    return line_accept(line_id=found.pk, candidate_id=candidate.pk, actor=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("name", "text"), [("SOMEBODY", "INV {number}"), ("BAOBAB SOFTWARE GMBH", ""), ("BAOBAB SOFTWARE", "inv {number}")]
)
def test_it_is_suggested_with_the_rate(account: BankAccount, bill: Invoice, name: str, text: str) -> None:
    found = line(account, "12900.00", name=name, text=text.format(number=bill.number))
    (candidate,) = found.candidates.all()
    assert (found.state, candidate.rule.kind, due(bill)) == ("suggested", "foreign", 100)
    told = candidate.evidence
    assert (told["currency"], told["settles"], told["rate"]) == ("USD", "100.00", "129.5")
    assert candidate.parts[0]["number"] == bill.number


@pytest.mark.parametrize(
    ("amount", "text", "shown"),
    [("6475.00", "{number}", "50.00"), ("6475.00", "", ""), ("20000.00", "{number}", ""), ("12900.00", "INV 999", "")],
)
def test_a_part_is_suggested_where_the_invoice_is_named(
    account: BankAccount, bill: Invoice, amount: str, text: str, shown: str
) -> None:
    found = line(account, amount, text=text.format(number=bill.number))
    assert [one.parts[0]["amount"] for one in found.candidates.all()] == ([shown] if shown else [])


def test_without_a_rate_of_its_days_nothing_is_suggested(abroad: Customer, account: BankAccount) -> None:
    bill = billed(abroad)
    assert line(account, "12900.00", text=bill.number).state == "new"


def test_taken_it_settles_the_invoice_in_its_own_currency_and_undone_all_is_as_before(
    abroad: Customer, account: BankAccount, bill: Invoice
) -> None:
    before = balances(abroad)
    found = accept(line(account, "12900.00", text=bill.number))
    payment, match = Payment.objects.get(), LineMatch.objects.get()
    assert (found.state, due(bill), payment.amount, payment.currency) == ("matched", 0, Decimal(100), "USD")
    assert (match.amount, match.currency, match.automatic) == (Decimal(12900), "KES", False)
    told = balances(abroad)
    assert (told["cash", "KES"], told.get(("cash", "USD"), 0)) == (Decimal(12900), 0)
    assert told["exchange", "USD"] == 100
    assert check_books() == []
    line_undo(line_id=found.pk, reason="Wrong", actor=SYSTEM, now=NOW)
    assert (balances(abroad), due(bill)) == (before, 100)
    assert check_books() == []


def test_the_page_shows_the_rate(client: Client, account: BankAccount, bill: Invoice) -> None:
    line(account, "12900.00", text=bill.number)
    sign_in(client, Role.FINANCE, profiles=[account.profile])
    shown = text_of(client.get(f"/reconciliation/accounts/{account.pk}/"))
    assert "129.5" in shown
    assert "Invoice in another currency" in shown
