"""The journal balances, is append-only, and the balances follow it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from billing_assistant.core.actors import Actor
from billing_assistant.core.currencies import EXPONENTS
from billing_assistant.ledger.books import check_books
from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.models import Account, JournalEntry, JournalLine, OwnerBalance
from billing_assistant.ledger.services.balances import balances_rebuild
from billing_assistant.ledger.services.posting import EntryInput, Side, UnbalancedEntry, entries_post
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.money]
SYSTEM = Actor.system("test")


def _invoice_entry(total: str, tax: str = "0", *, profile=None, owner=None, currency: str = "KES") -> EntryInput:
    amount, part = Decimal(total), Decimal(tax)
    return EntryInput(
        profile_id=(profile or factories.profile()).pk,
        kind=EntryKind.INVOICE,
        booked_on=datetime(2026, 3, 2).date(),  # noqa: DTZ001
        currency=currency,
        owner_id=owner or uuid4(),
        document_id=uuid4(),
        document_number="INV-1",
        sides=(
            Side(AccountKind.RECEIVABLE, amount),
            Side(AccountKind.REVENUE, part - amount),
            Side(AccountKind.TAX_PAYABLE, -part),
        ),
    )


def test_an_invoice_entry_moves_the_owners_balance(now: datetime) -> None:
    owner = uuid4()
    with transaction.atomic():
        entries_post(entries=[_invoice_entry("52200.00", "7200.00", owner=owner)], actor=SYSTEM, now=now)
    balance = OwnerBalance.objects.get(owner_id=owner)
    assert (balance.billed, balance.outstanding, balance.document_count) == (Decimal("52200"), Decimal("52200"), 1)
    assert JournalLine.objects.count() == 3
    assert Account.objects.get(kind=AccountKind.RECEIVABLE).owner_id == owner


def test_an_unbalanced_entry_is_refused_before_it_is_written(now: datetime) -> None:
    entry = _invoice_entry("100.00")
    broken = EntryInput(**{**{f: getattr(entry, f) for f in entry.__slots__}, "sides": entry.sides[:1]})
    with pytest.raises(UnbalancedEntry), transaction.atomic():
        entries_post(entries=[broken], actor=SYSTEM, now=now)
    assert not JournalEntry.objects.exists()


def test_the_database_refuses_an_unbalanced_entry() -> None:
    profile = factories.profile()
    account = Account.objects.create(profile=profile, kind=AccountKind.REVENUE, currency="KES")
    entry = JournalEntry.objects.create(
        profile=profile,
        kind=EntryKind.INVOICE,
        booked_on="2026-03-02",
        currency="KES",
        document_id=uuid4(),
        document_number="X",
        line_count=2,
    )
    with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
        JournalLine.objects.bulk_create(
            [JournalLine(entry=entry, account=account, currency="KES", amount=a) for a in (Decimal(5), Decimal(-4))]
        )
    JournalLine.objects.bulk_create(
        [JournalLine(entry=entry, account=account, currency="KES", amount=a) for a in (Decimal(5), Decimal(-5))]
    )


@pytest.mark.parametrize("table", ["ledger_journalentry", "ledger_journalline"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET currency = 'USD'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_changes_to_the_journal(now: datetime, table: str, statement: str) -> None:
    with transaction.atomic():
        entries_post(entries=[_invoice_entry("10.00")], actor=SYSTEM, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table))


def test_rebuilding_the_balances_gives_what_posting_gave(now: datetime) -> None:
    profile, owner = factories.profile(), uuid4()
    with transaction.atomic():
        entries_post(
            entries=[_invoice_entry(t, profile=profile, owner=owner) for t in ("10.00", "20.50")], actor=SYSTEM, now=now
        )
    OwnerBalance.objects.update(outstanding=1)
    assert [violation.code for violation in check_books()] == ["I2"]
    balances_rebuild()
    assert OwnerBalance.objects.get().outstanding == Decimal("30.50")


def test_python_and_the_database_agree_on_every_currency() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, currency_exponent(code) FROM unnest(%s::text[]) AS code", [list(EXPONENTS)])
        assert dict(cursor.fetchall()) == EXPONENTS


def test_an_entry_is_found_by_number_or_memo_through_their_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    named = Q(document_number__iexact="inv-1") | Q(memo__iexact="inv-1")
    plan = JournalEntry.objects.order_by().filter(named).values("id").explain()
    assert "entry_by_number" in plan
    assert "entry_by_memo" in plan
