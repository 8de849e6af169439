"""A draft is offered to the client, as a quote or as a proforma invoice: a number and a frozen copy, no posting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.services.numbers import human_number_take
from billing_assistant.core.states import TransitionRefused
from customers.models import Customer
from customers.services.portal import portal_links_write
from customers.states import CustomerStatus
from invoices.errors import CustomerSuspended, DraftIncomplete, DraftNotEditable
from invoices.locks import draft_lock, draft_quotes_lock
from invoices.models import InvoiceDraft, Quote
from invoices.quote_states import QuoteKind, QuoteState
from invoices.services.compute import Discount, Totals, compute
from invoices.services.draft_snapshots import draft_snapshot, line_input
from invoices.services.snapshots import buyer_snapshot, seller_snapshot
from invoices.services.template_choice import language_of, template_chosen, terms_of
from invoices.states import EDITABLE_DRAFTS, DiscountKind, DraftStatus

VALID_DAYS: Final = 30
MOST_VALID_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class QuoteTerms:
    """How a draft is offered. `valid_until` is the last local day, None for 30 days from today.

    With `invoice_on_acceptance` the invoice is issued and sent when the client accepts.
    """

    kind: QuoteKind = QuoteKind.QUOTE
    valid_until: date | None = None
    invoice_on_acceptance: bool = False


def quote_offer(*, draft_id: UUID, terms: QuoteTerms, actor: Actor, now: datetime) -> Quote:
    """Freezes the present version of a draft as a numbered offer. Nothing is sent.

    An open offer of the same kind over the same draft is superseded by it. Raises PermissionRefused, NotFound,
    DraftNotEditable, DraftIncomplete, CustomerSuspended, ValidationFailed (the day), and TransitionRefused when the
    offer was accepted already.
    """
    actor.require(Right.INVOICES_DRAFT)
    if terms.invoice_on_acceptance:
        actor.require(Right.INVOICES_ISSUE)
        actor.require(Right.INVOICES_SEND)
    with transaction.atomic():
        draft = draft_lock(draft_id)
        if not actor.can_see(draft.profile_id):
            raise NotFound(_("There is no such draft."))
        customer = Customer.objects.select_related("profile").get(pk=draft.customer_id)
        totals = _offerable(draft, customer)
        today = local_today(customer.profile, now)
        valid_until = _valid_until(terms, today)
        for earlier in draft_quotes_lock(draft):
            _make_way(earlier, terms.kind, actor, now)
        quote = _quote(draft, customer, totals, terms, actor)
        quote.created_at, quote.offered_on, quote.valid_until = now, today, valid_until
        (quote.portal_link_id,) = portal_links_write(
            owners=[(customer.pk, quote.pk)], days=customer.profile.portal_link_days, now=now
        )
        quote.save(force_insert=True)
        quote_event("quote.offered", quote, actor, now, draft=draft.number)
    return quote


def quote_event(name: str, quote: Quote, actor: Actor, now: datetime, **data: str) -> None:
    """Records what happened to a quote, for the timeline of the customer too."""
    events.record(
        name=name,
        subject=quote,
        actor=actor,
        now=now,
        profile_id=quote.profile_id,
        customer_id=quote.customer_id,
        label=quote.number,
        data={"total": str(quote.total), "currency": quote.currency, **data},
    )


def _offerable(draft: InvoiceDraft, customer: Customer) -> Totals:
    status = DraftStatus(draft.status)
    if status not in EDITABLE_DRAFTS:
        words = {"number": draft.number, "state": status.label}
        raise DraftNotEditable(_("%(number)s is %(state)s and cannot be offered.") % words)
    if customer.status == CustomerStatus.SUSPENDED:
        raise CustomerSuspended(customer.name)
    totals = compute(
        [line_input(line) for line in draft.lines.all()],
        currency=draft.currency,
        prices_include_tax=draft.prices_include_tax,
        discount=Discount(DiscountKind(draft.discount_kind), draft.discount_value),
    )
    if not totals.is_complete:
        raise DraftIncomplete(_("%(number)s has a line without a rate, or none.") % {"number": draft.number})
    return totals


def _valid_until(terms: QuoteTerms, today: date) -> date:
    valid_until = terms.valid_until or today + timedelta(days=VALID_DAYS)
    if not today <= valid_until <= today + timedelta(days=MOST_VALID_DAYS):
        raise ValidationFailed({"valid_until": [_("Choose a day from today to a year ahead.")]})
    return valid_until


def _make_way(earlier: Quote, kind: QuoteKind, actor: Actor, now: datetime) -> None:
    if earlier.kind != kind or earlier.state not in {QuoteState.OPEN, QuoteState.ACCEPTED}:
        return
    if earlier.state == QuoteState.ACCEPTED:
        raise TransitionRefused(earlier.number, QuoteState.ACCEPTED, QuoteState.SUPERSEDED)
    earlier.state = QuoteState.SUPERSEDED
    earlier.save(update_fields=["state"])
    quote_event("quote.superseded", earlier, actor, now, by="offer")


def _quote(draft: InvoiceDraft, customer: Customer, totals: Totals, terms: QuoteTerms, actor: Actor) -> Quote:
    draft.customer = customer
    draft.profile = profile = customer.profile
    template = template_chosen(draft)
    return Quote(
        profile=profile,
        customer=customer,
        draft=draft,
        draft_version=draft.version,
        kind=terms.kind,
        number=_number(profile, terms.kind),
        invoice_on_acceptance=terms.invoice_on_acceptance,
        offered_by_label=actor.label[:150],
        currency=draft.currency,
        prices_include_tax=draft.prices_include_tax,
        subtotal=totals.subtotal,
        discount_total=totals.discount_total,
        tax_total=totals.tax_total,
        total=totals.total,
        snapshot=draft_snapshot(draft),
        taxes=_taxes(totals),
        seller=seller_snapshot(profile),
        buyer=buyer_snapshot(customer),
        template=template,
        language=language_of(draft),
        terms=terms_of(draft, template),
    )


def _number(profile: BusinessProfile, kind: QuoteKind) -> str:
    pattern = profile.proforma_number_format if kind == QuoteKind.PROFORMA else profile.quote_number_format
    return human_number_take(profile_id=profile.pk, kind=kind.value, pattern=pattern)[0]


def _taxes(totals: Totals) -> list[dict[str, Any]]:
    return [
        {"category": tax.category.value, "rate": str(tax.rate), "base": str(tax.base), "tax": str(tax.tax)}
        for tax in totals.taxes
    ]
