"""Lines of a statement, each written once whatever file brings it and however often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from billing_assistant.core.money import ZERO
from payments.models import Statement, StatementLine
from payments.services.statement_reading.lines import ReadLine

FIELDS: Final = ("lines_sum", "lines_seen", "lines_new", "period_from", "period_to")


def lines_write(*, statement: Statement, lines: Sequence[tuple[str, ReadLine]], position: int, now: datetime) -> int:
    """Writes the lines of a chunk that are not there yet, and counts all of it on the locked statement.

    Inside the caller's transaction, which saves the statement. `lines` have their identities and are checked;
    `position` is that of the first. Gives how many are new. Two files that bring the same lines at once wait for each
    other and add each once.
    """
    rows = [
        StatementLine(
            profile_id=statement.profile_id,
            account_id=statement.account_id,
            statement=statement,
            identity=identity,
            position=position + number,
            currency=statement.currency,
            created_at=now,
            booked_on=line.booked_on,
            amount=line.amount,
            gross=line.gross,
            fee=line.fee,
            bank_id=line.bank_id,
            counterparty=line.counterparty,
            reference=line.reference,
            text=line.text,
        )
        for number, (identity, line) in enumerate(lines)
    ]
    rows.sort(key=lambda row: row.identity)
    StatementLine.objects.bulk_create(rows, ignore_conflicts=True)
    new = StatementLine.objects.filter(pk__in=[row.pk for row in rows]).count()
    days = [line.booked_on for _identity, line in lines]
    statement.lines_seen += len(lines)
    statement.lines_new += new
    statement.lines_sum += sum((line.amount for _identity, line in lines), ZERO)
    statement.period_from = min(filter(None, (statement.period_from, *days)))
    statement.period_to = max(filter(None, (statement.period_to, *days)))
    return new
