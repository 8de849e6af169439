"""Posting to the journal: the only writer of the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import rows_insert
from billing_assistant.core.copy_text import array_of
from billing_assistant.core.errors import DomainError
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import ZERO, is_quantized
from billing_assistant.core.prepared import prepared_cursor
from billing_assistant.ledger.kinds import OWNED, AccountKind, EntryKind
from billing_assistant.ledger.models import JournalEntry, JournalLine
from billing_assistant.ledger.services.balances import BalanceChange, balances_apply

CHUNK: Final = 500
AccountKey = tuple[UUID, AccountKind, UUID | None, str]
_READ: Final = """
SELECT id, profile_id, kind, owner_id, currency FROM ledger_account
WHERE profile_id = ANY(%s::uuid[]) AND (owner_id = ANY(%s::uuid[]) OR owner_id IS NULL)
"""
_OPEN: Final = """
INSERT INTO ledger_account (id, created_at, profile_id, kind, owner_id, currency)
SELECT id, %s, profile_id, kind, owner_id, currency
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::text[])
    AS opened (id, profile_id, kind, owner_id, currency)
ON CONFLICT DO NOTHING
RETURNING id, profile_id, kind, owner_id, currency
"""


class UnbalancedEntry(DomainError):
    """Debits and credits differ, or an amount has parts of a minor unit."""

    code = "unbalanced_entry"
    status = 500


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an entry to be posted: debit positive, credit negative, in the entry's currency."""

    account: AccountKind
    amount: Decimal


@dataclass(frozen=True, slots=True)
class EntryInput:
    """A balanced entry to be posted about a document. `booked_on` is the profile's local date.

    One without an owner moves no receivable and no customer's credit.
    """

    profile_id: UUID
    kind: EntryKind
    booked_on: date
    currency: str
    owner_id: UUID | None
    document_id: UUID
    document_number: str
    sides: tuple[Side, ...]
    memo: str = ""

    def checked(self) -> tuple[Side, ...]:
        """The sides that are not zero. Raises UnbalancedEntry."""
        sides = tuple(side for side in self.sides if side.amount)
        if sum((side.amount for side in sides), ZERO) != 0:
            raise UnbalancedEntry(_("The entry for %(number)s does not balance.") % {"number": self.document_number})
        if not all(is_quantized(side.amount, self.currency) for side in sides):
            raise UnbalancedEntry(
                _("The entry for %(number)s has parts of a minor unit.") % {"number": self.document_number}
            )
        return sides


def entry_post(*, entry: EntryInput, actor: Actor, now: datetime) -> None:
    """Posts one entry. See `entries_post`."""
    entries_post(entries=[entry], actor=actor, now=now)


def entries_post(*, entries: Iterable[EntryInput], actor: Actor, now: datetime) -> None:
    """Posts balanced entries and moves the owners' balances, inside the caller's transaction.

    An entry whose sides are all zero (a document over nothing) moves only the count of documents.
    Raises UnbalancedEntry; the database refuses the same by trigger.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The journal is written in the transaction of the document.")
    everything = list(entries)
    for start in range(0, len(everything), CHUNK):
        _post_chunk(everything[start : start + CHUNK], actor, now)
    balances_apply([_change(entry, entry.owner_id) for entry in everything if entry.owner_id is not None])


def _post_chunk(chunk: Sequence[EntryInput], actor: Actor, now: datetime) -> None:
    sides_of = [(entry, [(_key(entry, side), side.amount) for side in entry.checked()]) for entry in chunk]
    accounts = _accounts({key for _, sides in sides_of for key, _ in sides})
    posted = [(uuid7(), entry, sides) for entry, sides in sides_of if sides]
    label = actor.label[:150]
    rows_insert(
        JournalEntry,
        [
            {
                "id": pk,
                "profile_id": entry.profile_id,
                "kind": entry.kind,
                "booked_on": entry.booked_on,
                "currency": entry.currency,
                "owner_id": entry.owner_id,
                "document_id": entry.document_id,
                "document_number": entry.document_number,
                "memo": entry.memo[:200],
                "actor_label": label,
                "line_count": len(sides),
                "created_at": now,
            }
            for pk, entry, sides in posted
        ],
    )
    rows_insert(
        JournalLine,
        [
            {
                "entry_id": pk,
                "account_id": accounts[key],
                "currency": entry.currency,
                "amount": amount,
            }
            for pk, entry, sides in posted
            for key, amount in sides
        ],
    )


def _key(entry: EntryInput, side: Side) -> AccountKey:
    return entry.profile_id, side.account, entry.owner_id if side.account in OWNED else None, entry.currency


def _accounts(keys: set[AccountKey]) -> dict[AccountKey, UUID]:
    """Finds or opens the accounts; two writers that open the same one do not clash."""
    found = _read_accounts(keys)
    if missing := keys - found.keys():
        found |= _open_accounts(missing)
    if missing := keys - found.keys():
        found |= _read_accounts(missing)
    return found


def _open_accounts(keys: set[AccountKey]) -> dict[AccountKey, UUID]:
    """Opens accounts, but those that another writer opened meanwhile."""
    columns = [list(column) for column in zip(*sorted(keys, key=str), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [clock.now(), [uuid7() for _ in keys], *columns])
        return _by_key(cursor.fetchall())


def _read_accounts(keys: set[AccountKey]) -> dict[AccountKey, UUID]:
    owners = {owner for _, _, owner, _ in keys if owner}
    profiles = {profile for profile, _, _, _ in keys}
    with prepared_cursor() as cursor:
        cursor.execute(_READ, [array_of([*profiles]), array_of([*owners])])
        by_key = _by_key(cursor.fetchall())
    return {key: by_key[key] for key in keys if key in by_key}


def _by_key(rows: Iterable[tuple[UUID, UUID, str, UUID | None, str]]) -> dict[AccountKey, UUID]:
    return {(profile, AccountKind(kind), owner, currency): pk for pk, profile, kind, owner, currency in rows}


def _change(entry: EntryInput, owner_id: UUID) -> BalanceChange:
    receivable = sum((s.amount for s in entry.sides if s.account is AccountKind.RECEIVABLE), ZERO)
    credit = -sum((s.amount for s in entry.sides if s.account is AccountKind.CUSTOMER_CREDIT), ZERO)
    return BalanceChange.of(
        profile_id=entry.profile_id,
        owner_id=owner_id,
        currency=entry.currency,
        kind=entry.kind,
        booked_on=entry.booked_on,
        receivable=receivable,
        credit=credit,
    )
