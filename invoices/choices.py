"""Reads of the draft editor: what it offers to choose from, and what a person has not saved yet."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from billing_assistant.core.actors import Actor
from invoices.models import DraftLine, DraftWorkingCopy, InvoiceLine, InvoiceTemplate, NumberSeries
from invoices.states import InvoiceKind, TemplateStatus

MOST_CATEGORIES: Final = 60
LATEST_LINES: Final = 2_000


def templates_in_use(profile_id: UUID) -> QuerySet[InvoiceTemplate]:
    """The invoice templates of a profile that a draft can name, the usual one first. The caller has scoped it."""
    return InvoiceTemplate.objects.filter(profile_id=profile_id, status=TemplateStatus.ACTIVE)


def series_for_invoices(profile_id: UUID) -> QuerySet[NumberSeries]:
    """The number series that a draft of a profile can name, the usual one first. The caller has scoped it."""
    rows = NumberSeries.objects.filter(profile_id=profile_id, kind=InvoiceKind.INVOICE, in_gap_report=True)
    return rows.order_by("-is_default", "code")


def line_categories(profile_id: UUID) -> list[str]:
    """The categories on the latest lines of a profile, by name. The caller has scoped it."""
    drafted = DraftLine.objects.filter(draft__profile_id=profile_id).exclude(category="")
    billed = InvoiceLine.objects.filter(invoice__profile_id=profile_id).exclude(category="")
    found: set[str] = set()
    for lines in (drafted, billed):
        found |= set(lines.order_by("-id").values_list("category", flat=True)[:LATEST_LINES])
    return sorted(found, key=str.casefold)[:MOST_CATEGORIES]


def working_copy_of(actor: Actor, *, customer_id: UUID, draft_id: UUID | None) -> DraftWorkingCopy | None:
    """The actor's own unsaved changes of a draft, or of a new one for a customer. The caller has scoped both."""
    if actor.user_id is None:
        return None
    copies = DraftWorkingCopy.objects.filter(user_id=actor.user_id, customer_id=customer_id)
    return copies.filter(draft_id=draft_id).first() if draft_id else copies.filter(draft__isnull=True).first()


def new_drafts_in_work(actor: Actor, *, profile_id: UUID) -> QuerySet[DraftWorkingCopy]:
    """New drafts that the actor began in a profile and has not saved, the latest first."""
    if actor.user_id is None:
        return DraftWorkingCopy.objects.none()
    mine = DraftWorkingCopy.objects.filter(user_id=actor.user_id, profile_id=profile_id, draft__isnull=True)
    return mine.select_related("customer").order_by("-saved_at", "-id")
