"""The books check finds what is broken: each rule of payments, with a violation planted behind the triggers' back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from billing_assistant.ledger.books import check_books
from payments.services.credits import invoice_credit
from tests.payments.builders import NOW, SYSTEM, customer, invoice, pay

pytestmark = pytest.mark.django_db


@contextmanager
def nobody_watches() -> Iterator[None]:
    """Triggers are off, as they would be for somebody who is superuser of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def plant(sql: str) -> None:
    with nobody_watches(), connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount == 1


def broken() -> set[str]:
    return {violation.rule for violation in check_books()}


@pytest.fixture
def _story(now: object) -> None:
    of = customer()
    bill = invoice(of, "100.00")
    pay(of, "60.00", {bill.pk: Decimal(50)})
    invoice_credit(invoice_id=bill.pk, lines={bill.lines.get().pk: Decimal(30)}, reason="x", actor=SYSTEM, now=NOW)
    assert broken() == set()


@pytest.mark.usefixtures("_story")
@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("UPDATE invoices_invoice SET amount_paid = 51 WHERE kind = 'invoice'", "paid, credited and written off"),
        (
            "UPDATE payments_allocation SET amount = 51 WHERE payment_id IS NOT NULL",
            "what a payment settled is the sum of its allocations",
        ),
        (
            "UPDATE payments_allocation SET amount = 31 WHERE credit_note_id IS NOT NULL",
            "what a credit note settled is the sum",
        ),
        (
            "UPDATE payments_allocation SET amount = -50 WHERE payment_id IS NOT NULL",
            "nothing was taken back that was not allocated",
        ),
        (
            "UPDATE payments_allocation SET currency = 'USD' WHERE payment_id IS NOT NULL",
            "an allocation stays within one customer",
        ),
        ("UPDATE payments_payment SET amount = 61", "the ledger has each payment once"),
        ("UPDATE payments_payment SET status = 'failed', amount_allocated = 0", "the ledger has each payment once"),
        (
            "UPDATE ledger_journalentry SET memo = 'PAY-9999' WHERE kind = 'allocation' AND memo LIKE 'PAY-%'",
            "the ledger's allocations of a payment",
        ),
        ("UPDATE payments_payment SET amount = 61", "the unapplied credit of a customer"),
        (
            "UPDATE payments_payment SET status = 'reversed', reversed_on = received_on, amount_allocated = 0",
            "the ledger has each payment once, over its amount, and a reversed one twice",
        ),
    ],
)
def test_a_planted_violation_is_found(sql: str, rule: str) -> None:
    plant(sql)
    assert any(found.startswith(rule) for found in broken()), broken()


@pytest.mark.usefixtures("_story")
@pytest.mark.parametrize(
    ("table", "trigger"),
    [("payments_allocation", "append_only_rows"), ("payments_payment", "payment_stays")],
)
def test_a_trigger_that_was_switched_off_is_found(table: str, trigger: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    assert any("triggers" in rule for rule in broken())


@pytest.mark.usefixtures("_story")
def test_the_command_prints_each_rule_and_ends_well() -> None:
    out = StringIO()
    call_command("check_books", stdout=out, no_color=True)
    text = out.getvalue()
    assert "I1  debits equal credits in every entry: ok" in text
    assert "I3  what a payment settled" in text
    assert "The books tie" in text


@pytest.mark.usefixtures("_story")
def test_the_command_says_what_is_broken_and_ends_with_1() -> None:
    plant("UPDATE payments_payment SET amount = 61")
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_books", stdout=out, stderr=err, no_color=True)
    assert ended.value.code == 1
    assert "PAY-0001" in err.getvalue()
    assert "broken" in out.getvalue()
