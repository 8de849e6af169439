"""How a draft would look that nobody has saved yet."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.rights import Right
from customers.models import Customer
from invoices.models import InvoiceDraft
from invoices.pdf.build import draft_document_of
from invoices.pdf.render import render_html
from invoices.services.draft_filling import draft_fill
from invoices.services.draft_input import DraftInput


def draft_look(*, customer: Customer, data: DraftInput, draft: InvoiceDraft | None, actor: Actor, now: datetime) -> str:
    """The document as HTML for a page, marked as a draft; nothing is stored. Raises ValidationFailed."""
    actor.require(Right.INVOICES_DRAFT)
    actor.require_profile(customer.profile_id)
    number = draft.number if draft else _("New")
    shown = InvoiceDraft(customer=customer, profile=customer.profile, number=number, created_at=now)
    lines = draft_fill(shown, data, now=now)
    # Lines that were fetched already: the document reads them as it reads those of a stored draft.
    shown._prefetched_objects_cache = {"lines": lines}  # type: ignore[attr-defined]
    return render_html(draft_document_of(shown))
