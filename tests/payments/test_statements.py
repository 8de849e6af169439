"""Statements: read in the formats that banks send, each line once, and a file that does not add up says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from billing_assistant.core.errors import NotFound, PermissionRefused, ValidationFailed
from billing_assistant.core.failpoints import FailPointReached, forget_hits
from billing_assistant.core.models import DataImport
from billing_assistant.core.rights import Role
from billing_assistant.core.services.import_steps import import_advance
from billing_assistant.core.services.imports import import_check, import_start
from billing_assistant.core.services.relay import relay_events
from payments.models import BalanceDifference, BankAccount, Statement, StatementLine
from payments.services.bank_accounts import BankAccountInput, bank_account_update
from payments.services.statement_reading.formats import format_of
from payments.services.statement_steps import statement_advance
from payments.services.statements import LEFT, statement_create, statement_imported, statements_sweep
from payments.statement_states import BankAccountKind, StatementFormat
from tests import factories
from tests.payments.statement_files import MPESA, MT940, bank_account, brought, camt, detail, entry, ofx
from tests.payments.test_concurrency import at_once
from tests.support.imports import counts, guessed, reasons

NOW = factories.NOW
db = pytest.mark.django_db
committing = pytest.mark.django_db(transaction=True)
ONE = ("F1", "20260301", "1.00", "A", "")
ROWS = "Date,Description,Debit,Credit,Balance,Reference\n"


@pytest.fixture
def account() -> BankAccount:
    return bank_account(factories.seller())


def said(*names: str, **where: Any) -> list[tuple[Any, ...]]:
    return list(StatementLine.objects.filter(**where).order_by("position").values_list(*names))


def table(account: BankAccount, text: str, name: str = "march.csv", **more: Any) -> tuple[Statement, DataImport]:
    """A table of the account, its columns as they are guessed, imported to its end."""
    statement = statement_create(
        account_id=account.pk, content=text.encode(), file_name=name, actor=factories.SYSTEM, now=NOW, **more
    )
    run = DataImport.objects.select_related("file").get(pk=statement.data_import_id)
    import_start(run_id=run.pk, columns=guessed(run), actor=factories.SYSTEM, now=NOW)
    assert not import_advance(run_id=run.pk)
    run.refresh_from_db()
    statement.refresh_from_db()
    return statement, run


def finished(statement: Statement) -> None:
    """The table was read: its lines are matched."""
    statement_imported(import_id=statement.data_import_id, now=NOW)  # type: ignore[arg-type]
    assert not statement_advance(statement_id=statement.pk)


@db
def test_ofx_is_read_with_the_ids_of_the_bank(account: BankAccount) -> None:
    content = ofx(("F1", "20260301", "1200.50", "ACME LTD", "INV 12"), ("F2", "20260302", "-30.00", "FEE", ""))
    statement = brought(account, content)
    assert (statement.state, statement.format, statement.lines_new) == ("done", "ofx", 2)
    assert (statement.period_from, statement.period_to) == (date(2026, 3, 1), date(2026, 3, 2))
    assert said("bank_id", "amount", "counterparty", "text") == [
        ("F1", Decimal("1200.5"), "ACME LTD", "INV 12"),
        ("F2", Decimal(-30), "FEE", ""),
    ]


@db
def test_ofx_as_xml_and_of_several_accounts_is_read_for_its_own(account: BankAccount) -> None:
    told = ofx(("F1", "20260301", "12,50", "A &amp; B", "x"), number="11112222").decode().split("<OFX>")[1]
    other = ofx(("F2", "20260301", "1.00", "B", ""), number="33334444").decode().split("<STMTTRNRS>")[1]
    both = '<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX>' + told.replace(
        "</STMTTRNRS>", "</STMTTRNRS><STMTTRNRS>" + other.split("</STMTTRNRS>")[0] + "</STMTTRNRS>"
    )
    with pytest.raises(ValidationFailed, match="several accounts"):
        brought(account, both)
    mine = bank_account(account.profile, number="11112222")
    brought(mine, both)
    assert said("counterparty", "amount", account=mine) == [("A & B", Decimal("12.5"))]


@db
def test_mt940_keeps_two_equal_lines_of_a_day_and_adds_up(account: BankAccount) -> None:
    statement = brought(account, MT940)
    assert (statement.format, statement.lines_seen, statement.gap) == ("mt940", 3, 0)
    assert said("amount", "counterparty", "text")[0] == (Decimal("250.5"), "ACME LTD", "INV-2026-0001 CREDIT")
    again = brought(account, MT940.replace("STARTUMS", "OTHERFILE"), name="april.txt")
    assert (again.lines_seen, again.lines_new, StatementLine.objects.count()) == (3, 0, 3)


@db
def test_camt_is_read_payment_by_payment_without_what_is_not_booked(account: BankAccount) -> None:
    batch = detail("40.00", "ACME", "INV 1", "E2E-1") + detail("60.00", "BETA", "INV 2")
    content = camt(
        entry("100.00", "R1", batch),
        entry("5.00", "R2", way="DBIT"),
        entry("9.00", "R3", status="PDNG"),
        closing="195.00",
    )
    statement = brought(account, content)
    assert statement.gap == 0
    assert said("bank_id", "amount", "counterparty", "reference", "text") == [
        ("R1/1", Decimal(40), "ACME", "E2E-1", "INV 1"),
        ("R1/2", Decimal(60), "BETA", "", "INV 2"),
        ("R2", Decimal(-5), "", "", ""),
    ]


@db
def test_camt_with_a_document_type_is_refused(account: BankAccount) -> None:
    evil = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    with pytest.raises(ValidationFailed, match="cannot be read"):
        brought(account, camt(entry("5.00", "&x;"), head=evil))
    assert not Statement.objects.exists()


@db
def test_the_mpesa_statement_has_names_accounts_and_charges(account: BankAccount) -> None:
    statement = brought(account, MPESA, name="mpesa.csv")
    assert (statement.format, statement.opening_balance, statement.closing_balance, statement.gap) == (
        "mpesa",
        0,
        Decimal(6466),
        0,
    )
    assert said("bank_id", "amount", "counterparty", "reference") == [
        ("TC1ZZ9", Decimal(1500), "MARY A", "INV 2"),
        ("TC2AA1", Decimal(5000), "JOHN KAMAU", "INV 1"),
        ("TC2AA1", Decimal(-34), "", ""),
    ]


@db
def test_a_table_is_tried_first_and_then_read(account: BankAccount) -> None:
    text = (
        ROWS
        + "2026-03-01,Opening deposit,,1000.00,1000.00,A1\n2026-03-02,Charge,15.50,,984.50,A2\n2026-03-02,,,,984.50,\n"
    )
    statement = statement_create(
        account_id=account.pk, content=text.encode(), file_name="a.csv", actor=factories.SYSTEM, now=NOW
    )
    run = DataImport.objects.select_related("file").get(pk=statement.data_import_id)
    import_check(run_id=run.pk, columns=guessed(run), actor=factories.SYSTEM, now=NOW)
    import_advance(run_id=run.pk)
    run.refresh_from_db()
    assert (counts(run), StatementLine.objects.count()) == ((2, 0, 0, 1), 0)
    assert reasons(run) == [(4, "amount", "There is no amount in this row.")]
    import_start(run_id=run.pk, actor=factories.SYSTEM, now=NOW)
    import_advance(run_id=run.pk)
    relay_events(queue="default")
    statement.refresh_from_db()
    assert (statement.opening_balance, statement.closing_balance, statement.gap) == (0, Decimal("984.5"), 0)
    assert said("amount", "reference") == [(Decimal(1000), "A1"), (Decimal("-15.5"), "A2")]
    assert statement.state == "matching"
    assert not statement_advance(statement_id=statement.pk)
    statement.refresh_from_db()
    assert statement.state == "done"


@db
def test_overlapping_tables_add_each_line_once(account: BankAccount) -> None:
    first = "2026-03-01,Deposit,,10.00,,\n2026-03-02,Same,,5.00,,\n2026-03-02,Same,,5.00,,\n"
    table(account, ROWS + first)
    _statement, run = table(account, ROWS + "2026-03-02,Same,,5.00,,\n" * 3 + "2026-03-03,New,,7.00,,\n", name="b.csv")
    assert counts(run) == (2, 2, 0, 0)
    assert [str(amount) for (amount,) in said("amount")].count("5.0000") == 3


@db
def test_a_table_that_does_not_add_up_says_by_how_much(account: BankAccount) -> None:
    rows = ROWS + "2026-03-01,Deposit,,10.00,,\n"
    statement, _run = table(account, rows, opening=Decimal(100), closing=Decimal(115))
    assert statement.gap == 5


@db
def test_payout_reports_have_gross_fee_and_net() -> None:
    provider = bank_account(
        factories.seller(), kind=BankAccountKind.PROVIDER, provider="stripe", provider_account="acct_1"
    )
    head = "id,Created (UTC),Type,Amount,Fee,Net\n"
    text = head + "ch_1,2026-03-01,charge,100.00,3.20,96.80\nch_2,2026-03-01,x,5.00,1.00,5.00\n"
    statement, run = table(provider, text)
    assert (statement.format, counts(run)) == ("payouts", (1, 0, 0, 1))
    assert said("bank_id", "amount", "gross", "fee") == [("ch_1", Decimal("96.8"), Decimal(100), Decimal("3.2"))]
    assert reasons(run) == [(3, "net", "Gross less fee is not net.")]


@db
@pytest.mark.money
@pytest.mark.usefixtures("clock")
def test_a_report_of_a_provider_is_compared_as_soon_as_it_is_read() -> None:
    provider = bank_account(factories.seller(), kind=BankAccountKind.PROVIDER, provider="stripe")
    brought(provider, ofx(("ch_1", "20260301", "96.80", "A", "")))
    assert BalanceDifference.objects.filter(provider_amount=Decimal("96.8"), ledger_amount=0).exists()


@db
@pytest.mark.parametrize(
    ("content", "why"),
    [
        (ofx(ONE, currency="USD", number="12345999"), "The file is in USD, the account in KES."),
        (ofx(ONE, number="77770000"), "This file is about another account: …0000."),
        (ofx(number="12345999"), "There are no booked lines in this file."),
        (b"OFXHEADER:100\nnonsense", "There is no OFX statement in this file."),
        (
            ofx(("F1", "2026-1-1", "1.00", "A", ""), number="12345999"),
            "A date or an amount in this file cannot be read.",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_whole(content: bytes, why: str) -> None:
    account = bank_account(factories.seller(), number="12345999")
    with pytest.raises(ValidationFailed, match=why):
        brought(account, content)
    assert not StatementLine.objects.exists()


@db
def test_what_a_file_is_is_found_in_it() -> None:
    assert format_of(b"\xef\xbb\xbf" + ofx()) is StatementFormat.OFX
    assert format_of(camt()) is StatementFormat.CAMT053
    assert format_of(MT940.encode()) is StatementFormat.MT940
    assert format_of(MPESA.encode()) is StatementFormat.MPESA
    assert format_of(ROWS.encode()) is StatementFormat.CSV


@db
def test_the_same_file_is_the_same_statement(account: BankAccount) -> None:
    content = ofx(("F1", "20260301", "1.00", "A", ""))
    assert brought(account, content).pk == brought(account, content).pk
    assert brought(account, content, name="copy.ofx").lines_new == 0


@db
def test_a_worker_that_dies_loses_nothing_and_adds_nothing(
    account: BankAccount, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payments.services.statement_steps.CHUNK", 2)
    content = ofx(*((f"F{n}", "20260301", f"{n}.00", "A", "") for n in range(1, 6)))
    statement = statement_create(
        account_id=account.pk, content=content, file_name="a.ofx", actor=factories.SYSTEM, now=NOW
    )
    for point in ("statement.before_commit:raise@2", "statement.between_chunks:raise@1"):
        settings.FAIL_POINTS = point
        forget_hits()
        with pytest.raises(FailPointReached):
            statement_advance(statement_id=statement.pk)
    settings.FAIL_POINTS = ""
    assert StatementLine.objects.count() in {2, 4}
    statements_sweep(before=NOW + LEFT)
    assert not statement_advance(statement_id=statement.pk)
    statement.refresh_from_db()
    assert (statement.state, statement.lines_new, StatementLine.objects.count()) == ("done", 5, 5)
    assert statement.lines_sum == 15


@committing
def test_the_same_lines_brought_twenty_times_at_once_are_there_once(account: BankAccount) -> None:
    assert _brought_at_once(account) == 30


@committing
def test_without_the_constraint_they_would_be_there_more_often(account: BankAccount) -> None:
    """The negative control of the test above."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX statement_line_once")
    try:
        assert _brought_at_once(account) > 30
    finally:
        StatementLine.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX statement_line_once ON payments_statementline (account_id, identity)"
                " WHERE state <> 'discarded'"
            )


