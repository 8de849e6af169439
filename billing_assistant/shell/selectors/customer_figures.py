"""Figures about all customers of a business profile, in one currency and over one period. Seven queries, always."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import connection

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO, quantize_places
from billing_assistant.shell.selectors import customer_figures_sql as sql
from billing_assistant.shell.selectors.figure_periods import Period, PeriodWord, period_of
from invoices.counts import ages_of

TOP: Final = 10
_READER: Final = Actor.system("Statistics")


@dataclass(frozen=True, slots=True)
class Earner:
    """What a customer brought in: billed without tax, less credit notes."""

    customer_id: UUID
    number: str
    name: str
    revenue: Decimal
    invoices: int


@dataclass(frozen=True, slots=True)
class Month:
    """What was billed (with tax, less credit notes) and received in a month, and how many customers were new."""

    first: date
    billed: Decimal = ZERO
    received: Decimal = ZERO
    acquired: int = 0


@dataclass(frozen=True, slots=True)
class Late:
    """A customer with something past its due date: how much, in how many invoices, and since when the oldest is due."""

    customer_id: UUID
    number: str
    name: str
    amount: Decimal
    invoices: int
    since: date
    days: int


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the invoices that were settled in a stretch of time were paid. Days are averages from issue to settlement."""

    settled: int = 0
    days: int | None = None
    on_time: int = 0
    to_30: int = 0
    to_60: int = 0
    over_60: int = 0

    @property
    def counts(self) -> tuple[int, ...]:
        return (self.on_time, self.to_30, self.to_60, self.over_60)

    def share(self, count: int) -> Decimal:
        """How many of a hundred, to one place."""
        return quantize_places(Decimal(count) * 100 / self.settled, 1) if self.settled else ZERO


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the statistics say, as of a moment. Amounts are in `currency`; agings in each one there is.

    `positive` is the revenue of those who brought in something, `revenue` what is left after those with more credit
    notes than invoices. An aging has five amounts: not due, 1-30, 31-60, 61-90 and more than 90 days late.
    """

    as_of: datetime
    currency: str
    currencies: tuple[str, ...]
    period: Period
    top: tuple[Earner, ...]
    revenue: Decimal
    positive: Decimal
    earners: int
    documents: int
    months: tuple[Month, ...]
    agings: Mapping[str, tuple[Decimal, ...]]
    late: tuple[Late, ...]
    late_customers: int
    late_amount: Decimal
    behaviour: Behaviour
    before: Behaviour


def figures_read(profile: BusinessProfile, *, currency: str, word: PeriodWord, now: datetime) -> Figures:
    """The figures of a business profile, read from its books now. `figures_for` is what pages ask."""
    today = local_today(profile, now)
    period = period_of(word, today)
    values = {
        "profile": profile.pk,
        "currency": currency,
        "zone": profile.time_zone,
        "today": today,
        "since": period.since,
        "until": period.until,
        "before_since": period.before_since,
        "before_until": period.before_until,
        "top": TOP,
    }
    earners = _rows(sql.REVENUE, values)
    late = _rows(sql.LATE, values)
    behaviours = {current: Behaviour(*row) for current, *row in _rows(sql.BEHAVIOUR, values)}
    return Figures(
        as_of=now,
        currency=currency,
        currencies=tuple(code for (code,) in _rows(sql.CURRENCIES, values)),
        period=period,
        top=tuple(Earner(*row[:5]) for row in earners),
        revenue=earners[0][5] if earners else ZERO,
        positive=earners[0][6] if earners else ZERO,
        earners=earners[0][7] if earners else 0,
        documents=int(earners[0][8]) if earners else 0,
        months=_months(period, _rows(sql.MOVED, values), _rows(sql.ACQUIRED, values)),
        agings={one.currency: one.amounts for one in ages_of(_READER, profile_id=profile.pk, today=today)},
        late=tuple(Late(*row[:7]) for row in late),
        late_customers=late[0][7] if late else 0,
        late_amount=late[0][8] if late else ZERO,
        behaviour=behaviours.get(True, Behaviour()),
        before=behaviours.get(False, Behaviour()),
    )


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _months(period: Period, moved: Sequence[tuple[Any, ...]], acquired: Sequence[tuple[Any, ...]]) -> tuple[Month, ...]:
    amounts = {first: (billed, received) for first, billed, received in moved}
    new = dict(acquired)
    return tuple(Month(first, *amounts.get(first, (ZERO, ZERO)), new.get(first, 0)) for first in period.months)
