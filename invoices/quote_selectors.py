"""Reads of quotes. Every one is scoped to the actor's business profiles first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from invoices.models import Quote
from invoices.quote_states import QuoteKind, QuoteStatus, quote_status_filter


@dataclass(frozen=True, slots=True)
class QuoteFilters:
    """What narrows a list of quotes."""

    search: str = ""
    status: QuoteStatus | None = None
    kind: QuoteKind | None = None
    customer_id: UUID | None = None


def quotes_for(actor: Actor) -> QuerySet[Quote]:
    """Quotes and proforma invoices that the actor may see, newest first, with customer, profile and draft."""
    actor.require(Right.INVOICES_VIEW)
    quotes = Quote.objects.select_related("customer", "profile", "draft", "invoice").order_by("-id")
    return quotes if actor.profile_ids is None else quotes.filter(profile_id__in=actor.profile_ids)


def quote_get(actor: Actor, reference: str | UUID) -> Quote:
    """One quote by id or number. Raises NotFound, also for one of another profile."""
    wanted = reference if isinstance(reference, UUID) else as_uuid(reference)
    lookup = Q(pk=wanted) if wanted is not None else Q(number__iexact=reference)
    quote = quotes_for(actor).filter(lookup).first()
    if quote is None:
        raise NotFound(_("There is no quote %(reference)s.") % {"reference": reference})
    return quote


def quotes_filtered(quotes: QuerySet[Quote], filters: QuoteFilters, today: date) -> QuerySet[Quote]:
    """The quotes that fit all filters; a status is the one of a local date."""
    if filters.search:
        quotes = quotes.filter(Q(number__icontains=filters.search) | Q(customer__name__icontains=filters.search))
    if filters.status:
        quotes = quotes.filter(quote_status_filter(filters.status, today))
    if filters.kind:
        quotes = quotes.filter(kind=filters.kind)
    if filters.customer_id:
        quotes = quotes.filter(customer_id=filters.customer_id)
    return quotes