def _brought_at_once(account: BankAccount) -> int:
    lines = [(f"F{n}", "20260301", f"{n}.00", "A", "") for n in range(1, 31)]
    ids = []
    for number in range(8):
        turned = lines[number:] + lines[:number]
        made = statement_create(
            account_id=account.pk, content=ofx(*turned), file_name=f"{number}.ofx", actor=factories.SYSTEM, now=NOW
        )
        ids.append(made.pk)
    for result in at_once(lambda number: statement_advance(statement_id=ids[number]), len(ids)):
        assert result is False
    return StatementLine.objects.count()


@db
def test_the_number_of_an_account_is_encrypted_and_kept_when_left_empty() -> None:
    account = bank_account(factories.seller(), number="0123 4567 890")
    assert (account.number, account.last_four) == ("01234567890", "7890")
    assert "4567" not in account.number_sealed
    data = BankAccountInput(name="Equity", kind=BankAccountKind.BANK, currency="KES", number=None)
    changed = bank_account_update(account_id=account.pk, data=data, actor=factories.SYSTEM, now=NOW)
    assert changed.number == "01234567890"
    brought(account, ofx(("F1", "20260301", "1.00", "A", ""), number="01234567890"))
    usd = BankAccountInput(name="Equity", kind=BankAccountKind.BANK, currency="USD")
    with pytest.raises(ValidationFailed, match="kind and currency stay"):
        bank_account_update(account_id=account.pk, data=usd, actor=factories.SYSTEM, now=NOW)


