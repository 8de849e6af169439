"""What was sold in a period: net of tax and discounts, by item of the catalogue, by category or by customer.

A line's net is its share of the base of its tax group, so the sums are those of the tax report, and of revenue in the
ledger. A document counts on its issue date, credit notes against it; an invoice that was voided later is taken off the
period of the void.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.states import Status


class SalesBy(Status):
    """What the rows of the report stand for."""

    ITEM = "item", _("Catalogue item"), "neutral", "list"
    CATEGORY = "category", _("Category"), "neutral", "tag"
    CUSTOMER = "customer", _("Customer"), "neutral", "users"


@dataclass(frozen=True, slots=True)
class SalesRow:
    """What one item, category or customer brought in one currency; `key` and `name` are empty for lines without one.

    `quantity` is None where the lines have different units. Amounts are exact shares, not rounded.
    """

    key: str
    name: str
    currency: str
    documents: int
    quantity: Decimal | None
    unit: str
    net: Decimal


@dataclass(frozen=True, slots=True)
class SalesReport:
    """The report. Dates are the profile's, both inclusive; rows by currency, the largest first."""

    since: date
    until: date
    by: SalesBy
    rows: Sequence[SalesRow]

    @property
    def currencies(self) -> list[str]:
        return sorted({row.currency for row in self.rows})

    def net(self, currency: str) -> Decimal:
        return sum((row.net for row in self.rows if row.currency == currency), ZERO)


_KEYS: Final = {
    SalesBy.ITEM: "COALESCE(line.item_id::text, '')",
    SalesBy.CATEGORY: "line.category",
    SalesBy.CUSTOMER: "document.customer_id::text",
}
_NAMES: Final = {
    SalesBy.ITEM: "SELECT id::text AS key, name FROM invoices_catalogueitem WHERE profile_id = %(profile)s",
    SalesBy.CATEGORY: "SELECT ''::text AS key, ''::text AS name WHERE false",
    SalesBy.CUSTOMER: "SELECT id::text AS key, name FROM customers_customer WHERE profile_id = %(profile)s",
}
_SALES: Final = """
WITH documents AS (
    SELECT invoice.id, invoice.customer_id, invoice.currency,
        CASE WHEN invoice.kind = 'credit_note' OR invoice.issued_on < %(since)s OR invoice.issued_on > %(until)s
             THEN -1 ELSE 1 END AS sign
    FROM invoices_invoice invoice
    CROSS JOIN LATERAL (SELECT (invoice.voided_at AT TIME ZONE %(zone)s)::date AS day) void
    WHERE invoice.profile_id = %(profile)s
        AND (invoice.issued_on BETWEEN %(since)s AND %(until)s)
            <> (invoice.state = 'void' AND void.day BETWEEN %(since)s AND %(until)s)
), lines AS (
    SELECT {key} AS key, document.id AS document_id, document.currency, line.unit,
        document.sign * line.quantity AS quantity,
        document.sign * COALESCE(tax.base * line.amount / NULLIF(SUM(line.amount) OVER (
            PARTITION BY line.invoice_id, line.tax_category, line.tax_rate), 0), 0) AS net
    FROM documents document
    JOIN invoices_invoiceline line ON line.invoice_id = document.id
    LEFT JOIN invoices_invoicetax tax ON tax.invoice_id = line.invoice_id
        AND tax.category = line.tax_category AND tax.rate = line.tax_rate
), names AS ({names})
SELECT lines.key, COALESCE(names.name, lines.key), lines.currency, COUNT(DISTINCT lines.document_id),
    CASE WHEN COUNT(DISTINCT lines.unit) = 1 THEN SUM(lines.quantity) END, MIN(lines.unit), SUM(lines.net)
FROM lines LEFT JOIN names ON names.key = lines.key
GROUP BY lines.key, names.name, lines.currency
ORDER BY lines.currency, SUM(lines.net) DESC, 2
"""


def sales_report(
    actor: Actor, *, profile: BusinessProfile, since: date, until: date, by: SalesBy = SalesBy.ITEM
) -> SalesReport:
    """What was sold on the local dates from `since` to `until`. Raises PermissionRefused, NotFound."""
    actor.require(Right.REPORTS_VIEW)
    actor.require_profile(profile.pk)
    arguments: dict[str, UUID | date | str] = {
        "profile": profile.pk,
        "since": since,
        "until": until,
        "zone": profile.time_zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SALES.format(key=_KEYS[by], names=_NAMES[by]), arguments)
        rows = [SalesRow(*found) for found in cursor.fetchall()]
    return SalesReport(since, until, by, rows)
