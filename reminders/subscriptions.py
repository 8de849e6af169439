"""What messages does when something happened."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from billing_assistant.core import queue
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import now as clock_now
from billing_assistant.core.events import EventInput, subscribe
from billing_assistant.core.models import Event
from billing_assistant.core.services.notices import notice_to_role
from integrations.ports.attempts import Decline
from invoices.models import Invoice
from invoices.services.delivery import invoice_mark_sent
from invoices.services.quote_standing import quote_mark_sent
from payments.services.credits_first import credits_use
from reminders.errors import NoRecipient, NothingToSend
from reminders.models import Message
from reminders.services.batches import batch_letters_send, first_key
from reminders.services.collection_letters import collection_failure_send
from reminders.services.documents import invoice_send
from reminders.services.letters import autopay_failure_send, receipt_send
from reminders.services.quotes import quote_invoice
from reminders.services.recording import DOCUMENTS
from reminders.services.scheduling import scheduled_cancel
from reminders.states import MessageKind

AUTOMATIC = Actor.system("Automatic sending")
log = structlog.get_logger(__name__)


def _sends_itself(entry: EventInput) -> bool:
    return bool(entry.data.get("auto_send", True))


@subscribe("invoice.issued", name="reminders.send_by_itself", queue=queue.MAIL, concerns=_sends_itself)
def send_by_itself(event: Event) -> None:
    """Sends an issued invoice to a customer who wants that, or whose plan says so; unless it was sent already."""
    invoice = Invoice.objects.select_related("customer").get(pk=event.subject_id)
    if not (invoice.customer.auto_send_invoices or event.data.get("plan_sends")):
        return
    if Message.objects.filter(invoice=invoice, kind=MessageKind.INVOICE_SENT).exists():
        return
    if event.data.get("credits_first"):
        credits_use(invoice_id=invoice.pk, actor=AUTOMATIC, now=clock_now())  # what is asked for is what is left
    try:
        invoice_send(invoice_id=invoice.pk, actor=AUTOMATIC, now=clock_now(), key=first_key(invoice.pk))
    except NothingToSend as error:
        log.info("auto_send.skipped", invoice=invoice.number, reason=error.message)
    except NoRecipient as error:
        words = {"number": invoice.number, "why": error.message}
        notice_to_role(
            roles=("admin", "finance"),
            key=f"auto-send-{invoice.pk}",
            tone="warning",
            text=lambda: _("%(number)s was not sent by itself: %(why)s") % words,
            url=f"/invoices/{invoice.pk}/",
            profile_id=invoice.profile_id,
        )


@subscribe("invoice.voided", "invoice.paid", name="reminders.cancel_scheduled")
def cancel_scheduled(event: Event) -> None:
    """What was to be sent later about an invoice is not sent when the invoice is void or paid meanwhile."""
    why = _("%(number)s was voided.") if event.name == "invoice.voided" else _("%(number)s was paid.")
    scheduled_cancel(
        invoice_id=event.subject_id,
        reason=why % {"number": event.subject_label},
        before=event.created_at,
        actor=AUTOMATIC,
        now=clock_now(),
    )


@subscribe("payment.recorded", name="reminders.send_receipt", queue=queue.MAIL)
def send_receipt(event: Event) -> None:
    """Sends the receipt of a payment that has arrived. Imported history gets none."""
    if not event.data.get("imported"):
        receipt_send(payment_id=event.subject_id, actor=AUTOMATIC, now=clock_now())


def _tells_client(entry: EventInput) -> bool:
    return bool(entry.data.get("tells_client"))


@subscribe("autopay.failed", name="reminders.tell_autopay_failed", queue=queue.MAIL, concerns=_tells_client)
def tell_autopay_failed(event: Event) -> None:
    """Tells the client that an invoice could not be charged by itself, with the link to mend the method."""
    again_on = event.data["again_on"]
    autopay_failure_send(
        checkout_id=event.subject_id,
        decline=Decline(event.data["decline"]),
        again_on=date.fromisoformat(again_on) if again_on else None,
        actor=AUTOMATIC,
        now=clock_now(),
    )


@subscribe("collection.on_hold", name="reminders.tell_collection_failed", queue=queue.MAIL)
def tell_collection_failed(event: Event) -> None:
    """Tells the client that a provider could not charge a plan, with the link to mend the method."""
    collection_id = UUID(event.data["collection_id"])
    collection_failure_send(collection_id=collection_id, key=str(event.pk), actor=AUTOMATIC, now=clock_now())


@subscribe("message.sent", "message.confirmed", name="reminders.mark_document_sent")
def mark_document_sent(event: Event) -> None:
    """Notes on the document that it was sent, where the record of the message could not."""
    message = Message.objects.get(pk=event.subject_id)
    if message.sent_at is None:
        return
    if message.quote_id is not None:
        quote_mark_sent(quote_id=message.quote_id, actor=AUTOMATIC, now=message.sent_at)
    elif message.invoice_id is not None and message.kind in DOCUMENTS:
        invoice_mark_sent(invoice_id=message.invoice_id, actor=AUTOMATIC, now=message.sent_at)


@subscribe("quote.accepted", name="reminders.invoice_accepted_quote", queue=queue.MAIL)
def invoice_accepted_quote(event: Event) -> None:
    """Issues and sends the invoice of a quote that says so, once."""
    quote_invoice(quote_id=event.subject_id, actor=AUTOMATIC, now=clock_now())


@subscribe("batch.letters_due", name="reminders.send_batch", queue=queue.MAIL)
def send_batch(event: Event) -> None:
    """Sends what a batch has issued, or was asked to send."""
    batch_letters_send(batch_id=event.subject_id)
