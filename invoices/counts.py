"""How many documents there are, read from the tallies: no list counts the documents themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from billing_assistant.core.actors import Actor
from billing_assistant.core.rights import Right
from invoices.models import InvoiceTally
from invoices.states import InvoiceKind, InvoiceState, InvoiceStatus

_LIVE: Final = Q(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED)

# An invoice of which later parts are owed as well is looked at part by part; of all others the tally knows the due day.
# What was agreed later stands in the place of what such an invoice had, also where its next day is the one it had.
_AGES: Final = """
WITH agreed AS (
    SELECT invoice_id, position, due_on, amount FROM invoices_agreedinstalment WHERE ended_on IS NULL
), owing AS (
    SELECT * FROM invoices_invoice WHERE id IN (SELECT invoice_id FROM agreed)
        AND profile_id = %(profile)s AND kind = 'invoice' AND state = 'issued' AND amount_due > 0
)
SELECT currency,
    COALESCE(SUM(due) FILTER (WHERE late <= 0), 0),
    COALESCE(SUM(due) FILTER (WHERE late BETWEEN 1 AND 30), 0),
    COALESCE(SUM(due) FILTER (WHERE late BETWEEN 31 AND 60), 0),
    COALESCE(SUM(due) FILTER (WHERE late BETWEEN 61 AND 90), 0),
    COALESCE(SUM(due) FILTER (WHERE late > 90), 0)
FROM (
    SELECT currency, %(day)s::date - due_on AS late, due FROM invoices_invoicetally
    WHERE profile_id = %(profile)s AND kind = 'invoice' AND due_on IS NOT NULL AND NOT split
    UNION ALL
    SELECT invoice.currency, %(day)s::date - part.due_on,
        LEAST(part.amount, GREATEST(0, SUM(part.amount) OVER (PARTITION BY invoice.id ORDER BY part.position)
            - (invoice.total - invoice.amount_due)))
    FROM invoices_invoice invoice JOIN invoices_instalment part ON part.invoice_id = invoice.id
    WHERE invoice.profile_id = %(profile)s AND invoice.kind = 'invoice' AND invoice.state = 'issued'
        AND invoice.amount_due > 0 AND (invoice.next_due_on < invoice.due_on OR invoice.next_due_on > invoice.due_on)
        AND invoice.id NOT IN (SELECT invoice_id FROM agreed)
    UNION ALL
    SELECT owing.currency, %(day)s::date - part.due_on,
        LEAST(part.amount, GREATEST(0, SUM(part.amount) OVER (PARTITION BY owing.id ORDER BY part.position)
            - (owing.total - owing.amount_due)))
    FROM owing JOIN agreed part ON part.invoice_id = owing.id
    UNION ALL
    SELECT currency, %(day)s::date - due_on, -amount_due FROM owing WHERE next_due_on = due_on
) AS parts GROUP BY currency HAVING SUM(due) <> 0 ORDER BY currency
"""


@dataclass(frozen=True, slots=True)
class Ages:
    """What is owed in a currency: not due yet, then 1–30, 31–60, 61–90 and more than 90 days late."""

    currency: str
    amounts: tuple[Decimal, ...]


def tallies_for(actor: Actor) -> QuerySet[InvoiceTally]:
    """The tallies of the documents that the actor may see."""
    actor.require(Right.INVOICES_VIEW)
    tallies = InvoiceTally.objects.all()
    return tallies if actor.profile_ids is None else tallies.filter(profile_id__in=actor.profile_ids)


def counted(tallies: QuerySet[InvoiceTally]) -> int:
    """How many documents some tallies stand for."""
    return tallies.aggregate(count=Sum("count"))["count"] or 0


def tally_filter(status: InvoiceStatus, today: date) -> Q:
    """The tallies of the invoices that have a status today: `status_filter` for tallies; a test keeps the two equal."""
    match status:
        case InvoiceStatus.VOID | InvoiceStatus.UNCOLLECTIBLE:
            return Q(kind=InvoiceKind.INVOICE, state=status.value)
        case InvoiceStatus.PAID:
            return _LIVE & Q(stage=status.value)
        case InvoiceStatus.OVERDUE:
            return _LIVE & Q(due_on__lt=today)
    return _LIVE & Q(stage=status.value) & (Q(due_on__isnull=True) | Q(due_on__gte=today))


def on_time(today: date) -> Q:
    """The tallies of the invoices that are owed and not late."""
    return _LIVE & Q(due_on__gte=today)


def overdue_counts(actor: Actor, *, profile_id: UUID, today: date) -> dict[str, int]:
    """How many invoices of a business profile are late, by currency; currencies without any are left out."""
    late = tallies_for(actor).filter(tally_filter(InvoiceStatus.OVERDUE, today), profile_id=profile_id)
    rows = late.values("currency").annotate(number=Sum("count")).order_by("currency")
    return {row["currency"]: row["number"] for row in rows if row["number"]}


def ages_of(actor: Actor, *, profile_id: UUID, today: date) -> list[Ages]:
    """How late what is owed to a business profile is on a local date, by currency, part by part of each invoice."""
    actor.require(Right.INVOICES_VIEW)
    actor.require_profile(profile_id)
    with connection.cursor() as cursor:
        cursor.execute(_AGES, {"profile": profile_id, "day": today})
        return [Ages(currency, tuple(amounts)) for currency, *amounts in cursor.fetchall()]
