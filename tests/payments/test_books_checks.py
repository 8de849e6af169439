"""The check of the books: each invariant is broken once and named, the nightly record, the page, the chain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import translation

from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.models import Event, EventDelivery, Notice
from billing_assistant.core.rights import Role
from billing_assistant.ledger.books import (
    SHOWN,
    Invariant,
    Violation,
    check_books,
    check_invariant,
    invariants,
)
from billing_assistant.ledger.models import BooksCheck, BookSeal, JournalEntry
from billing_assistant.ledger.services import books_checks, seals
from billing_assistant.ledger.services.books_checks import (
    books_check_advance,
    books_check_begin,
    books_check_looked_at,
)
from billing_assistant.ledger.services.seals import books_seal, heads
from payments import tasks
from payments.models import Payment, Refund
from payments.services import statement_steps
from payments.services.credits import invoice_credit
from payments.services.refund import payment_refund
from payments.statement_states import BankAccountKind
from reminders.models import Message
from reminders.states import MessageStatus
from tests import factories
from tests.payments.builders import NOW, SYSTEM, customer, invoice, pay
from tests.payments.staff_pages import sign_in, text_of
from tests.payments.statement_files import bank_account
from tests.payments.test_books import nobody_watches
from tests.payments.test_statements import finished, table
from tests.support.books import books_broken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LATER = NOW + timedelta(hours=2)
DAYS_LATER = NOW + timedelta(days=4)


def run_sql(*statements: str) -> None:
    """Changes rows as somebody would who is superuser of the database."""
    with nobody_watches(), connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
            assert cursor.rowcount != 0, sql


def without(table: str, constraint: str) -> None:
    """Takes a unique rule of the database away, as a failed migration might."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint}")
        cursor.execute(f"DROP INDEX IF EXISTS {constraint}")


def copy(table: str, **changed: str) -> None:
    """Writes every row of a table once more, with another id."""
    values = {"id": "gen_random_uuid()", **changed}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ',' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        names = cursor.fetchone()[0]
    wanted = ", ".join(values.get(name.strip('"'), name) for name in names.split(","))
    run_sql(f"INSERT INTO {table} ({names}) SELECT {wanted} FROM {table}")


def broken(now: datetime = NOW) -> list[Violation]:
    """What the check finds; the form of it that runs after each test of money has to find the same."""
    found = check_books(now=now)
    assert books_broken(now=now) == found
    return found


def codes(now: datetime = NOW) -> set[str]:
    return {violation.code for violation in broken(now)}


@pytest.fixture
def story(clock) -> Payment:
    """An invoice, a payment, a credit note, a refund, a message."""
    of = customer()
    bill = invoice(of, "100.00")
    payment = pay(of, "60.00", {bill.pk: Decimal(50)})
    invoice_credit(invoice_id=bill.pk, lines={bill.lines.get().pk: Decimal(30)}, reason="x", actor=SYSTEM, now=NOW)
    payment_refund(payment_id=payment.pk, amount=Decimal(5), reason="x", method="cash", actor=SYSTEM, now=NOW)
    Message.objects.create(
        profile=of.profile,
        customer=of,
        number="MSG-1",
        kind="custom",
        key="k",
        sender="a@example.com",
        recipients=["b@example.com"],
        subject="s",
        text="t",
        due_at=NOW,
        status=MessageStatus.SENT,
    )
    EventDelivery.objects.update(status="done", finished_at=NOW)
    assert codes() == set()
    return payment


def unbalanced() -> None:
    run_sql("UPDATE ledger_journalline SET amount = amount + 1 WHERE id = (SELECT MIN(id) FROM ledger_journalline)")


def lines_changed() -> None:
    run_sql("UPDATE invoices_invoiceline SET amount = amount + 1")


def refunded_too_much() -> None:
    run_sql("UPDATE payments_refund SET amount = 61")


def number_skipped() -> None:
    run_sql("UPDATE invoices_invoice SET sequence = sequence + 1 WHERE kind = 'invoice'")


def message_twice() -> None:
    without("reminders_message", "reminders_message_key_key")
    without("reminders_message", "message_number_once")
    copy("reminders_message")


