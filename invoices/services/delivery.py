"""Timestamps of delivery: accepted by the mail provider, seen by the client."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from invoices.locks import invoice_lock
from invoices.models import Invoice


def invoice_mark_sent(*, invoice_id: UUID, actor: Actor, now: datetime) -> Invoice:
    """Notes the first time that a provider accepted a message with this document."""
    return _mark(invoice_id, "sent_at", "invoice.sent", actor, now)


def invoice_mark_viewed(*, invoice_id: UUID, actor: Actor, now: datetime) -> Invoice:
    """Notes the first time that the client saw this document (never staff, a bot or a mail scanner)."""
    return _mark(invoice_id, "viewed_at", "invoice.viewed", actor, now)


def _mark(invoice_id: UUID, field: str, event: str, actor: Actor, now: datetime) -> Invoice:
    with transaction.atomic():
        invoice = invoice_lock(invoice_id)
        if getattr(invoice, field) is None:
            setattr(invoice, field, now)
            invoice.save(update_fields=[field])
            events.record(
                name=event,
                subject=invoice,
                actor=actor,
                now=now,
                profile_id=invoice.profile_id,
                customer_id=invoice.customer_id,
                label=invoice.number,
            )
    return invoice
