"""From a request in plain words to a draft of the books. The figures are computed; a person reviews."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext

from ai_agent.drafting.chain import draft_invoice
from ai_agent.drafting.notes import sentence
from ai_agent.drafting.types import (
    DraftingCustomer,
    DraftingRequest,
    DraftItem,
    DraftResult,
    Note,
    Offer,
    PastInvoice,
    PastLine,
)
from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.db import require_no_transaction
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from customers.models import Customer
from customers.selectors import customer_get
from invoices.models import Invoice, InvoiceDraft, InvoiceTemplate
from invoices.selectors import catalogue_filtered, catalogue_for, prices_of
from invoices.services.compute import LineInput
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_create
from invoices.states import DiscountKind, DraftSource, InvoiceKind, InvoiceState, TaxCategory
from invoices.template_selectors import STANDARD_WORD, template_named

HISTORY: Final = 12
MOST_OFFERS: Final = 500


@dataclass(frozen=True, slots=True)
class Generated:
    """A stored draft, and what the drafting said of it."""

    draft: InvoiceDraft
    result: DraftResult
    suggestions: tuple[str, ...]


def draft_generate(
    *,
    customer_id: UUID,
    prompt: str,
    use_history: bool,
    add_tax: bool,
    actor: Actor,
    now: datetime,
    template: str = "",
    source_key: str = "",
) -> Generated:
    """Drafts an invoice from words. May call a model, so it runs outside any transaction.

    `add_tax` False drafts without tax unless the words ask for it. With a `source_key` the same call again finds its
    draft. `template` is the number or name of the template to use, or "standard"; its words go to the model, its tax
    rate is that of the lines. Raises PromptEmpty, PromptTooLong, NotFound, PermissionRefused, and ValidationFailed for
    a template that is not in use; a model that fails raises nothing.
    """
    actor.require(Right.INVOICES_DRAFT)
    customer = customer_get(actor, customer_id)
    require_no_transaction()
    chosen = _template(customer, template)
    request = DraftingRequest(
        prompt=prompt,
        customer=_customer(customer, chosen, add_tax=add_tax),
        today=local_today(customer.profile, now),
        history=_history(customer) if use_history else (),
        guidance=chosen.ai_prompt if chosen else "",
        offers=_offers(customer, actor),
    )
    result = draft_invoice(request)
    suggestions = tuple(note_text(note) for note in result.suggestions)
    draft = draft_create(
        customer_id=customer.pk,
        data=replace(draft_input_of(result), template_id=chosen.pk if template and chosen else None),
        actor=actor,
        now=now,
        generated_by=DraftSource.AI,
        ai_model=result.model_label,
        generation_prompt=prompt,
        generation=_record(result, prompt, suggestions),
        source_key=source_key,
    )
    return Generated(draft, result, suggestions)


def note_text(note: Note) -> str:
    """The sentence of a note in the present language."""
    message, values = sentence(note)
    return gettext(message) % values if values else gettext(message)


def draft_input_of(result: DraftResult) -> DraftInput:
    """The result as a draft. With an unknown count or price the line has no rate, so it cannot be issued as it is."""
    category = TaxCategory.STANDARD if result.tax_rate else TaxCategory.EXEMPT
    discount = result.discount or ZERO
    return DraftInput(
        lines=tuple(_line(item, category, result) for item in result.items),
        currency=result.currency if result.currency in CURRENCIES else "",
        prices_include_tax=result.prices_include_tax,
        discount_kind=DiscountKind.AMOUNT if discount else DiscountKind.NONE,
        discount_value=discount,
        due_on=result.due_date,
    )


def _line(item: DraftItem, category: TaxCategory, result: DraftResult) -> LineInput:
    known = item.quantity is not None and item.rate is not None
    return LineInput(
        description=item.description[:500] or gettext("Item"),
        quantity=item.quantity or Decimal(1),
        unit=_unit(item),
        unit_price=(item.listed_rate if result.prices_include_tax else item.rate) if known else None,
        tax_category=category,
        tax_rate=result.tax_rate,
    )


def _unit(item: DraftItem) -> str:
    """The unit as people write it: 3 months, 1 month; a bare count has none."""
    if item.unit in {"", "unit"}:
        return ""
    return item.unit if item.quantity == 1 or item.unit == "km" else f"{item.unit}s"


def _template(customer: Customer, reference: str) -> InvoiceTemplate | None:
    """The template of a number or name; without one, the one that the draft will be printed with."""
    found = template_named(customer.profile_id, reference or STANDARD_WORD)
    if found is None and reference and reference.casefold() != STANDARD_WORD:
        raise ValidationFailed({"template": [gettext("There is no such template in use.")]})
    return found


def _customer(customer: Customer, template: InvoiceTemplate | None, *, add_tax: bool) -> DraftingCustomer:
    own_rate = template.tax_rate if template else None
    return DraftingCustomer(
        customer_id=customer.number,
        name=customer.name,
        business_type=customer.business_type,
        payment_terms=customer.payment_terms,
        currency=customer.currency,
        include_tax=customer.include_tax and add_tax,
        tax_rate=customer.profile.default_tax_rate if own_rate is None else own_rate,
    )


def _offers(customer: Customer, actor: Actor) -> tuple[Offer, ...]:
    """What the catalogue offers, with a price for each currency."""
    items = catalogue_filtered(catalogue_for(actor, profile_id=customer.profile_id), offered=True)[:MOST_OFFERS]
    return tuple(
        Offer(item.name, item.unit, price, currency) for item in items for currency, price in prices_of(item).items()
    )


def _history(customer: Customer) -> tuple[PastInvoice, ...]:
    invoices = (
        Invoice.objects.filter(customer=customer, kind=InvoiceKind.INVOICE)
        .exclude(state=InvoiceState.VOID)
        .order_by("-issued_on", "-id")
        .prefetch_related("lines")[:HISTORY]
    )
    return tuple(
        PastInvoice(
            issued_on=invoice.issued_on,
            number=invoice.number,
            currency=invoice.currency,
            lines=tuple(
                PastLine(line.description, line.quantity, line.unit, line.unit_price) for line in invoice.lines.all()
            ),
        )
        for invoice in invoices
    )


def _record(result: DraftResult, prompt: str, suggestions: tuple[str, ...]) -> dict[str, Any]:
    """What is kept beside the draft: who answered, how sure, what to look at, where each figure came from."""
    return {
        "model": result.model_label,
        "fallback_reason": result.fallback_reason,
        "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
        "confidence": str(result.confidence),
        "needs_input": sorted(result.needs_input),
        "flags": sorted(result.flags),
        "suggestions": list(suggestions),
        "sources": [
            {name: {"origin": source.origin, "words": source.words} for name, source in item.provenance.items()}
            for item in result.items
        ],
    }
