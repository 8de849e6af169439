"""The books as people read them: accounts, journal, entries, what an invoice was posted with, the trial balance."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from billing_assistant.core.rights import Role
from billing_assistant.core.services.tallies import tallies_fold
from billing_assistant.ledger.books import check_books
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.models import AccountTally, JournalEntry
from billing_assistant.ledger.selectors import JournalFilters, account_balances, journal, journal_filtered
from payments.selectors import books
from payments.services.write_off import invoice_write_off
from tests import factories
from tests.payments.builders import NOW, SYSTEM, TODAY, customer, invoice, pay
from tests.payments.staff_pages import sign_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.money]


@pytest.fixture(autouse=True)
def _at_now(clock) -> None:
    """Everything happens on the second of March."""


def sums(of, as_of: date | None = None) -> dict[str, Decimal]:
    rows = account_balances(SYSTEM, profile_id=of.profile_id, as_of=as_of)
    return {row.kind.value: row.balance for row in rows}


def test_accounts_have_the_balance_of_a_day() -> None:
    of = customer()
    bill = invoice(of, "100.00", now=NOW - timedelta(days=10))
    pay(of, "130.00", {bill.pk: Decimal(100)})
    assert sums(of) == {
        "receivable": Decimal(0),
        "customer_credit": Decimal(-30),
        "revenue": Decimal(-100),
        "cash": Decimal(130),
    }
    assert sums(of, TODAY - timedelta(days=1)) == {"receivable": Decimal(100), "revenue": Decimal(-100)}
    assert sums(customer()) == {}


def test_folding_the_tallies_changes_no_balance() -> None:
    of = customer()
    for _ in range(3):
        pay(of, "10.00")
    before = sums(of)
    assert AccountTally.objects.count() == 6
    assert tallies_fold(AccountTally) == 2
    assert sums(of) == before
    assert not check_books()


def test_a_tally_that_lies_is_found() -> None:
    pay(customer(), "10.00")
    AccountTally.objects.filter(kind="cash").update(debit=9)
    assert {violation.rule for violation in check_books()} == {
        "the tallies of the accounts are what adding up the journal gives"
    }
    AccountTally.objects.filter(kind="cash").update(debit=10)


def test_balances_cost_one_statement_however_many_postings_there_are(django_assert_num_queries) -> None:
    of = customer()
    for _ in range(4):
        pay(of, "1.00")
    with django_assert_num_queries(1):
        assert sums(of)["cash"] == Decimal(4)


def test_the_accounts_page_leads_to_the_journal_of_an_account(client: Client) -> None:
    of = customer()
    pay(of, "30.00", {invoice(of, "100.00").pk: Decimal(30)})
    sign_in(client)
    page = text_of(client.get("/reports/accounts/"))
    assert "/reports/ledger/?account=cash&amp;currency=KES&amp;until=2026-03-02" in page
    assert "Nothing is posted yet" in text_of(client.get("/reports/accounts/?as_of=2020-01-01"))
    assert client.get("/reports/accounts/?as_of=zz").status_code == 400
    rows = text_of(client.get("/reports/ledger/?account=cash&currency=kes"))
    assert "PAY-0001" in rows
    assert "INV-2026-0001" not in rows
    assert "No entries" in text_of(client.get("/reports/ledger/?account=bad_debt"))


def test_the_journal_is_narrowed_to_a_customer(client: Client) -> None:
    of = customer()
    other = factories.customer(of.profile)
    pay(of, "30.00", reference="ours")
    pay(other, "40.00", reference="theirs")
    sign_in(client)
    page = text_of(client.get(f"/reports/ledger/?customer={of.number.lower()}"))
    assert "ours" in page
    assert "theirs" not in page
    assert "No entries" in text_of(client.get("/reports/ledger/?customer=CUST-9999"))


def test_the_journal_pages_by_key(client: Client) -> None:
    of = customer()
    for number in range(27):
        pay(of, "1.00", reference=f"ref-{number:02}")
    sign_in(client)
    page = text_of(client.get("/reports/ledger/?account=cash"))
    assert "ref-26" in page
    assert "ref-01" not in page
    assert "after=" in page


def test_a_search_that_is_too_long_is_told_as_that(client: Client) -> None:
    pay(customer(), "30.00", reference="theirs")
    sign_in(client)
    answer = client.get("/reports/ledger/?q=" + "x" * 61, headers={"HX-Request": "true"})
    page = text_of(answer)
    assert answer.status_code == 400
    assert "Document: Ensure this value has at most 60 characters" in page
    assert "Write dates" not in page
    assert "theirs" not in page


@pytest.mark.parametrize("path", ["accounts", "ledger", "trial-balance"])
def test_the_books_can_be_taken_along(client: Client, path: str) -> None:
    of = customer()
    pay(of, "30.00", {invoice(of, "100.00").pk: Decimal(30)}, reference="=1+1")
    sign_in(client)
    text = b"".join(client.get(f"/reports/{path}/export/").streaming_content).decode()
    assert "30.00" in text
    answer = client.get(f"/reports/{path}/export/?format=xlsx")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    assert sheet.max_row >= 4
    assert client.get(f"/reports/{path}/export/?as_of=zz&since=zz").status_code == 400


def test_one_entry_names_its_document_and_its_customer(client: Client) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "30.00", {bill.pk: Decimal(30)})
    sign_in(client)
    receipt = JournalEntry.objects.get(kind="payment")
    page = text_of(client.get(f"/reports/ledger/{receipt.pk}/"))
    assert f"/payments/{payment.pk}/" in page
    assert f"/customers/{of.pk}/" in page
    settled = JournalEntry.objects.get(kind="allocation")
    page = text_of(client.get(f"/reports/ledger/{settled.pk}/"))
    assert f"/invoices/{bill.pk}/" in page
    assert "Also posted about this document" in page
    assert client.get(f"/reports/ledger/{bill.pk}/").status_code == 404


def test_the_postings_of_an_invoice_run_to_what_is_due(client: Client) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "30.00", {bill.pk: Decimal(30)})
    sign_in(client)
    page = text_of(client.get(f"/invoices/{bill.pk}/postings/"))
    assert "Ties to the invoice" in page
    assert "Does not tie" not in page
    assert "70.00" in page
    assert f"/invoices/{bill.pk}/postings/" in text_of(client.get(f"/invoices/{bill.pk}/"))
    invoice_write_off(invoice_id=bill.pk, reason="gone", actor=SYSTEM, now=NOW)
    assert "Ties to the invoice" in text_of(client.get(f"/invoices/{bill.pk}/postings/"))


def test_the_trial_balance_ties_to_the_aging_report(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    of = customer()
    pay(of, "30.00", {invoice(of, "100.00").pk: Decimal(20)})
    sign_in(client)
    assert "Ties to the aging report" in text_of(client.get("/reports/trial-balance/"))
    monkeypatch.setattr(books, "AT_ONCE", 2)
    large = text_of(client.get("/reports/trial-balance/"))
    assert "Ties to the aging report" not in large
    assert "tie=1" in large
    assert "Ties to the aging report" in text_of(client.get("/reports/trial-balance/?tie=1"))


def test_clients_see_no_books(client: Client) -> None:
    pay(customer(), "30.00")
    entry = JournalEntry.objects.get()
    sign_in(client, Role.CLIENT)
    for path in ("accounts/", "ledger/", f"ledger/{entry.pk}/", "trial-balance/"):
        assert client.get(f"/reports/{path}").status_code in {302, 403}


def test_an_account_and_a_customer_are_found_through_their_indexes() -> None:
    of = customer()
    another = factories.customer(of.profile)
    for payer in (of, *[another] * 30):
        pay(payer, "1.00")
    rare = journal_filtered(journal(SYSTEM), JournalFilters(account=AccountKind.BAD_DEBT))
    theirs = journal_filtered(journal(SYSTEM), JournalFilters(owner_id=of.pk))
    with CaptureQueriesContext(connection), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; ANALYZE ledger_journalentry")
    assert "Seq Scan on ledger_journalline" not in rare.order_by().explain()
    assert "entry_by_owner" in theirs.order_by("-id").explain()