@db
def test_who_may_not_record_may_not_bring(account: BankAccount) -> None:
    content = ofx(("F1", "20260301", "1.00", "A", ""))
    with pytest.raises(PermissionRefused):
        statement_create(
            account_id=account.pk, content=content, file_name="a", actor=factories.actor(Role.READ_ONLY), now=NOW
        )
    other = factories.actor(Role.FINANCE, profiles=[factories.seller()])
    with pytest.raises(NotFound):
        statement_create(account_id=account.pk, content=content, file_name="a", actor=other, now=NOW)


@db
@pytest.mark.usefixtures("clock")
def test_the_pages_show_accounts_statements_and_lines(client: Client, account: BankAccount) -> None:
    client.force_login(factories.user(Role.FINANCE))
    statement = brought(account, MT940)
    overview = client.get("/reconciliation/").content.decode()
    assert account.name in overview
    assert "3" in overview
    lines = client.get(f"/reconciliation/accounts/{account.pk}/").content.decode()
    assert "ACME LTD" in lines
    assert "BANK CHARGES" in lines
    page = client.get(f"/reconciliation/accounts/{account.pk}/?q=charges")
    assert "ACME LTD" not in page.content.decode()
    page = client.get(f"/reconciliation/accounts/{account.pk}/?q=250.50&way=in")
    assert page.content.decode().count('class="bank-line ') == 2
    assert client.get(f"/reconciliation/statements/{statement.pk}/").status_code == 200


