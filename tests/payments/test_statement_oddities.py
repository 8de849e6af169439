"""What banks write in their own way: ids that are none, money taken back, tables with words above and sides apart."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing_assistant.core.models import ImportMapping
from payments.models import BankAccount
from payments.services import statement_importing
from payments.statement_states import BankAccountKind
from tests import factories
from tests.payments.statement_files import MPESA, MT940, bank_account, brought, camt, detail, entry, ofx
from tests.payments.test_statements import ROWS, said, table
from tests.support.imports import counts, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> BankAccount:
    return bank_account(factories.seller())


@pytest.mark.parametrize("none", ["NONREF", "NOTPROVIDED", "0", "000000", "-"])
def test_words_for_no_id_do_not_make_two_payments_one(account: BankAccount, none: str) -> None:
    content = camt(
        entry("50.00", none, detail("50.00", "ACME", "INV 1")),
        entry("50.00", none, detail("50.00", "BETA", "INV 2")),
        closing="200.00",
    )
    statement = brought(account, content)
    assert (statement.lines_new, statement.gap) == (2, 0)
    assert said("counterparty") == [("ACME",), ("BETA",)]


def test_entries_that_are_counted_anew_each_day_are_different_ones(account: BankAccount) -> None:
    def day(number: str) -> bytes:
        one = entry("50.00", "", detail("50.00", "ACME", "retainer")).replace("<Ntry>", "<Ntry><NtryRef>1</NtryRef>")
        return camt(one.replace("2026-03-02", f"2026-03-{number}"), closing="150.00")

    for number in ("02", "03", "02"):
        brought(account, day(number), name=f"{number}.xml")
    assert len(said("amount")) == 2


def test_an_id_that_is_given_twice_to_different_payments_is_none(account: BankAccount) -> None:
    told = (("7", "20260301", "50.00", "ACME", ""), ("7", "20260302", "50.00", "BETA", ""))
    brought(account, ofx(*told))
    brought(account, ofx(*told, closing="9"), name="again.ofx")
    assert said("counterparty") == [("ACME",), ("BETA",)]


def test_money_that_a_bank_takes_back_goes_out(account: BankAccount) -> None:
    told = MT940.replace("C250,50", "RC250,50", 1).replace("C260302KES1486,00", "C260302KES985,00")
    told = told.replace("?20INV-2026-0001?32ACME LTD", "?20EREF+INV-2026-0001?21SVWZ+thanks?31DE99?32ACME LTD", 1)
    statement = brought(account, told)
    assert statement.gap == 0
    assert said("amount", "counterparty", "reference")[0] == (Decimal("-250.5"), "ACME LTD", "B1 INV-2026-0001")


def test_a_name_between_slashes_is_the_payer(account: BankAccount) -> None:
    brought(account, MT940.replace(":86:BANK CHARGES", ":86:/TRTP/SEPA/NAME/Jan de Vries/REMI/Invoice 12\ncontinued"))
    assert said("counterparty", "text")[2] == ("Jan de Vries", "/TRTP/SEPA/NAME/Jan de Vries/REMI/Invoice 12 continued")


@pytest.mark.parametrize(
    ("kind", "encoding"), [("camt", "utf-16"), ("camt", "utf-16-le"), ("camt", "utf-16-be"), ("ofx", "utf-16")]
)
def test_a_statement_in_two_byte_signs_is_the_one_in_utf_8(account: BankAccount, kind: str, encoding: str) -> None:
    given = camt(entry("50.00", "B7", detail("50.00", "KÜHNE", "INV 1")), closing="150.00")
    if kind == "ofx":
        given = ofx(("F1", "20260301", "50.00", "KÜHNE", "INV 1"))
    wide = given.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode(encoding)
    brought(account, wide)
    brought(account, given, name="again.xml")
    assert said("amount", "counterparty") == [(Decimal(50), "KÜHNE")]


@pytest.mark.parametrize("amount", ["1,234.56", "1.234,56", "1234.56", "1234,56", "1 234,56"])
def test_ofx_amounts_are_read_as_each_country_writes_them(account: BankAccount, amount: str) -> None:
    brought(account, ofx(("F1", "20260301", amount, "<![CDATA[A & B]]>", "")))
    assert said("amount", "counterparty") == [(Decimal("1234.56"), "A & B")]


@pytest.mark.parametrize(
    ("what", "becomes"), [(",", ";"), ("2026-03-02 09:10:00", "02/03/2026 9:10 AM"), ("09:10:00", "09:10")]
)
def test_the_mpesa_statement_may_have_been_saved_by_a_spreadsheet(account: BankAccount, what: str, becomes: str):
    statement = brought(account, MPESA.replace(what, becomes), name="mpesa.csv")
    assert (statement.format, statement.lines_new, statement.gap) == ("mpesa", 3, 0)


def test_words_above_a_table_and_a_column_of_sides_are_understood(account: BankAccount) -> None:
    text = (
        "Umsatzanzeige\n;Konto;0011223344\nZeitraum;01.03.2026 - 31.03.2026\n\n"
        "Booking date;Details;;Amount;DR/CR;Currency\n31.03.2026;ACME INV 1;;1.234,50;CR;KES\n"
        "31.03.2026;Fee;;15,00;DR;KES\n"
        "31.03.2026;Odd;;1,00;X;KES\n"
    )
    statement, run = table(account, text)
    assert (statement.format, counts(run)) == ("csv", (2, 0, 0, 1))
    assert reasons(run) == [(8, "side", "“X” is neither money in nor money out.")]
    assert said("amount", "text") == [(Decimal("1234.5"), "ACME INV 1"), (Decimal(-15), "Fee")]


def test_rows_in_another_currency_or_not_done_are_left_out_with_the_reason(account: BankAccount) -> None:
    rows = "2026-03-01,a,10.00,kes,Completed\n2026-03-01,b,20.00,EUR,Completed\n2026-03-01,c,30.00,,PENDING\n"
    _statement, run = table(account, "Date,Description,Amount,Currency,Status\n" + rows)
    assert said("amount", "text") == [(Decimal(10), "a")]
    assert reasons(run) == [
        (3, "currency", "The row is in EUR, the account in KES."),
        (4, "status", "“PENDING”: this money has not moved."),
    ]


def test_a_currency_is_looked_at_also_where_files_like_this_one_came_without_it(account: BankAccount) -> None:
    head, said_before = "Date,Description,Amount,Currency\n", "2026-03-01,a,10.00,KES\n"
    table(account, head + said_before)
    for known in ImportMapping.objects.all():
        known.columns.pop("currency")
        known.save()
    _statement, run = table(account, head + said_before + "2026-03-01,b,20.00,EUR\n", name="b.csv")
    assert (counts(run), reasons(run)) == ((0, 1, 0, 1), [(3, "currency", "The row is in EUR, the account in KES.")])


def test_a_fee_that_a_provider_gives_back_with_a_refund_is_read(account: BankAccount) -> None:
    provider = bank_account(account.profile, kind=BankAccountKind.PROVIDER, provider="paypal")
    rows = "2026-03-01,P1,875.50,-30.00,845.50\n2026-03-02,P2,-100.00,3.20,-96.80\n"
    _statement, run = table(provider, "Date,Transaction ID,Gross,Fee,Net\n" + rows)
    assert reasons(run) == []
    assert said("amount", "gross", "fee") == [
        (Decimal("845.5"), Decimal("875.5"), Decimal(30)),
        (Decimal("-96.8"), Decimal(-100), Decimal("-3.2")),
    ]


@pytest.mark.parametrize(("cell", "amount"), [("15.00-", "-15"), ("1,015.00 DR", "-1015"), ("15.00CR", "15")])
def test_a_sign_may_stand_behind_an_amount(account: BankAccount, cell: str, amount: str) -> None:
    table(account, f'Date,Description,Amount\n2026-03-01,x,"{cell}"\n')
    assert said("amount") == [(Decimal(amount),)]


@pytest.mark.parametrize("newest_first", [True, False])
def test_one_row_beyond_a_chunk_keeps_the_balances(account: BankAccount, monkeypatch, newest_first: bool) -> None:
    monkeypatch.setattr(statement_importing, "CHUNK", 3)
    rows = [f"2026-03-{day:02},x,,10.00,{day * 10}.00,R{day}\n" for day in range(1, 8)]
    statement, _run = table(account, ROWS + "".join(reversed(rows) if newest_first else rows))
    assert (statement.opening_balance, statement.closing_balance, statement.gap) == (0, 70, 0)