def refund_twice() -> None:
    for name in ("refund_position_once", "external_refund_once", "payments_refund_idempotency_key_key"):
        without("payments_refund", name)
    run_sql("UPDATE payments_refund SET provider = 'stripe', account = 'a', external_id = 're_1'")
    copy("payments_refund")


def trigger_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_bookseal DISABLE TRIGGER append_only_rows")


def event_altered() -> None:
    books_seal(now=LATER)
    run_sql("UPDATE core_event SET actor_kind = 'system' WHERE id = (SELECT id FROM core_event ORDER BY id LIMIT 1)")
    run_sql("UPDATE core_event SET actor_id = 'somebody' WHERE id = (SELECT id FROM core_event ORDER BY id LIMIT 1)")


def strangers_mixed() -> None:
    other = factories.seller(name="Other")
    run_sql(f"UPDATE payments_payment SET profile_id = '{other.pk}'")


@pytest.mark.parametrize(
    ("code", "damage", "named"),
    [
        ("I1", unbalanced, "debits equal credits in every entry"),
        ("I2", lines_changed, "the total of a document"),
        ("I3", refunded_too_much, "what was given back of a payment"),
        ("I4", number_skipped, "the numbers of a series"),
        ("I5", message_twice, "a message exists once"),
        ("I5", refund_twice, "a provider's refund, dispute and receipt"),
        ("I6", trigger_off, "the triggers that keep the chain"),
        ("I7", event_altered, "every link of the chain"),
        ("I8", strangers_mixed, "a row belongs to the business profile"),
    ],
)
@pytest.mark.usefixtures("story")
def test_each_invariant_is_broken_and_the_check_names_the_row(
    code: str, damage: Callable[[], None], named: str
) -> None:
    damage()
    found = [violation for violation in broken(LATER) if violation.rule.startswith(named)]
    assert found
    assert {violation.code for violation in found} == {code}
    assert all(violation.detail for violation in found)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE core_eventdelivery SET status = 'pending'", "every delivery of an event"),
        ("UPDATE reminders_message SET status = 'pending'", "every message was sent or told of"),
        ("UPDATE reminders_message SET status = 'sending'", "no message is with a worker whose lease ran out"),
        (
            "UPDATE payments_refund SET status = 'pending', provider = 'stripe', ask_at = created_at",
            "every checkout and refund that is under way",
        ),
    ],
)
@pytest.mark.usefixtures("story")
def test_what_waits_for_a_day_is_found_and_not_before(sql: str, named: str) -> None:
    run_sql(sql)

    def waiting(hours: int) -> list[str]:
        found = broken(NOW + timedelta(hours=hours))
        return [one.detail for one in found if one.code == "I9" and one.rule.startswith(named)]

    assert bool(waiting(1)) is ("lease" in named), "a lease is over after ten minutes, all else has a day"
    assert waiting(25)


def test_a_webhook_that_nobody_processes_is_found() -> None:
    run_sql(
        "INSERT INTO integrations_webhookevent (id, created_at, source, account, event_id, kind, object_id, body,"
        " status, attempts, due_at, outcome) VALUES ('019cad5e-0000-7000-8000-000000000000', '2026-03-02', 'stripe',"
        " '', 'e', '', '', '', 'received', 0, '2026-03-02', '')"
    )
    assert codes() == set()
    assert codes(DAYS_LATER) == {"I9"}


def test_a_day_that_differs_from_the_provider_needs_a_difference_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_steps, "differences_check", lambda **_said: [])  # the worker died before it
    at_stripe = bank_account(
        factories.seller(), kind=BankAccountKind.PROVIDER, provider="stripe", provider_account="acct_1"
    )
    statement, _run = table(
        at_stripe, "id,Created (UTC),Type,Amount,Fee,Net\nch_1234567,2026-03-01,charge,1000.00,32.00,968.00\n"
    )
    finished(statement)
    assert codes() == set(), "the night has not been yet"
    found = [violation for violation in broken(DAYS_LATER) if violation.code == "I10"]
    assert "2026-03-01, KES, 968" in found[0].detail
    with time_machine.travel(DAYS_LATER, tick=False):
        tasks.compare_provider_balances()
    assert "I10" not in codes(DAYS_LATER)


