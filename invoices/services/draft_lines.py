"""The lines of drafts, read together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from billing_assistant.core.prepared import Prepared, one_of
from billing_assistant.core.related import children_known
from invoices.models import DraftLine, InvoiceDraft

_LINES: Final = Prepared(
    lambda: DraftLine.objects.filter(one_of("draft_id", "drafts")).order_by("draft_id", "position")
)


def lines_known(drafts: Sequence[InvoiceDraft]) -> None:
    """Has `draft.lines.all()` of each give its lines as they are stored, by position, read for all in one query."""
    found = _LINES.rows(drafts=[draft.pk for draft in drafts])
    by_draft = {draft_id: list(lines) for draft_id, lines in groupby(found, attrgetter("draft_id"))}
    for draft in drafts:
        children_known(draft, "lines", by_draft.get(draft.pk, []))
