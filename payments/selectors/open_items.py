"""What a customer owes and what credit is there to settle it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet

from billing_assistant.core.actors import Actor
from billing_assistant.core.rights import Right
from customers.models import Customer
from integrations.models import WebhookEvent, WebhookStatus
from invoices.models import Invoice
from invoices.states import InvoiceKind, InvoiceState
from payments.models import Payment
from payments.selectors.autopay import is_autopaying
from payments.selectors.chasing import annotated


@dataclass(frozen=True, slots=True)
class Credit:
    """A payment or a credit note with something left."""

    id: UUID
    number: str
    currency: str
    left: Decimal
    is_credit_note: bool


def open_invoices(customer: Customer, currency: str = "") -> QuerySet[Invoice]:
    """What a customer owes, the first due first. The caller has scoped the customer."""
    rows = Invoice.objects.filter(
        customer=customer, kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED, amount_due__gt=0
    )
    return (rows.filter(currency=currency) if currency else rows).order_by("next_due_on", "number")


def credits_of(customer: Customer, currency: str = "") -> list[Credit]:
    """Unapplied payments and credit notes of a customer, the oldest first. The caller has scoped the customer."""
    payments = Payment.objects.filter(customer=customer, unapplied__gt=0)
    notes = Invoice.objects.filter(customer=customer, kind=InvoiceKind.CREDIT_NOTE, total__gt=F("amount_credited"))
    if currency:
        payments, notes = payments.filter(currency=currency), notes.filter(currency=currency)
    found = [
        Credit(row.pk, row.number, row.currency, row.unapplied, is_credit_note=False) for row in payments.order_by("id")
    ]
    return found + [
        Credit(row.pk, row.number, row.currency, row.total - row.amount_credited, is_credit_note=True)
        for row in notes.order_by("id")
    ]


def is_being_paid(invoice_id: UUID) -> bool:
    """Whether reminders of an invoice wait: its money is disputed, a payment is on its way, or autopay still tries."""
    busy = Q(is_disputed=True) | Q(is_on_its_way=True)
    return annotated(Invoice.objects.filter(pk=invoice_id)).filter(busy).exists() or is_autopaying(invoice_id)


def parked_events(actor: Actor, profile_id: UUID) -> QuerySet[WebhookEvent]:
    """Events of gateways that wait for a person."""
    return events_shown(actor, profile_id).filter(status=WebhookStatus.PARKED)


def events_shown(actor: Actor, profile_id: UUID) -> QuerySet[WebhookEvent]:
    """Events of one business profile, newest first; administrators of all see those too that were matched to none."""
    unmatched = actor.profile_ids is None and Right.SETTINGS_EDIT in actor.rights
    wanted = Q(profile_id=profile_id) | Q(profile_id=None) if unmatched else Q(profile_id=profile_id)
    return events_for(actor).filter(wanted)


def events_for(actor: Actor) -> QuerySet[WebhookEvent]:
    """Events of gateways within the actor's profiles, newest first."""
    actor.require(Right.PAYMENTS_VIEW)
    rows = WebhookEvent.objects.order_by("-id")
    return rows if actor.profile_ids is None else rows.filter(profile_id__in=actor.profile_ids)
