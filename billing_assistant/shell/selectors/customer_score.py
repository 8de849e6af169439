"""How well a customer pays, as one number that can be worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.cache import cache
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_date
from billing_assistant.core.money import quantize_places
from billing_assistant.core.rights import Right
from customers.models import Customer

WINDOW: Final = timedelta(days=365)
LEAST_INVOICES: Final = 3
FULL: Final = 100
POINTS_A_DAY: Final = 2
KEPT_FROM: Final = 2_000
KEPT_SECONDS: Final = 60

_SCORE: Final = """
SELECT COUNT(*) FILTER (WHERE fate = 'settled' AND late <= 0),
    COUNT(*) FILTER (WHERE fate = 'settled' AND late > 0),
    AVG(late) FILTER (WHERE fate = 'settled' AND late > 0),
    COUNT(*) FILTER (WHERE fate = 'open'),
    AVG(late) FILTER (WHERE fate = 'open'),
    COUNT(*) FILTER (WHERE fate = 'given up'),
    AVG(CASE WHEN fate = 'given up' THEN %(full)s ELSE LEAST(%(full)s, %(a_day)s * GREATEST(late, 0)) END)
FROM (
    SELECT 'settled' AS fate, (settled_at AT TIME ZONE %(zone)s)::date - due_on AS late
    FROM invoices_invoice
    WHERE customer_id = %(customer)s AND kind = 'invoice' AND state = 'issued' AND settled_at >= %(since)s
        AND amount_paid > 0 AND NOT imported
    UNION ALL
    SELECT 'open', %(today)s::date - next_due_on
    FROM invoices_invoice
    WHERE customer_id = %(customer)s AND kind = 'invoice' AND state = 'issued' AND amount_due > 0
        AND next_due_on < %(today)s
    UNION ALL
    SELECT 'given up', 0
    FROM invoices_invoice
    WHERE customer_id = %(customer)s AND kind = 'invoice' AND state = 'uncollectible' AND issued_on >= %(since)s::date
) AS counted
"""


@dataclass(frozen=True, slots=True)
class PaymentScore:
    """The score and what it was worked out from. `points` is None while there is too little to judge by.

    Days are averages of the invoices beside them, in whole days.
    """

    points: int | None
    on_time: int
    late: int
    late_days: int
    overdue: int
    overdue_days: int
    given_up: int
    lost: Decimal

    @property
    def invoices(self) -> int:
        return self.on_time + self.late + self.overdue + self.given_up

    @property
    def tone(self) -> str:
        return "" if self.points is None else _grade(self.points)[1]

    @property
    def word(self) -> str | Promise:
        return _("Too few invoices yet") if self.points is None else _grade(self.points)[0]


def payment_score(actor: Actor, customer: Customer, now: datetime) -> PaymentScore | None:
    """A customer's payment score from 0 to 100; None without the right to see invoices.

    The score is 100 less the average of the points that its invoices lose: an invoice loses 2 points for each day
    that it was paid after its due date, or has been overdue until today, and never more than 100. One that was given up
    as uncollectible loses all 100. Counted are the invoices that were settled in the last 365 days with a payment,
    those overdue today, and those of the last 365 days that were given up; imported history is not, for its dates of
    settlement are not known. Currency and size play no part. Below 3 such invoices there is no score.

    One of KEPT_FROM invoices and more is kept for KEPT_SECONDS: a payment moves it by less than a point.
    """
    if Right.INVOICES_VIEW not in actor.rights:
        return None
    key = f"customer.score:{customer.pk}"
    kept: PaymentScore | None = cache.get(key)
    if kept is not None:
        return kept
    score = _score(customer, now)
    if score.invoices >= KEPT_FROM:
        cache.set(key, score, KEPT_SECONDS)
    return score


def _score(customer: Customer, now: datetime) -> PaymentScore:
    zone = customer.profile.time_zone
    values: dict[str, Any] = {
        "customer": customer.pk,
        "since": now - WINDOW,
        "today": local_date(now, zone),
        "zone": zone,
        "full": FULL,
        "a_day": POINTS_A_DAY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SCORE, values)
        on_time, late, late_days, overdue, overdue_days, given_up, lost = cursor.fetchone()
    enough = on_time + late + overdue + given_up >= LEAST_INVOICES
    lost = quantize_places(lost or Decimal(0), 1)
    return PaymentScore(
        points=int(quantize_places(FULL - lost, 0)) if enough else None,
        on_time=on_time,
        late=late,
        late_days=_days(late_days),
        overdue=overdue,
        overdue_days=_days(overdue_days),
        given_up=given_up,
        lost=lost,
    )


def _days(average: Decimal | None) -> int:
    return int(quantize_places(average, 0)) if average is not None else 0


_GRADES: Final = (
    (90, _("Pays in time"), "success"),
    (70, _("Mostly in time"), "success"),
    (50, _("Often late"), "warning"),
    (0, _("Pays very late"), "danger"),
)


def _grade(points: int) -> tuple[str | Promise, str]:
    return next((word, tone) for least, word, tone in _GRADES if points >= least)
