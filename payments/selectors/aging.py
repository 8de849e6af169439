"""Aging: who owes how much for how long, as of any past local date, and whether that ties to the ledger.

Computed from documents (instalments, allocations, write-offs, voids by their dates), and laid beside the journal of
the same date. What was received, credited or voided later is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.ledger.kinds import AccountKind
from billing_assistant.ledger.selectors import account_balances

BUCKETS: Final = ("current", "days_1_30", "days_31_60", "days_61_90", "days_over_90")

_OWED: Final = """
WITH moved AS (
    SELECT invoice_id, SUM(amount) AS amount FROM (
        SELECT invoice_id, amount FROM payments_allocation
        WHERE profile_id = %(profile)s AND allocated_on <= %(day)s
        UNION ALL
        SELECT invoice_id, amount FROM payments_writeoff
        WHERE profile_id = %(profile)s AND written_off_on <= %(day)s
    ) AS moves GROUP BY invoice_id
), opened AS (
    SELECT invoice.id, invoice.customer_id, invoice.currency, COALESCE(moved.amount, 0) AS settled
    FROM invoices_invoice invoice LEFT JOIN moved ON moved.invoice_id = invoice.id
    WHERE invoice.profile_id = %(profile)s AND invoice.kind = 'invoice' AND invoice.issued_on <= %(day)s
        AND NOT (invoice.state = 'void' AND (invoice.voided_at AT TIME ZONE %(zone)s)::date <= %(day)s)
        AND invoice.total <> COALESCE(moved.amount, 0)
), agreed AS (
    SELECT invoice_id, position, due_on, amount FROM invoices_agreedinstalment
    WHERE agreed_on <= %(day)s AND (ended_on IS NULL OR ended_on > %(day)s)
), dated AS (
    SELECT invoice_id, position, due_on, amount FROM invoices_instalment
    WHERE invoice_id NOT IN (SELECT invoice_id FROM agreed)
    UNION ALL SELECT * FROM agreed
), parts AS (
    SELECT opened.customer_id, opened.currency, %(day)s::date - part.due_on AS late,
        LEAST(part.amount, GREATEST(0, SUM(part.amount) OVER (
            PARTITION BY opened.id ORDER BY part.position) - opened.settled)) AS due
    FROM opened JOIN dated part ON part.invoice_id = opened.id
)
SELECT customer_id, currency,
    COALESCE(SUM(due) FILTER (WHERE late <= 0), 0),
    COALESCE(SUM(due) FILTER (WHERE late BETWEEN 1 AND 30), 0),
    COALESCE(SUM(due) FILTER (WHERE late BETWEEN 31 AND 60), 0),
    COALESCE(SUM(due) FILTER (WHERE late BETWEEN 61 AND 90), 0),
    COALESCE(SUM(due) FILTER (WHERE late > 90), 0)