@db
@pytest.mark.usefixtures("clock")
def test_a_statement_adds_up_when_it_is_read_and_not_before(client: Client, account: BankAccount) -> None:
    client.force_login(factories.user(Role.FINANCE))
    statement = statement_create(
        account_id=account.pk, content=MT940.encode(), file_name="a.sta", actor=factories.SYSTEM, now=NOW
    )
    assert "does not add up" not in client.get(f"/reconciliation/statements/{statement.pk}/").content.decode()
    Statement.objects.update(state="done", lines_sum=0)
    assert "does not add up" in client.get(f"/reconciliation/statements/{statement.pk}/").content.decode()


@db
@pytest.mark.usefixtures("clock")
def test_one_balance_alone_is_asked_for_the_other(client: Client, account: BankAccount) -> None:
    client.force_login(factories.user(Role.FINANCE))
    form = {"file": SimpleUploadedFile("a.csv", ROWS.encode()), "opening": "100", "closing": ""}
    response = client.post(f"/reconciliation/accounts/{account.pk}/upload/", form)
    assert (response.status_code, Statement.objects.count()) == (422, 0)
    assert "Write both balances, or none." in response.content.decode()


@db
@pytest.mark.usefixtures("clock")
def test_a_provider_is_chosen_among_those_that_we_know(client: Client) -> None:
    client.force_login(factories.user(Role.FINANCE))
    factories.seller()
    form = {"name": "Wallet", "kind": "provider", "currency": "KES", "number": "", "provider": "strype"}
    assert client.post("/reconciliation/accounts/new/", form).status_code == 422
    assert client.post("/reconciliation/accounts/new/", form | {"provider": "stripe"}).status_code == 302
    account = BankAccount.objects.get(name="Wallet")
    BankAccount.objects.update(provider="older")
    edited = client.post(f"/reconciliation/accounts/{account.pk}/edit/", form | {"provider": "older", "is_active": "1"})
    assert edited.status_code == 302


@db
@pytest.mark.usefixtures("clock")
def test_an_account_is_added_and_a_table_goes_on_to_its_columns(client: Client) -> None:
    client.force_login(factories.user(Role.FINANCE))
    factories.seller()
    form = {"name": "KCB", "kind": "bank", "currency": "KES", "number": "11223344556677"}
    response = client.post("/reconciliation/accounts/new/", form)
    account = BankAccount.objects.get(name="KCB")
    assert response["Location"] == f"/reconciliation/accounts/{account.pk}/upload/"
    assert "11223344556677" not in client.get(f"/reconciliation/accounts/{account.pk}/edit/").content.decode()
