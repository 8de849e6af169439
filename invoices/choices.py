"""Reads of the draft editor: what it offers to choose from."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from invoices.models import DraftLine, InvoiceLine, InvoiceTemplate
from invoices.states import TemplateStatus

MOST_CATEGORIES: Final = 60
LATEST_LINES: Final = 2_000


def templates_in_use(profile_id: UUID) -> QuerySet[InvoiceTemplate]:
    """The invoice templates of a profile that a draft can name, the usual one first. The caller has scoped it."""
    return InvoiceTemplate.objects.filter(profile_id=profile_id, status=TemplateStatus.ACTIVE)


def line_categories(profile_id: UUID) -> list[str]:
    """The categories on the latest lines of a profile, by name. The caller has scoped it."""
    drafted = DraftLine.objects.filter(draft__profile_id=profile_id).exclude(category="")
    billed = InvoiceLine.objects.filter(invoice__profile_id=profile_id).exclude(category="")
    found: set[str] = set()
    for lines in (drafted, billed):
        found |= set(lines.order_by("-id").values_list("category", flat=True)[:LATEST_LINES])
    return sorted(found, key=str.casefold)[:MOST_CATEGORIES]
