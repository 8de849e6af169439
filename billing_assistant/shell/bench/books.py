"""Large books, built by SQL in chunks: consistent with the ledger, so that the books check passes on them.

While the rows go in, the server runs no trigger but those that count and checks no foreign key
(`session_replication_role`), and has no index but the unique ones; the books check afterwards is what says that nothing
is amiss.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from billing_assistant.core.clock import local_today
from billing_assistant.core.models import Event
from billing_assistant.ledger.models import Account, JournalEntry, JournalLine
from billing_assistant.shell.bench import rows_of_books as rows
from billing_assistant.shell.bench.inserts import indexes_built_afterwards, insert
from billing_assistant.shell.bench.setting import Setting
from customers.models import Customer
from invoices.models import (
    DraftLine,
    Instalment,
    Invoice,
    InvoiceDraft,
    InvoiceLine,
    InvoiceTax,
    NumberSeries,
    SeriesCounter,
)
from payments.models import Allocation, Payment
from reminders.models import Message

CHUNK: Final = 50_000
DAYS: Final = 730
LARGE: Final = 5
NOBODY: Final = UUID(int=0)
LARGE_TABLES: Final = (
    Customer,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    Instalment,
    Payment,
    Allocation,
    JournalEntry,
    JournalLine,
    InvoiceDraft,
    DraftLine,
    Message,
    Event,
)


def fill(setting: Setting, total: int, customers: int) -> None:
    """Adds `customers` customers and `total` issued invoices with three lines: 80 % of them paid, 8 % partly paid, in
    four currencies, two years up to today; a tenth of all belongs to five large customers."""
    today = local_today(setting.profile, setting.now)
    series = NumberSeries.objects.create(
        profile=setting.profile,
        code="BULK",
        kind="invoice",
        pattern="BULK-{number:08}",
        is_default=False,
        restarts_yearly=False,
    )
    shared = {
        "profile": setting.profile.pk,
        "series": series.pk,
        "total": total,
        "customers": customers,
        "large": LARGE,
        "today": today,
        "first_day": today - timedelta(days=DAYS),
        "step": timedelta(days=DAYS) / total,
        "nobody": NOBODY,
    }
    with indexes_built_afterwards(LARGE_TABLES):
        _customers(shared)
        for first in range(1, total + 1, CHUNK):
            _chunk(shared | {"first": first, "last": min(first + CHUNK - 1, total)})
    SeriesCounter.objects.create(series=series, year=0, last_number=total, last_issued_on=today)
    _settled(total)


def _customers(shared: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(rows.ID_FUNCTION)
        cursor.execute(rows.CUSTOMER_ROWS, shared)
    insert(Customer, rows.CUSTOMER, "bench_customer", shared)
    insert(Account, rows.ACCOUNT, rows.ACCOUNTS, shared)


def _chunk(shared: dict[str, Any]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _count(cursor, "ENABLE ALWAYS")
        cursor.execute(rows.INVOICE_ROWS, shared)
        cursor.execute("ANALYZE bulk")
        for model, values, source in rows.STEPS:
            insert(model, values, source, shared)
        cursor.execute(rows.BALANCES, shared)
        _count(cursor, "ENABLE")


def _count(cursor: CursorWrapper, how: str) -> None:
    """Whether the triggers that count documents, payments and postings run while the others do not."""
    for model in (Invoice, Payment, JournalLine):
        cursor.execute(f"ALTER TABLE {model._meta.db_table} {how} TRIGGER tally_added")


def _settled(total: int) -> None:
    """What the server knows about tables that have grown by themselves: statistics, and which pages all may see."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_customer")
        cursor.execute("VACUUM (ANALYZE)")
