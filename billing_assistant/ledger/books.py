"""The books check: invariants of the ledger, as SQL that finds the rows which break them.

Other apps register theirs (`register_check`); `check_books` runs all and is run after every test that moves money.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from billing_assistant.core import clock
from billing_assistant.ledger.services.balances import FROM_JOURNAL

SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Invariant:
    """A rule of the books and a query whose every row is a violation: the first column says which thing breaks it.

    The query is constant SQL, or makes it when all models are known; `%(now)s` in it is the moment of the check.
    """

    code: str
    rule: str
    query: str | Callable[[], str]

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands among the others: I2 before I10."""
        return int(self.code[1:]), self.rule


@dataclass(frozen=True, slots=True)
class Violation:
    """A thing that breaks a rule."""

    code: str
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code} {self.rule}: {self.detail}"


_invariants: list[Invariant] = []


def register_check(*, code: str, rule: str, query: str | Callable[[], str]) -> None:
    """Adds an invariant of an app; `query` is constant SQL, or a function that gives it."""
    _invariants.append(Invariant(code, rule, query))


def invariants() -> tuple[Invariant, ...]:
    """All that are registered, in the order of their codes."""
    return tuple(sorted(_invariants, key=attrgetter("place")))


def check_books(
    report: Callable[[Invariant, int], None] | None = None, *, now: datetime | None = None
) -> list[Violation]:
    """Runs every invariant as of a moment (default: the present); gives what breaks them, at most 20 things a rule."""
    at, violations = now or clock.now(), []
    for invariant in invariants():
        broken = check_invariant(invariant, now=at)
        violations += broken
        if report is not None:
            report(invariant, len(broken))
    return violations


def check_invariant(invariant: Invariant, *, now: datetime) -> list[Violation]:
    """What breaks one rule, at most 20 things: however large the books are, no more of them is held in memory."""
    query = invariant.query if isinstance(invariant.query, str) else invariant.query()
    given = {"now": now} if "%(now)s" in query else None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")  # whole tables are compared
        cursor.execute(f"SELECT * FROM ({query}) AS broken LIMIT {SHOWN}", given)  # noqa: S608 -- constant SQL
        rows = cursor.fetchall()
    return [Violation(invariant.code, invariant.rule, ", ".join(str(value) for value in row)) for row in rows]


register_check(
    code="I1",
    rule=gettext_noop("debits equal credits in every entry"),
    query="""SELECT entry_id, SUM(amount) FROM ledger_journalline GROUP BY entry_id HAVING SUM(amount) <> 0""",
)
register_check(
    code="I1",
    rule=gettext_noop("every entry has the lines that it was sealed with, in its currency and profile"),
    query="""
    SELECT entry.id, entry.document_number FROM ledger_journalentry entry
    LEFT JOIN ledger_journalline line ON line.entry_id = entry.id
    LEFT JOIN ledger_account account ON account.id = line.account_id
    GROUP BY entry.id HAVING COUNT(line.id) <> entry.line_count
        OR BOOL_OR(line.currency <> entry.currency OR account.currency <> entry.currency)
        OR BOOL_OR(account.profile_id <> entry.profile_id)
        OR BOOL_OR(account.owner_id <> entry.owner_id)
    """,
)
register_check(
    code="I1",
    rule=gettext_noop("the books of a profile and currency sum to zero"),
    query="""
    SELECT account.profile_id, line.currency, SUM(line.amount) FROM ledger_journalline line
    JOIN ledger_account account ON account.id = line.account_id
    GROUP BY account.profile_id, line.currency HAVING SUM(line.amount) <> 0
    """,
)
register_check(
    code="I2",
    rule=gettext_noop("the balance row of an owner equals the journal"),
    query=f"""
    SELECT COALESCE(truth.owner_id, balance.owner_id), COALESCE(truth.currency, balance.currency),
        truth.outstanding, balance.outstanding
    FROM ({FROM_JOURNAL}) AS truth
    FULL JOIN ledger_ownerbalance balance
        ON balance.owner_id = truth.owner_id AND balance.currency = truth.currency
    WHERE (COALESCE(truth.billed, 0), COALESCE(truth.credited, 0), COALESCE(truth.paid, 0),
           COALESCE(truth.written_off, 0), COALESCE(truth.outstanding, 0), COALESCE(truth.unapplied, 0))
        IS DISTINCT FROM (balance.billed, balance.credited, balance.paid, balance.written_off,
                          balance.outstanding, balance.unapplied)
    """,  # noqa: S608 -- a constant
)
register_check(
    code="I1",
    rule=gettext_noop("the tallies of the accounts are what adding up the journal gives"),
    query="""
    SELECT kept.kind, kept.currency, kept.booked_on, kept.debit, truth.debit FROM (
        SELECT profile_id, kind, currency, booked_on, SUM(count) AS count, SUM(debit) AS debit, SUM(credit) AS credit
        FROM ledger_accounttally GROUP BY 1, 2, 3, 4
        HAVING SUM(count) <> 0 OR SUM(debit) <> 0 OR SUM(credit) <> 0
    ) kept
    FULL JOIN (
        SELECT account.profile_id, account.kind, line.currency, entry.booked_on, COUNT(*) AS count,
            SUM(GREATEST(line.amount, 0)) AS debit, SUM(GREATEST(-line.amount, 0)) AS credit
        FROM ledger_journalline line
        JOIN ledger_journalentry entry ON entry.id = line.entry_id
        JOIN ledger_account account ON account.id = line.account_id
        GROUP BY 1, 2, 3, 4
    ) truth USING (profile_id, kind, currency, booked_on)
    WHERE (kept.count, kept.debit, kept.credit) IS DISTINCT FROM (truth.count, truth.debit, truth.credit)
    """,
)
