"""Quotes keep up with what happens to their draft; their timestamps of delivery."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing_assistant.core.actors import Actor
from invoices.locks import draft_lock, draft_quotes_lock, quote_lock
from invoices.models import InvoiceDraft, Quote
from invoices.quote_states import QuoteState
from invoices.services.quotes import quote_event
from invoices.states import OPEN_DRAFTS, DraftStatus


def quotes_follow_draft(*, draft_id: UUID, actor: Actor, now: datetime) -> list[Quote]:
    """Brings the quotes of a draft to what the draft is now; returns those that moved. Running it twice is safe.

    Of an invoiced draft the accepted quotes are invoiced and the open ones superseded; an open quote is superseded
    too when the draft was saved again or discarded. What the client accepted stays accepted.
    """
    with transaction.atomic():
        draft = draft_lock(draft_id)
        return [quote for quote in draft_quotes_lock(draft) if _moved(quote, draft, actor, now)]


def _moved(quote: Quote, draft: InvoiceDraft, actor: Actor, now: datetime) -> bool:
    invoiced = draft.status == DraftStatus.CONVERTED
    stands = DraftStatus(draft.status) in OPEN_DRAFTS and draft.version == quote.draft_version
    if quote.state == QuoteState.ACCEPTED and invoiced:
        quote.state, quote.invoice_id = QuoteState.INVOICED, draft.invoice_id
    elif quote.state == QuoteState.OPEN and not stands:
        quote.state = QuoteState.SUPERSEDED
    else:
        return False
    quote.save(update_fields=["state", "invoice"])
    quote_event(f"quote.{quote.state}", quote, actor, now)
    return True


def quote_mark_sent(*, quote_id: UUID, actor: Actor, now: datetime) -> Quote:
    """Notes the first time that a provider accepted a message with this quote."""
    return _mark(quote_id, "sent_at", "quote.sent", actor, now)


def quote_mark_viewed(*, quote_id: UUID, actor: Actor, now: datetime) -> Quote:
    """Notes the first time that the client saw this quote (never staff, a bot or a mail scanner)."""
    return _mark(quote_id, "viewed_at", "quote.viewed", actor, now)


def _mark(quote_id: UUID, field: str, event: str, actor: Actor, now: datetime) -> Quote:
    with transaction.atomic():
        quote = quote_lock(quote_id)
        if getattr(quote, field) is None:
            setattr(quote, field, now)
            quote.save(update_fields=[field])
            quote_event(event, quote, actor, now)
    return quote