@pytest.mark.usefixtures("story")
def test_the_chain_is_made_of_links_and_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "LINK", 2)
    assert books_seal(now=NOW) == 0, "what is younger than an hour is not sealed"
    entries = JournalEntry.objects.count()
    made = books_seal(now=LATER)
    assert BookSeal.objects.filter(chain="journal").count() == -(-entries // 2)
    assert made == BookSeal.objects.count()
    assert books_seal(now=LATER) == 0
    assert set(heads()) == {"journal", "events"}
    assert codes(LATER) == set()


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE ledger_journalentry SET booked_on = booked_on + 1 WHERE kind = 'payment'",
        "DELETE FROM ledger_bookseal WHERE id = (SELECT MIN(id) FROM ledger_bookseal)",
        "UPDATE ledger_bookseal SET digest = repeat('0', 64)",
        "DELETE FROM core_event WHERE id = (SELECT id FROM core_event ORDER BY id LIMIT 1)",
    ],
)
def test_tampering_is_found_by_the_chain(tamper: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "LINK", 2)
    books_seal(now=LATER)
    run_sql("DELETE FROM core_eventdelivery", tamper)
    assert "I7" in codes(LATER)


@pytest.mark.usefixtures("story")
def test_a_chain_that_was_cut_at_its_end_is_found_by_the_head_of_an_earlier_check() -> None:
    books_seal(now=LATER)
    books_check_advance(check_id=books_check_begin(now=NOW).pk)
    run_sql("DELETE FROM ledger_bookseal WHERE id = (SELECT MAX(id) FROM ledger_bookseal)")
    found = [violation.rule for violation in broken(LATER)]
    assert found == ["the chain still has the heads that earlier checks saw"]


