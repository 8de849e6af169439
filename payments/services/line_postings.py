"""What a line means to the books beside the payments that are recorded from it: fees, suspense, payouts.

These entries are about the line, so taking them back is posting their sums the other way round.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Sum

from billing_assistant.ledger.kinds import AccountKind, EntryKind
from billing_assistant.ledger.models import JournalLine
from billing_assistant.ledger.services.posting import EntryInput, Side
from payments.models import Payment, StatementLine

LONGEST_NUMBER = 60


def fee_entry(line: StatementLine, fee: Decimal, *, place: AccountKind) -> EntryInput:
    """What a bank or provider kept of money that was recorded whole, or took for itself."""
    return _entry(line, EntryKind.BANK_FEE, (Side(AccountKind.BANK_FEES, fee), Side(place, -fee)), line.posting_day)


def suspense_entry(line: StatementLine) -> EntryInput:
    """Money of somebody unknown, until it is known whose it is."""
    sides = (Side(line.account.ledger_account, line.amount), Side(AccountKind.SUSPENSE, -line.amount))
    return _entry(line, EntryKind.SUSPENSE, sides, line.posting_day)


def payout_entry(line: StatementLine, amount: Decimal) -> EntryInput:
    """Money that a provider had for us came to the bank."""
    sides = (Side(AccountKind.CASH, amount), Side(AccountKind.GATEWAY_CLEARING, -amount))
    return _entry(line, EntryKind.PAYOUT, sides, line.posting_day)


def worth_of(line: StatementLine) -> Decimal:
    """What came in before a provider kept its fee."""
    return line.gross if line.gross is not None else line.amount


def exchange_entries(line: StatementLine, payment: Payment) -> list[EntryInput]:
    """A payment in another currency did not come in that: the line's money did, and was given for it."""
    place, worth = line.account.ledger_account, worth_of(line)
    given = (Side(AccountKind.EXCHANGE, payment.amount), Side(place, -payment.amount))
    came = (Side(place, worth), Side(AccountKind.EXCHANGE, -worth))
    return [
        _entry(line, EntryKind.EXCHANGE, given, line.posting_day, payment.currency),
        _entry(line, EntryKind.EXCHANGE, came, line.posting_day),
    ]


def taken_back(line: StatementLine, on: date) -> list[EntryInput]:
    """What undoes all that was posted about a line, by kind of entry; nothing where nothing stands."""
    rows = JournalLine.objects.filter(entry__document_id=line.pk).order_by()
    sums = rows.values("entry__kind", "account__kind", "currency").annotate(amount=Sum("amount"))
    by_kind: dict[tuple[str, str], list[Side]] = {}
    for row in sums:
        if row["amount"]:
            sides = by_kind.setdefault((row["entry__kind"], row["currency"]), [])
            sides.append(Side(AccountKind(row["account__kind"]), -row["amount"]))
    return [
        _entry(line, EntryKind(kind), tuple(sides), on, currency) for (kind, currency), sides in sorted(by_kind.items())
    ]


def _entry(line: StatementLine, kind: EntryKind, sides: tuple[Side, ...], on: date, currency: str = "") -> EntryInput:
    return EntryInput(
        profile_id=line.profile_id,
        kind=kind,
        booked_on=on,
        currency=currency or line.currency,
        owner_id=None,
        document_id=line.pk,
        document_number=f"{line.account.name} {line.booked_on}"[:LONGEST_NUMBER],
        sides=sides,
        memo=line.says,
    )
