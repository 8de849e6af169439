"""What invoices does when something happened."""

from __future__ import annotations

from billing_assistant.core import queue
from billing_assistant.core.events import subscribe
from billing_assistant.core.models import Event
from invoices.services.documents import invoice_pdf


@subscribe("invoice.issued", "credit_note.issued", name="invoices.render_pdf", queue=queue.PDF)
def render_pdf(event: Event) -> None:
    """Renders the PDF of an issued document, once."""
    invoice_pdf(invoice_id=event.subject_id)
