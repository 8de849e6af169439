"""Row locks of the invoices app.

Order for all: items of a batch, plans, periods of plans, drafts, quotes, invoices by id, billable work by id, promo
codes, the lock date, the counter of a series. Who holds items of a batch does not lock the batch.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, IntegerField, Q
from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from billing_assistant.core.prepared import Given, Prepared, one_of
from invoices.batch_states import BatchItemState
from invoices.billable_states import BillableState
from invoices.models import (
    Attachment,
    BatchItem,
    BillableItem,
    CatalogueItem,
    Invoice,
    InvoiceBatch,
    InvoiceDraft,
    InvoiceTemplate,
    NumberSeries,
    Plan,
    PlanPeriod,
    PromoCode,
    Quote,
    SeriesCounter,
)
from invoices.plan_states import PlanStatus

_INVOICES: Final = Prepared(
    lambda: Invoice.objects.select_for_update(of=("self",)).filter(one_of("pk", "wanted")).order_by("pk")
)
_COUNTER: Final = Prepared(
    lambda: SeriesCounter.objects.select_for_update().filter(
        series_id=Given("series_id"), year=Given("year", IntegerField())
    )
)
_DRAFTS: Final = Prepared(
    lambda: InvoiceDraft.objects.select_for_update().filter(one_of("pk", "wanted")).order_by("pk")
)


def plans_due_claim(*, now: datetime, limit: int) -> list[Plan]:
    """Locks plans that are due, the longest due first, but those that another worker has."""
    return _plans_due(limit).rows(now=now)


@cache
def _plans_due(limit: int) -> Prepared[Plan]:
    return Prepared(
        lambda: (
            Plan.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(status=PlanStatus.ACTIVE, due_at__lte=Given("now", DateTimeField()))
            .order_by("due_at", "id")[:limit]
        )
    )


def periods_reviewed_claim(*, now: datetime, limit: int) -> list[PlanPeriod]:
    """Locks periods whose draft was to be looked through until now, but those that another worker has."""
    over = PlanPeriod.objects.select_for_update(of=("self",), skip_locked=True).filter(review_until__lte=now)
    return list(over.select_related("draft", "plan__customer").order_by("review_until", "id")[:limit])


def plans_lock(plan_ids: Iterable[UUID]) -> list[Plan]:
    """Locks plans in the order of their ids, with customer and profile at hand; what does not exist is left out."""
    wanted = set(plan_ids)
    rows = Plan.objects.select_for_update(of=("self",)).select_related("customer", "profile")
    return list(rows.filter(pk__in=wanted).order_by("pk"))


def plan_lock(plan_id: UUID) -> Plan:
    """Locks one plan. Raises NotFound."""
    found = plans_lock([plan_id])
    if not found:
        raise NotFound(_("There is no such plan."))
    return found[0]


def drafts_lock(draft_ids: Iterable[UUID]) -> list[InvoiceDraft]:
    """Locks drafts in the order of their ids. Raises NotFound when one is missing."""
    wanted = set(draft_ids)
    drafts = _DRAFTS.rows(wanted=list(wanted))
    if len(drafts) != len(wanted):
        raise NotFound(_("There is no such draft."))
    return drafts


def draft_lock(draft_id: UUID) -> InvoiceDraft:
    """Locks one draft. Raises NotFound."""
    return drafts_lock([draft_id])[0]


def invoices_lock(invoice_ids: Iterable[UUID]) -> list[Invoice]:
    """Locks invoices in the order of their ids. Raises NotFound when one is missing."""
    wanted = set(invoice_ids)
    invoices = _INVOICES.rows(wanted=list(wanted))
    if len(invoices) != len(wanted):
        raise NotFound(_("There is no such invoice."))
    return invoices


def invoice_lock(invoice_id: UUID) -> Invoice:
    """Locks one invoice. Raises NotFound."""
    return invoices_lock([invoice_id])[0]


def lock_date_share(profile_id: UUID) -> None:
    """Keeps the lock date of a profile where it is. Many hold this at once; who moves the date waits for them all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM core_businessprofile WHERE id = %s FOR SHARE", [profile_id])


def counter_lock(series: NumberSeries, year: int) -> SeriesCounter:
    """Locks the counter of a series and year, making it when it is the first. Taken last."""
    if (counter := _COUNTER.row(series_id=series.pk, year=year)) is not None:
        return counter
    SeriesCounter.objects.bulk_create([SeriesCounter(series=series, year=year)], ignore_conflicts=True)
    return SeriesCounter.objects.select_for_update().get(series=series, year=year)


