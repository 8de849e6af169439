"""What clients are told when a provider could not charge a plan of theirs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing_assistant.core.actors import Actor
from billing_assistant.core.rights import Right
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.models import PlanCollection
from payments.states import CollectionState
from reminders.models import Message
from reminders.services.queueing import About, message_queue
from reminders.services.recipients import default_recipients, known_addresses
from reminders.states import MessageKind
from reminders.texts.collections import collection_content


def collection_failure_send(*, collection_id: UUID, key: str, actor: Actor, now: datetime) -> Message | None:
    """Queues what a client is told when a charge of their plan failed, once for a key.

    None when there is nobody to send it to, or it works again. Raises PermissionRefused.
    """
    actor.require(Right.MESSAGES_SEND)
    with transaction.atomic():
        rows = PlanCollection.objects.select_related("customer__profile", "plan")
        collection = rows.filter(pk=collection_id, status=CollectionState.ON_HOLD).first()
        if collection is None:
            return None
        customer = collection.customer
        if customer.is_placeholder or not known_addresses(customer):
            return None
        invoice = _invoice_of(collection)
        return message_queue(
            key=f"collection:{key}",
            kind=MessageKind.AUTOPAY,
            about=About(collection.profile_id, customer.pk, invoice.pk if invoice else None),
            company=customer.profile.name,
            reply_to=customer.profile.email,
            recipients=default_recipients(customer),
            content=collection_content(collection, invoice),
            actor=actor,
            now=now,
        )


def _invoice_of(collection: PlanCollection) -> Invoice | None:
    """The latest invoice of the plan with something due: its link leads to the page for mending."""
    owing = Invoice.objects.filter(
        plan_periods__plan=collection.plan, kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED, amount_due__gt=0
    )
    return owing.order_by("-issued_on", "-id").first()
