"""What providers say moved is put beside what the ledger says, and lines of their reports close the gap."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from billing_assistant.core.rights import Role
from payments.models import BalanceDifference, BankAccount, StatementLine
from payments.services import balance_differences
from payments.services.balance_differences import balance_source_register, differences_check, differences_check_all
from payments.services.record import External
from payments.statement_states import BankAccountKind
from payments.tasks import compare_provider_balances
from tests import factories
from tests.payments.builders import customer, pay
from tests.payments.statement_files import bank_account
from tests.payments.test_statements import finished, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = date(2026, 3, 1)
HEAD = "id,Created (UTC),Type,Amount,Fee,Net\n"


@pytest.fixture
def stripe() -> BankAccount:
    return bank_account(factories.seller(), kind=BankAccountKind.PROVIDER, provider="stripe", provider_account="acct_1")


def differences() -> list[tuple[date, Decimal, Decimal]]:
    return list(BalanceDifference.objects.values_list("day", "provider_amount", "ledger_amount"))


def check(of: BankAccount) -> int:
    return differences_check(profile_id=of.profile_id, actor=factories.SYSTEM, now=factories.NOW)


@pytest.mark.money
def test_a_report_is_linked_to_its_payments_and_the_day_agrees(stripe: BankAccount) -> None:
    payer = factories.customer(stripe.profile)
    pay(payer, "1000.00", external=External("stripe", "acct_1", "ch_1234567"), received_on=DAY, reference="")
    statement, _run = table(stripe, HEAD + "ch_1234567,2026-03-01,charge,1000.00,32.00,968.00\n")
    assert check(stripe) == 0, "a report that is not read to its end tells nothing"
    finished(statement)
    assert StatementLine.objects.get().state == "matched"
    assert check(stripe) == 0
    assert differences() == [(DAY, 968, 968)]


def test_days_without_a_report_are_not_compared(stripe: BankAccount) -> None:
    pay(factories.customer(stripe.profile), "10.00", external=External("stripe", "acct_1", "ch_2"), received_on=DAY)
    assert check(stripe) == 0
    assert not differences()


def test_gateways_may_tell_their_balances_too(stripe: BankAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balance_differences, "_sources", list(balance_differences._sources))
    balance_source_register(lambda _profile, day: {("paypal", "KES"): Decimal(5)} if day == DAY else {})
    pay(customer(), "5.00", external=External("paypal", "x", "p1"), received_on=DAY)
    assert check(stripe) == 1, "the other profile's payment is not ours"
    compare_provider_balances()
    assert differences() == [(DAY, 5, 0)]


def test_the_page_shows_what_differs_and_compares_now(client: Client, stripe: BankAccount) -> None:
    client.force_login(factories.user(Role.FINANCE))
    url = "/reconciliation/differences/"
    assert "Nothing was compared yet" in client.get(url).content.decode()
    statement, _run = table(stripe, HEAD + f"ch_7654321,{DAY - timedelta(2)},charge,50.00,2.00,48.00\n")
    finished(statement)
    differences_check_all(now=factories.NOW)
    assert client.post(url).status_code == 302
    page = client.get(f"{url}?show=different").content.decode()
    assert "48.00" in page
    client.force_login(factories.user(Role.READ_ONLY))
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 403