def catalogue_item_lock(item_id: UUID) -> CatalogueItem:
    """Locks one item of the catalogue. Raises NotFound."""
    item = CatalogueItem.objects.select_for_update().filter(pk=item_id).first()
    if item is None:
        raise NotFound(_("There is no such item in the catalogue."))
    return item


def templates_lock(profile_id: UUID) -> list[InvoiceTemplate]:
    """Locks the templates of a profile, so that one of them is the default at any time."""
    rows = InvoiceTemplate.objects.select_for_update(of=("self",), no_key=True).select_related("profile")
    return list(rows.filter(profile_id=profile_id).order_by("pk"))


def template_lock(template_id: UUID) -> InvoiceTemplate:
    """One template, locked with the others of its profile. Raises NotFound."""
    known = InvoiceTemplate.objects.filter(pk=template_id).values_list("profile_id", flat=True).first()
    if known is None:
        raise NotFound(_("There is no such template."))
    return next(template for template in templates_lock(known) if template.pk == template_id)


def promo_lock(promo_id: UUID) -> PromoCode:
    """Locks one promo code. Raises NotFound."""
    promo = PromoCode.objects.select_for_update().filter(pk=promo_id).first()
    if promo is None:
        raise NotFound(_("There is no such promo code."))
    return promo


def promos_lock(named: Iterable[tuple[UUID, str]]) -> list[PromoCode]:
    """Locks promo codes, named by profile and code, in the order of their ids; those that do not exist are left out."""
    wanted = Q()
    for profile_id, code in set(named):
        wanted |= Q(profile_id=profile_id, code=code)
    if not wanted:
        return []
    return list(PromoCode.objects.select_for_update().filter(wanted).order_by("pk"))


def quote_lock(quote_id: UUID) -> Quote:
    """Locks the draft of a quote and the quote, which has the draft at hand. Raises NotFound."""
    draft_id = Quote.objects.filter(pk=quote_id).values_list("draft_id", flat=True).first()
    if draft_id is None:
        raise NotFound(_("There is no such quote."))
    draft = draft_lock(draft_id)
    quote = next(quote for quote in draft_quotes_lock(draft) if quote.pk == quote_id)
    quote.draft = draft
    return quote


def draft_quotes_lock(draft: InvoiceDraft) -> list[Quote]:
    """Locks the quotes of a draft that the caller has locked, oldest first."""
    return list(Quote.objects.select_for_update(of=("self",)).filter(draft=draft).order_by("pk"))


def attachment_lock(attachment_id: UUID) -> Attachment:
    """Locks one file beside a document. Raises NotFound."""
    rows = Attachment.objects.select_for_update(of=("self",)).select_related("draft__invoice", "invoice")
    found = rows.filter(pk=attachment_id).first()
    if found is None:
        raise NotFound(_("There is no such file."))
    return found


def billable_lock(item_ids: Iterable[UUID]) -> list[BillableItem]:
    """Locks billable work in the order of its ids; what does not exist is left out."""
    wanted = set(item_ids)
    if not wanted:
        return []
    return list(BillableItem.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))


def billable_open_lock(customer_id: UUID, item_ids: Iterable[UUID] | None = None) -> list[BillableItem]:
    """Locks the open work of a customer, all or of some ids, in the order of ids. What another call takes meanwhile
    is waited for and then left out."""
    wanted = Q(customer_id=customer_id, state=BillableState.OPEN)
    if item_ids is not None:
        wanted &= Q(pk__in=list(item_ids))
    return list(BillableItem.objects.select_for_update(of=("self",)).filter(wanted).order_by("pk"))


def billable_of_draft_lock(draft: InvoiceDraft, item_ids: Iterable[UUID]) -> list[BillableItem]:
    """Locks the work that is on a draft, and that of its profile with some ids, in the order of ids."""
    own = Q(draft_id=draft.pk) | Q(pk__in=list(item_ids), profile_id=draft.profile_id)
    return list(BillableItem.objects.select_for_update(of=("self",)).filter(own).order_by("pk"))


def batch_lock(batch_id: UUID) -> InvoiceBatch:
    """Locks a batch, not its items. Raises NotFound."""
    rows = InvoiceBatch.objects.select_related("profile").select_for_update(of=("self",), no_key=True)
    batch = rows.filter(pk=batch_id).first()
    if batch is None:
        raise NotFound(_("There is no such batch."))
    return batch


def batch_items_claim(batch_id: UUID, state: BatchItemState, size: int) -> list[BatchItem]:
    """Locks the next items of a batch in a state, in their order; those that another worker holds are passed over."""
    rows = BatchItem.objects.filter(batch_id=batch_id, state=state).order_by("position")
    return list(rows.select_for_update(skip_locked=True, of=("self",))[:size])
