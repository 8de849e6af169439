"""Reads of messages. Every one is scoped to the actor's business profiles first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Right
from customers.models import Customer
from invoices.models import Invoice
from reminders.models import Message
from reminders.states import NEEDS_A_PERSON, WAITING, MessageKind, MessageStatus

LISTED: Final = (
    "number",
    "subject",
    "recipients",
    "kind",
    "status",
    "last_error",
    "attempts",
    "sent_at",
    "scheduled_for",
    "created_at",
    "customer__name",
)


class MessageView(StrEnum):
    """The tabs of the log."""

    ALL = "all"
    ATTENTION = "attention"
    WAITING = "waiting"
    SENT = "sent"


VIEW_STATES: Final = {
    MessageView.ATTENTION: NEEDS_A_PERSON,
    MessageView.WAITING: WAITING,
    MessageView.SENT: frozenset({MessageStatus.SENT}),
}


@dataclass(frozen=True, slots=True)
class MessageFilters:
    """What the log is narrowed to; an empty field does not narrow."""

    search: str = ""
    kind: MessageKind | None = None
    status: MessageStatus | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EmailDelivery:
    """What is known of an invoice's e-mails. None: no provider has told."""

    sent: bool
    sent_at: datetime | None
    last_status: MessageStatus | None = None
    delivered: bool | None = None
    opened: bool | None = None
    opened_at: datetime | None = None
    clicks: int = 0


def messages_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[Message]:
    """Messages that the actor may see, newest first, with customer and document."""
    actor.require(Right.MESSAGES_VIEW)
    messages = Message.objects.select_related("customer", "invoice").order_by("-id")
    if actor.profile_ids is not None:
        messages = messages.filter(profile_id__in=actor.profile_ids)
    return messages if profile_id is None else messages.filter(profile_id=profile_id)


def messages_listed(messages: QuerySet[Message]) -> QuerySet[Message]:
    """The messages with no more than the lines of the log show; what a line does not show costs a query a line."""
    return messages.select_related(None).select_related("customer").only(*LISTED)


def message_get(actor: Actor, message_id: UUID) -> Message:
    """One message with all around it. Raises NotFound."""
    related = messages_for(actor).select_related("profile", "customer", "invoice", "payment", "quote", "resend_of")
    message = related.filter(pk=message_id).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    return message


def messages_filtered(messages: QuerySet[Message], filters: MessageFilters) -> QuerySet[Message]:
    """Narrows messages. The search finds parts of subject and recipients, and whole numbers."""
    exact = {"kind": filters.kind, "status": filters.status, "customer_id": filters.customer_id}
    messages = messages.filter(**{name: value for name, value in exact.items() if value is not None})
    text = " ".join(filters.search.replace("\x00", "").split())
    if text:
        found = Q(subject__icontains=text) | Q(number__iexact=text) | Q(customer__name__icontains=text)
        messages = messages.filter(found | Q(recipients__icontains=text))
    return messages


def messages_in_view(messages: QuerySet[Message], view: MessageView) -> QuerySet[Message]:
    """The messages of a tab."""
    states = VIEW_STATES.get(view)
    return messages if states is None else messages.filter(status__in=sorted(states))


def view_counts(actor: Actor, profile_id: UUID) -> dict[MessageView, int]:
    """How many messages want a person and how many wait: counted in one query, over the small indexes."""
    live = messages_for(actor, profile_id=profile_id).filter(status__in=sorted(WAITING | NEEDS_A_PERSON))
    counts = live.order_by().aggregate(
        waiting=Count("pk", filter=Q(status__in=sorted(WAITING))),
        attention=Count("pk", filter=Q(status__in=sorted(NEEDS_A_PERSON))),
    )
    return {MessageView.ATTENTION: counts["attention"], MessageView.WAITING: counts["waiting"]}


def message_story(message: Message) -> list[Event]:
    """What happened to a message, newest first. The caller has checked that the actor may see it."""
    return list(Event.objects.filter(subject_id=message.pk).order_by("-id")[:100])


def messages_of_customer(actor: Actor, customer: Customer) -> QuerySet[Message]:
    """The messages of a customer, newest first."""
    return messages_for(actor).filter(customer=customer)


def messages_of_invoice(actor: Actor, invoice: Invoice) -> QuerySet[Message]:
    """The messages with a document, newest first."""
    kinds = [MessageKind.INVOICE_SENT, MessageKind.CREDIT_NOTE_SENT]
    return messages_for(actor).filter(invoice=invoice, kind__in=kinds)


def scheduled_of_invoice(actor: Actor, invoice: Invoice) -> list[Message]:
    """The messages with a document that rest until their time, the next one first."""
    waiting = messages_of_invoice(actor, invoice).filter(status=MessageStatus.PENDING, scheduled_for__isnull=False)
    return [message for message in waiting.order_by("scheduled_for", "id") if message.scheduled]


def email_delivery(actor: Actor, invoice: Invoice) -> EmailDelivery:
    """How far the e-mails with a document came."""
    messages = messages_of_invoice(actor, invoice)
    accepted = messages.filter(status=MessageStatus.SENT).order_by("sent_at").first()
    newest = messages.first()
    return EmailDelivery(
        sent=accepted is not None,
        sent_at=accepted.sent_at if accepted else None,
        last_status=MessageStatus(newest.status) if newest else None,
    )


def message_reload(message_id: UUID) -> Message:
    """The message as it stands now."""
    return Message.objects.get(pk=message_id)