@pytest.mark.usefixtures("story")
def test_the_database_refuses_to_change_a_link() -> None:
    books_seal(now=LATER)
    for statement in ("UPDATE ledger_bookseal SET count = 1", "DELETE FROM ledger_bookseal"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.usefixtures("story")
def test_erasing_words_and_merging_customers_leave_the_chain_whole() -> None:
    books_seal(now=LATER)
    Event.objects.update(subject_label="", actor_label="", data={}, customer_id=None)
    run_sql("UPDATE ledger_journalentry SET owner_id = gen_random_uuid()")
    assert "I7" not in codes(LATER)


def test_no_more_than_twenty_rows_of_a_rule_are_held() -> None:
    of = customer()
    for _ in range(SHOWN + 5):
        pay(of, "10.00")
    run_sql("UPDATE payments_payment SET amount = 11")
    by_rule: dict[str, int] = {}
    for violation in broken():
        by_rule[violation.rule] = by_rule.get(violation.rule, 0) + 1
    assert max(by_rule.values()) == SHOWN


def test_the_night_leaves_a_record_and_says_nothing_when_all_holds() -> None:
    pay(customer(), "10.00")
    factories.user(Role.FINANCE)
    tasks.seal_books()
    tasks.check_books_of_the_night()
    (check,) = BooksCheck.objects.all()
    tasks.advance_books_check(str(check.pk))
    check.refresh_from_db()
    assert len(check.results) == len(invariants())
    assert (check.broken, check.finished_at) == (0, NOW)
    assert {result["code"] for result in check.results} == {f"I{number}" for number in range(1, 11)}
    assert not Notice.objects.exists()
    assert not Event.objects.filter(name="books.broken").exists()


@pytest.mark.usefixtures("story")
def test_a_check_is_worked_on_in_slices_and_checks_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    check = books_check_begin(now=NOW)
    assert books_check_begin(now=NOW + timedelta(minutes=1)) == check, "the one under way"
    monkeypatch.setattr(books_checks, "SLICE", timedelta(0))
    assert books_check_advance(check_id=check.pk)
    monkeypatch.setattr(books_checks, "SLICE", timedelta(minutes=3))
    checked: list[str] = []

    def noting(one: Invariant, *, now: datetime) -> list[Violation]:
        checked.append(one.rule)
        return check_invariant(one, now=now)

    monkeypatch.setattr(books_checks, "check_invariant", noting)
    check.refresh_from_db()
    check.results = [{"code": one.code, "rule": one.rule, "rows": [], "milliseconds": 1} for one in invariants()[:3]]
    check.save()
    assert not books_check_advance(check_id=check.pk)
    assert checked == [one.rule for one in invariants()[3:]]
    assert not books_check_advance(check_id=check.pk)
    assert books_check_begin(now=NOW + timedelta(minutes=1)) != check


@pytest.fixture
def broken_check(story: Payment) -> BooksCheck:
    factories.user(Role.FINANCE)
    factories.user(Role.CSM)
    run_sql("UPDATE payments_payment SET amount = 61")
    check = books_check_begin(now=NOW)
    books_check_advance(check_id=check.pk)
    check.refresh_from_db()
    return check


def test_finance_is_told_of_what_is_broken(broken_check: BooksCheck) -> None:
    (notice,) = Notice.objects.all()
    assert notice.user.role == Role.FINANCE
    assert notice.url == f"/reports/books/{broken_check.pk}/"
    assert "I3" in notice.text
    assert Event.objects.get(name="books.broken").data == {"codes": "I3"}


def test_the_page_is_calm_when_all_holds_and_says_when_nobody_checked(client: Client) -> None:
    sign_in(client)
    assert "have not been checked yet" in text_of(client.get("/reports/books/"))
    client.post("/reports/books/")
    check = BooksCheck.objects.get()
    books_check_advance(check_id=check.pk)
    page = text_of(client.get("/reports/books/"))
    assert "Everything ties" in page
    assert "do not tie" not in page
    BooksCheck.objects.update(created_at=NOW - timedelta(days=2))
    assert "were not checked last night" in text_of(client.get("/reports/books/"))
    sign_in(client, Role.READ_ONLY)
    assert client.get(f"/reports/books/{check.pk}/").status_code == 200
    assert client.post("/reports/books/").status_code == 403


def test_the_page_says_what_is_broken_which_rows_and_what_to_do(client: Client, broken_check: BooksCheck) -> None:
    url = f"/reports/books/{broken_check.pk}/"
    sign_in(client)
    assert "The books do not tie" in text_of(client.get("/reports/books/"))
    page = text_of(client.get(url))
    assert "PAY-0001" in page
    assert "Never change a row in the database" in page
    assert client.post(url, {"note": " "}).status_code == 422
    assert client.post(url, {"note": "A test of the alarm."}).status_code == 302
    broken_check.refresh_from_db()
    assert broken_check.looked_note == "A test of the alarm."
    page = text_of(client.get("/reports/books/"))
    assert "was looked at" in page
    assert "I looked at it" not in text_of(client.get(url))


def test_who_is_limited_to_some_profiles_sees_which_rule_but_no_rows(client: Client, broken_check: BooksCheck) -> None:
    sign_in(client, profiles=[factories.seller(name="Other")])
    page = text_of(client.get(f"/reports/books/{broken_check.pk}/"))
    assert "Something is broken" in page
    assert "PAY-0001" not in page


def test_only_who_records_money_looks_at_it_and_once(broken_check: BooksCheck) -> None:
    looked = {"check_id": broken_check.pk, "note": "x", "now": NOW}
    with pytest.raises(PermissionRefused):
        books_check_looked_at(actor=factories.actor(Role.CSM), **looked)
    books_check_looked_at(actor=SYSTEM, **looked)
    with pytest.raises(ValidationFailed):
        books_check_looked_at(actor=SYSTEM, **looked)
    assert Refund.objects.count() == 1


def test_rules_are_read_in_the_language_of_whoever_looks(client: Client) -> None:
    kept = [{"code": one.code, "rule": one.rule, "rows": [], "milliseconds": 1} for one in invariants()]
    check = BooksCheck.objects.create(results=kept, created_at=NOW, touched_at=NOW, finished_at=NOW)
    sign_in(client, language="sw")
    text = text_of(client.get(f"/reports/books/{check.pk}/"))
    assert "debiti ni sawa na krediti katika kila ingizo" in text
    assert "debits equal credits" not in text
    with translation.override("sw"):
        assert [one.rule for one in invariants() if translation.gettext(one.rule) == one.rule] == []
