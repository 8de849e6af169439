"""The balance of each owner: changed with the journal, and rebuilt from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Final, Self
from uuid import UUID

from django.db import connection, transaction

from billing_assistant.core.copy_text import array_of
from billing_assistant.core.money import ZERO
from billing_assistant.ledger.kinds import MOVES_PAID, EntryKind

_UPSERT: Final = """
INSERT INTO ledger_ownerbalance AS balance
    (profile_id, owner_id, currency, billed, credited, paid, written_off, outstanding, unapplied,
     document_count, last_document_on)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
                     %s::numeric[], %s::numeric[], %s::int[], %s::date[])
ON CONFLICT (owner_id, currency) DO UPDATE SET
    billed = balance.billed + EXCLUDED.billed,
    credited = balance.credited + EXCLUDED.credited,
    paid = balance.paid + EXCLUDED.paid,
    written_off = balance.written_off + EXCLUDED.written_off,
    outstanding = balance.outstanding + EXCLUDED.outstanding,
    unapplied = balance.unapplied + EXCLUDED.unapplied,
    document_count = balance.document_count + EXCLUDED.document_count,
    last_document_on = GREATEST(balance.last_document_on, EXCLUDED.last_document_on)
"""

_MOVES_PAID: Final = ", ".join(f"'{kind.value}'" for kind in sorted(MOVES_PAID))
# What the journal says each balance is; `balances_rebuild` and the books check share it.
FROM_JOURNAL: Final = f"""
SELECT entry.profile_id, entry.owner_id, entry.currency,
    COALESCE(SUM(line.amount) FILTER (
        WHERE account.kind = 'receivable' AND entry.kind IN ('invoice', 'invoice_void')), 0) AS billed,
    COALESCE(-SUM(line.amount) FILTER (
        WHERE account.kind = 'customer_credit' AND entry.kind = 'credit_note'), 0) AS credited,
    COALESCE(-SUM(line.amount) FILTER (
        WHERE account.kind = 'customer_credit' AND entry.kind IN ({_MOVES_PAID})), 0) AS paid,
    COALESCE(-SUM(line.amount) FILTER (
        WHERE account.kind = 'receivable' AND entry.kind = 'write_off'), 0) AS written_off,
    COALESCE(SUM(line.amount) FILTER (WHERE account.kind = 'receivable'), 0) AS outstanding,
    COALESCE(-SUM(line.amount) FILTER (WHERE account.kind = 'customer_credit'), 0) AS unapplied
FROM ledger_journalentry entry
JOIN ledger_journalline line ON line.entry_id = entry.id
JOIN ledger_account account ON account.id = line.account_id AND account.owner_id IS NOT NULL
GROUP BY entry.profile_id, entry.owner_id, entry.currency
"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """By how much an entry moves the figures of one owner in one currency."""

    profile_id: UUID
    owner_id: UUID
    currency: str
    billed: Decimal = ZERO
    credited: Decimal = ZERO
    paid: Decimal = ZERO
    written_off: Decimal = ZERO
    outstanding: Decimal = ZERO
    unapplied: Decimal = ZERO
    document_count: int = 0
    last_document_on: date | None = None

    @classmethod
    def of(
        cls,
        *,
        profile_id: UUID,
        owner_id: UUID,
        currency: str,
        kind: EntryKind,
        booked_on: date,
        receivable: Decimal,
        credit: Decimal,
    ) -> Self:
        """The change that an entry makes: `receivable` is its debit there, `credit` its credit to the customer."""
        invoice, void = kind is EntryKind.INVOICE, kind is EntryKind.INVOICE_VOID
        return cls(
            profile_id=profile_id,
            owner_id=owner_id,
            currency=currency,
            billed=receivable if invoice or void else ZERO,
            credited=credit if kind is EntryKind.CREDIT_NOTE else ZERO,
            paid=credit if kind in MOVES_PAID else ZERO,
            written_off=-receivable if kind is EntryKind.WRITE_OFF else ZERO,
            outstanding=receivable,
            unapplied=credit,
            document_count=int(invoice) - int(void),
            last_document_on=booked_on if invoice else None,
        )

    def __add__(self, other: Self) -> Self:
        dates = [day for day in (self.last_document_on, other.last_document_on) if day]
        return type(self)(
            self.profile_id,
            self.owner_id,
            self.currency,
            self.billed + other.billed,
            self.credited + other.credited,
            self.paid + other.paid,
            self.written_off + other.written_off,
            self.outstanding + other.outstanding,
            self.unapplied + other.unapplied,
            self.document_count + other.document_count,
            max(dates, default=None),
        )


_COLUMNS: Final = attrgetter(*(one.name for one in fields(BalanceChange)))


def balances_apply(changes: Sequence[BalanceChange]) -> None:
    """Adds the changes to the balance rows, one row an owner and currency, locked in the order of their keys."""
    summed: dict[tuple[UUID, str], BalanceChange] = {}
    for change in changes:
        key = (change.owner_id, change.currency)
        summed[key] = summed[key] + change if key in summed else change
    rows = [_COLUMNS(summed[key]) for key in sorted(summed)]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [array_of(column) for column in zip(*rows, strict=True)])


def balances_rebuild() -> int:
    """Writes every amount of every balance anew from the journal; returns how many rows there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ledger_ownerbalance IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(
            f"""
            UPDATE ledger_ownerbalance AS balance SET billed = truth.billed, credited = truth.credited,
                paid = truth.paid, written_off = truth.written_off, outstanding = truth.outstanding,
                unapplied = truth.unapplied
            FROM ({FROM_JOURNAL}) AS truth
            WHERE truth.owner_id = balance.owner_id AND truth.currency = balance.currency
            """  # noqa: S608 -- a constant of this module
        )
        return cursor.rowcount
