"""What invoices does when something happened."""

from __future__ import annotations

from uuid import UUID

from billing_assistant.core import queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.events import EventInput, subscribe
from billing_assistant.core.models import Event
from invoices.models import InvoiceDraft
from invoices.services.batch_notices import batch_tell
from invoices.services.documents import invoice_pdf
from invoices.services.quote_notices import quote_tell
from invoices.services.quote_standing import quotes_follow_draft


@subscribe("invoice.issued", "credit_note.issued", name="invoices.render_pdf", queue=queue.PDF)
def render_pdf(event: Event) -> None:
    """Renders the PDF of an issued document, once."""
    invoice_pdf(invoice_id=event.subject_id)


def _of_a_draft(entry: EventInput) -> bool:
    """Invoices of plans were never a draft that somebody could have offered."""
    return entry.name != "invoice.issued" or "plan" not in entry.data


@subscribe(
    "draft.updated", "draft.discarded", "invoice.issued", name="invoices.quotes_follow_draft", concerns=_of_a_draft
)
def follow_draft(event: Event) -> None:
    """What was offered and is no longer so cannot be accepted; what was accepted is invoiced with its draft."""
    for draft_id in _drafts_of(event):
        quotes_follow_draft(draft_id=draft_id, actor=Actor.system("Quotes"), now=clock_now())


@subscribe("quote.accepted", "quote.declined", "quote.renewal_asked", name="invoices.tell_of_quote")
def tell_of_quote(event: Event) -> None:
    """Tells staff what the client decided."""
    quote_tell(quote_id=event.subject_id, what=event.name)


@subscribe("batch.finished", "batch.failed", name="invoices.tell_of_batch")
def tell_of_batch(event: Event) -> None:
    """Tells whoever started a batch how it ended."""
    batch_tell(batch_id=event.subject_id)


def _drafts_of(event: Event) -> list[UUID]:
    if event.name.startswith("draft."):
        return [event.subject_id]
    return list(InvoiceDraft.objects.filter(invoice_id=event.subject_id).values_list("pk", flat=True))
