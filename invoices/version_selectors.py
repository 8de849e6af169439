"""Reads of a draft's versions. The caller has the draft, which is the actor's to see."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from billing_assistant.core.ids import as_uuid
from invoices.models import DraftVersion, InvoiceDraft

MOST_DIGITS: Final = 9


def versions_of(draft: InvoiceDraft) -> QuerySet[DraftVersion]:
    """The versions, newest first."""
    return DraftVersion.objects.filter(draft=draft).order_by("-version")


def version_get(draft: InvoiceDraft, reference: str | int | UUID) -> DraftVersion:
    """One version by its number or id. Raises NotFound."""
    text = str(reference)
    versions = versions_of(draft)
    if (by_id := as_uuid(text)) is not None:
        found = versions.filter(pk=by_id).first()
    else:
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
        found = versions.filter(version=number).first()
    if found is None:
        raise NotFound(_("There is no such version."))
    return found


def with_previous_version(drafts: QuerySet[InvoiceDraft]) -> QuerySet[InvoiceDraft]:
    """Adds `previous_version`: the id of the version before the present one, None for the first."""
    before = DraftVersion.objects.filter(draft=OuterRef("pk"), version=OuterRef("version") - 1)
    return drafts.annotate(previous_version=Subquery(before.values("pk")[:1]))
