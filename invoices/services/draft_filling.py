"""A draft from what was proposed: fields and lines, with the totals that the product computes. Nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing_assistant.core.money import ZERO
from customers.models import Customer
from customers.states import PaymentTerms
from invoices.models import DraftLine, InvoiceDraft
from invoices.services.compute import LineInput, Totals, compute
from invoices.services.draft_input import DraftInput, check_draft, references_known
from invoices.services.line_items import items_of
from invoices.services.promo_uses import draft_discount
from invoices.states import UNTAXED


@dataclass(frozen=True, slots=True)
class FillGround:
    """What many drafts need, read at once: the templates and series that are there, and the item of each line."""

    known: Collection[UUID]
    items: Mapping[LineInput, UUID | None]


def fill_ground(said: Sequence[DraftInput], profile_id: UUID) -> FillGround:
    """Reads it for all that is said, in three statements at most."""
    lines = list(dict.fromkeys(line for data in said for line in data.lines))
    return FillGround(references_known(said, profile_id), dict(zip(lines, items_of(profile_id, lines), strict=True)))


def draft_fill(
    draft: InvoiceDraft, data: DraftInput, *, now: datetime, ground: FillGround | None = None
) -> list[DraftLine]:
    """Sets the fields of a draft and gives its lines. Raises ValidationFailed with every reason by field.

    `ground` is what was read before for this and other drafts.
    """
    currency = data.currency or draft.customer.currency
    check_draft(data, currency, draft.profile_id, known=ground.known if ground else None)
    discount = draft_discount(
        own=data.discount, code=data.promo_code, lines=data.lines, currency=currency, customer=draft.customer, now=now
    )
    totals = compute(data.lines, currency=currency, prices_include_tax=data.prices_include_tax, discount=discount)
    draft.currency = currency
    draft.prices_include_tax = data.prices_include_tax
    draft.discount_kind, draft.discount_value = discount.kind, discount.value
    draft.payment_terms_days = _terms(data, draft.customer)
    draft.due_on = data.due_on
    draft.instalments = [[day.isoformat(), str(amount)] for day, amount in data.instalments]
    draft.reference, draft.notes, draft.terms = data.reference.strip(), data.notes.strip(), data.terms.strip()
    draft.project, draft.promo_code = data.project.strip(), data.promo_code.strip().upper()
    draft.early_discount_percent, draft.early_discount_days = data.early_discount_percent, data.early_discount_days
    draft.template_id, draft.series_id, draft.language = data.template_id, data.series_id, data.language
    draft.subtotal, draft.discount_total = totals.subtotal, totals.discount_total
    draft.tax_total, draft.total = totals.tax_total, totals.total
    draft.updated_at = now
    return _lines(draft, data.lines, totals, ground)


def _lines(
    draft: InvoiceDraft, lines: Sequence[LineInput], totals: Totals, ground: FillGround | None
) -> list[DraftLine]:
    items = [ground.items[line] for line in lines] if ground else items_of(draft.profile_id, lines)
    return [
        DraftLine(
            draft=draft,
            position=position,
            item_id=item_id,
            description=line.description.strip(),
            quantity=line.quantity,
            unit=line.unit.strip(),
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            tax_category=line.tax_category,
            tax_rate=ZERO if line.tax_category in UNTAXED else line.tax_rate,
            service_from=line.service_from,
            service_to=line.service_to,
            category=line.category.strip(),
            amount=total.amount,
            billable=[str(item_id) for item_id in line.billable or ()],
        )
        for position, (line, total, item_id) in enumerate(zip(lines, totals.lines, items, strict=True), start=1)
    ]


def _terms(data: DraftInput, customer: Customer) -> int:
    if data.payment_terms_days is not None:
        return data.payment_terms_days
    return PaymentTerms(customer.payment_terms).days