FROM parts GROUP BY customer_id, currency
"""

_CREDIT: Final = """
WITH payments AS (
    SELECT payment.customer_id, payment.currency, payment.amount
        - CASE WHEN payment.reversed_on <= %(day)s THEN payment.amount ELSE 0 END
        - COALESCE((SELECT SUM(amount) FROM payments_allocation
                    WHERE payment_id = payment.id AND allocated_on <= %(day)s), 0)
        - COALESCE((SELECT SUM(amount) FROM payments_refund
                    WHERE payment_id = payment.id AND refunded_on <= %(day)s
                        AND (failed_on IS NULL OR failed_on > %(day)s)), 0)
        - COALESCE((SELECT SUM(amount) FROM payments_dispute
                    WHERE payment_id = payment.id AND opened_on <= %(day)s
                        AND NOT (status = 'won' AND closed_on <= %(day)s)), 0) AS left_over
    FROM payments_payment payment
    WHERE payment.profile_id = %(profile)s AND payment.status IN ('completed', 'reversed')
        AND payment.received_on <= %(day)s
), notes AS (
    SELECT note.customer_id, note.currency, note.total
        - COALESCE((SELECT SUM(amount) FROM payments_allocation
                    WHERE credit_note_id = note.id AND allocated_on <= %(day)s), 0) AS left_over
    FROM invoices_invoice note
    WHERE note.profile_id = %(profile)s AND note.kind = 'credit_note' AND note.issued_on <= %(day)s
)
SELECT customer_id, currency, SUM(left_over) FROM (
    SELECT * FROM payments UNION ALL SELECT * FROM notes
) AS credits GROUP BY customer_id, currency HAVING SUM(left_over) <> 0
"""


@dataclass(frozen=True, slots=True)
class AgingLine:
    """What is owed in one currency by how late it is, and the credit that is there. `net` is owed less credit."""

    currency: str
    current: Decimal = ZERO
    days_1_30: Decimal = ZERO
    days_31_60: Decimal = ZERO
    days_61_90: Decimal = ZERO
    days_over_90: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def buckets(self) -> tuple[Decimal, ...]:
        return (self.current, self.days_1_30, self.days_31_60, self.days_61_90, self.days_over_90)

    @property
    def owed(self) -> Decimal:
        return sum(self.buckets, ZERO)

    @property
    def overdue(self) -> Decimal:
        return self.owed - self.current

    @property
    def net(self) -> Decimal:
        return self.owed - self.credit

    def __add__(self, other: AgingLine) -> AgingLine:
        sums = {name: getattr(self, name) + getattr(other, name) for name in (*BUCKETS, "credit")}
        return AgingLine(self.currency, **sums)


@dataclass(frozen=True, slots=True)
class AgingRow:
    """One customer in one currency."""

    customer_id: UUID
    number: str
    name: str
    line: AgingLine


@dataclass(frozen=True, slots=True)
class Tie:
    """What the documents say beside what the ledger says, in one currency: equal, or the books are broken."""

    currency: str
    owed: Decimal
    receivable: Decimal
    credit: Decimal
    customer_credit: Decimal

    @property
    def holds(self) -> bool:
        return self.owed == self.receivable and self.credit == self.customer_credit


@dataclass(frozen=True, slots=True)
class Aging:
    """The report: rows by currency and amount, totals and ties a currency."""

    as_of: date
    rows: Sequence[AgingRow]
    totals: Sequence[AgingLine]
    ties: Sequence[Tie]

    @property
    def holds(self) -> bool:
        return all(tie.holds for tie in self.ties)


def aging(
    actor: Actor, *, profile: BusinessProfile, as_of: date, customer_id: UUID | None = None, currency: str = ""
) -> Aging:
    """Who owes what as of the end of a local date of the profile, the most first; the ties are of the whole profile.

    An invoice with instalments is late part by part, by the due dates that stood then.
    Raises PermissionRefused, and NotFound for another profile.
    """
    actor.require(Right.REPORTS_VIEW)
    actor.require_profile(profile.pk)
    lines = _lines(profile, as_of)
    whole = _totals([line for _, line in lines])
    kept = [
        (owner, line)
        for owner, line in lines
        if (customer_id is None or owner == customer_id) and (not currency or line.currency == currency)
    ]
    names = _customers({owner for owner, _ in kept})
    rows = [AgingRow(owner, *names[owner], line) for owner, line in kept]
    rows.sort(key=lambda row: (row.line.currency, -row.line.owed, row.line.credit, row.number))
    return Aging(as_of, rows, _totals([line for _, line in kept]), _ties(actor, profile, as_of, whole))


def _lines(profile: BusinessProfile, as_of: date) -> list[tuple[UUID, AgingLine]]:
    found: dict[tuple[UUID, str], AgingLine] = {}
    arguments: dict[str, Any] = {"profile": profile.pk, "day": as_of, "zone": profile.time_zone}
    with connection.cursor() as cursor:
        cursor.execute(_OWED, arguments)
        for owner, currency, *buckets in cursor.fetchall():
            found[owner, currency] = AgingLine(currency, *buckets)
        cursor.execute(_CREDIT, arguments)
        for owner, currency, credit in cursor.fetchall():
            line = AgingLine(currency, credit=credit)
            found[owner, currency] = found[owner, currency] + line if (owner, currency) in found else line
    return [(owner, line) for (owner, _), line in found.items()]


def _totals(lines: Sequence[AgingLine]) -> list[AgingLine]:
    sums: dict[str, AgingLine] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, AgingLine(line.currency)) + line
    return [sums[currency] for currency in sorted(sums)]


def _ties(actor: Actor, profile: BusinessProfile, as_of: date, totals: Sequence[AgingLine]) -> list[Tie]:
    sums = account_balances(actor, profile_id=profile.pk, as_of=as_of)
    books = {(one.kind, one.currency): one.balance for one in sums}
    said = {line.currency: line for line in totals}
    ties = []
    for currency in sorted({*(one.currency for one in sums), *said}):
        receivable = books.get((AccountKind.RECEIVABLE, currency), ZERO)
        credit = -books.get((AccountKind.CUSTOMER_CREDIT, currency), ZERO)
        line = said.get(currency, AgingLine(currency))
        ties.append(Tie(currency, line.owed, receivable, line.credit, credit))
    return ties


def _customers(ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, number, name FROM customers_customer WHERE id = ANY(%s)", [list(ids)])
        return {owner: (number, name) for owner, number, name in cursor.fetchall()}
