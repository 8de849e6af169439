"""Reads of drafts and invoices. Every one is scoped to the actor's business profiles first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.prepared import Given, Prepared
from billing_assistant.core.rights import Right
from billing_assistant.core.searching import matching_any, number_like
from customers.models import Customer
from invoices.models import (
    CatalogueItem,
    CataloguePrice,
    DraftLine,
    Invoice,
    InvoiceDraft,
    InvoiceTemplate,
    TaxRate,
)
from invoices.states import (
    DraftSource,
    DraftStatus,
    InvoiceKind,
    InvoiceState,
    InvoiceStatus,
    TemplateStatus,
    status_expression,
    status_filter,
)

_TAX_RATES: Final = Prepared(lambda: TaxRate.objects.filter(profile_id=Given("profile_id")))

FEW_CUSTOMERS: Final = 200
LISTED: Final = (
    "number",
    "kind",
    "state",
    "issued_on",
    "due_on",
    "next_due_on",
    "currency",
    "total",
    "amount_due",
    "buyer",
    "viewed_at",
    "sent_at",
)

DRAFTS_LISTED: Final = (
    "number",
    "customer__name",
    "generated_by",
    "created_at",
    "updated_at",
    "total",
    "currency",
    "status",
)

D = TypeVar("D", Invoice, InvoiceDraft)


@dataclass(frozen=True, slots=True)
class InvoiceFilters:
    """What narrows a list of documents. Dates are issue dates, both inclusive; `owing` means a debt that is open."""

    search: str = ""
    status: InvoiceStatus | None = None
    owing: bool = False
    kind: InvoiceKind | None = None
    currency: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DraftFilters:
    """What narrows a list of drafts. No statuses means any."""

    search: str = ""
    statuses: tuple[DraftStatus, ...] = ()
    made: DraftSource | None = None


def invoices_for(actor: Actor) -> QuerySet[Invoice]:
    """Issued documents that the actor may see, newest first, with customer and profile."""
    actor.require(Right.INVOICES_VIEW)
    invoices = Invoice.objects.select_related("customer", "profile").order_by("-issued_on", "-id")
    return invoices if actor.profile_ids is None else invoices.filter(profile_id__in=actor.profile_ids)


def invoices_listed(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """The documents with no more than the lines of a list show; what a line does not show costs a query a line."""
    return invoices.select_related(None).only(*LISTED)


def drafts_listed(drafts: QuerySet[InvoiceDraft]) -> QuerySet[InvoiceDraft]:
    """The drafts with no more than the lines of a list show."""
    return drafts.select_related(None).select_related("customer").only(*DRAFTS_LISTED)


def invoice_get(actor: Actor, reference: str | UUID) -> Invoice:
    """One document by id or number. Raises NotFound, also for one of another profile."""
    found = invoices_for(actor).filter(**_by_reference(reference)).order_by("kind", "-id").first()
    if found is None:
        raise NotFound(_("There is no invoice %(reference)s.") % {"reference": reference})
    return found


def with_status(invoices: QuerySet[Invoice], today: date) -> QuerySet[Invoice]:
    """Adds `status` (what people see on a local date) to each row."""
    return invoices.annotate(status=status_expression(today))


def having_status(invoices: QuerySet[Invoice], status: InvoiceStatus, today: date) -> QuerySet[Invoice]:
    """Only the invoices that have a status on a local date."""
    return invoices.filter(status_filter(status, today), kind=InvoiceKind.INVOICE)


def invoices_filtered(invoices: QuerySet[Invoice], filters: InvoiceFilters, today: date) -> QuerySet[Invoice]:
    """The documents that fit all filters; a status is the one of a local date."""
    if filters.search:
        invoices = having_text(invoices, filters.search)
    if filters.status:
        invoices = having_status(invoices, filters.status, today)
    if filters.owing:
        invoices = invoices.filter(kind=InvoiceKind.INVOICE, state=InvoiceState.ISSUED, amount_due__gt=0)
    if filters.kind:
        invoices = invoices.filter(kind=filters.kind)
    if filters.currency:
        invoices = invoices.filter(currency=filters.currency)
    if filters.since:
        invoices = invoices.filter(issued_on__gte=filters.since)
    if filters.until:
        invoices = invoices.filter(issued_on__lte=filters.until)
    return invoices


def drafts_filtered(drafts: QuerySet[InvoiceDraft], filters: DraftFilters) -> QuerySet[InvoiceDraft]:
    """The drafts that fit all filters."""
    if filters.search:
        drafts = having_text(drafts, filters.search)
    if filters.statuses:
        drafts = drafts.filter(status__in=filters.statuses)
    if filters.made:
        drafts = drafts.filter(generated_by=filters.made)
    return drafts


def having_text(documents: QuerySet[D], search: str) -> QuerySet[D]:
    """Those whose number or customer has the text. Few customers are named one by one, so that both sides use their
    index; with many, the first page is full before long in any order."""
    named = Customer.objects.filter(name__icontains=search).values_list("pk", flat=True)[: FEW_CUSTOMERS + 1]
    customers = list(named)
    if len(customers) > FEW_CUSTOMERS:
        return documents.filter(Q(number__icontains=search) | Q(customer__name__icontains=search))
    return matching_any(documents, number_like(documents, search), Q(customer_id__in=customers))


def drafts_for(actor: Actor) -> QuerySet[InvoiceDraft]:
    """Drafts that the actor may see, newest first, with customer and profile."""
    actor.require(Right.INVOICES_VIEW)
    drafts = InvoiceDraft.objects.select_related(
        "customer", "profile", "reviewed_by", "created_by", "template", "series"
    ).order_by("-id")
    return drafts if actor.profile_ids is None else drafts.filter(profile_id__in=actor.profile_ids)


def draft_get(actor: Actor, reference: str | UUID) -> InvoiceDraft:
    """One draft by id or number, with its lines. Raises NotFound."""
    lines = Prefetch("lines", queryset=DraftLine.objects.order_by("position"))
    found = drafts_for(actor).filter(**_by_reference(reference)).prefetch_related(lines).first()
    if found is None:
        raise NotFound(_("There is no draft %(reference)s.") % {"reference": reference})
    return found


def draft_find(actor: Actor, reference: str | UUID) -> tuple[UUID, UUID]:
    """The ids of a draft, by id or number, and of its customer: for who locks and reads it next. Raises NotFound."""
    found = drafts_for(actor).filter(**_by_reference(reference)).values_list("pk", "customer_id").first()
    if found is None:
        raise NotFound(_("There is no draft %(reference)s.") % {"reference": reference})
    return found


def template_id_of(profile_id: UUID, reference: str) -> UUID:
    """The template in use that has a number or a name. The caller has scoped the profile. Raises ValidationFailed."""
    named = Q(number__iexact=reference) | Q(name__iexact=reference)
    found = InvoiceTemplate.objects.filter(named, profile_id=profile_id, status=TemplateStatus.ACTIVE).first()
    if found is None:
        raise ValidationFailed({"template": [_("There is no such template in use.")]})
    return found.pk


def tax_rates_all(profile_id: UUID) -> list[TaxRate]:
    """Every rate of a profile, whenever it holds. The caller has scoped the profile."""
    return _TAX_RATES.rows(profile_id=profile_id)


def tax_rates_for(profile_id: UUID, *, on: date | None = None) -> QuerySet[TaxRate]:
    """The rates that hold on a local date (None: today), the default first. The caller has scoped the profile."""
    day = on or local_today(BusinessProfile.objects.only("time_zone").get(pk=profile_id))
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=day)
    return TaxRate.objects.filter(begun, Q(valid_until__isnull=True) | Q(valid_until__gte=day), profile_id=profile_id)


def _by_reference(reference: str | UUID) -> dict[str, object]:
    if isinstance(reference, UUID):
        return {"pk": reference}
    try:
        return {"pk": UUID(reference)}
    except ValueError:
        return {"number__iexact": reference}


def catalogue_for(actor: Actor, *, profile_id: UUID) -> QuerySet[CatalogueItem]:
    """What a business profile sells, by name, with the present prices for `prices_of`. Raises NotFound, also for a
    profile that the actor may not see."""
    actor.require(Right.INVOICES_VIEW)
    if not actor.can_see(profile_id):
        raise NotFound(_("There is no such business profile."))
    return _with_prices(CatalogueItem.objects.filter(profile_id=profile_id)).order_by(Upper("name"), "id")


def catalogue_filtered(
    items: QuerySet[CatalogueItem], *, search: str = "", offered: bool | None = None
) -> QuerySet[CatalogueItem]:
    """The items whose name or code has the text, and that are offered, or are not."""
    if search:
        items = items.filter(Q(name__icontains=search) | Q(code__icontains=search))
    return items if offered is None else items.filter(is_active=offered)


def catalogue_item_get(actor: Actor, item_id: UUID) -> CatalogueItem:
    """One item with its profile and present prices. Raises NotFound, also for one of another profile."""
    actor.require(Right.INVOICES_VIEW)
    item = _with_prices(CatalogueItem.objects.select_related("profile").filter(pk=item_id)).first()
    if item is None or not actor.can_see(item.profile_id):
        raise NotFound(_("There is no such item in the catalogue."))
    return item


def catalogue_items_by_id(ids: Iterable[UUID]) -> dict[UUID, CatalogueItem]:
    """Items with their present prices, by id. The caller has scoped them."""
    return {item.pk: item for item in _with_prices(CatalogueItem.objects.filter(pk__in=set(ids)))}


def prices_of(item: CatalogueItem) -> dict[str, Decimal]:
    """What a unit costs now, by currency, of an item that a selector of the catalogue gave."""
    present = item.prices_now  # type: ignore[attr-defined]  # put there by `_with_prices`
    return {price.currency: price.amount for price in present if price.amount is not None}


def _with_prices(items: QuerySet[CatalogueItem]) -> QuerySet[CatalogueItem]:
    latest = CataloguePrice.objects.order_by("item_id", "currency", "-since", "-id").distinct("item_id", "currency")
    return items.prefetch_related(Prefetch("prices", queryset=latest, to_attr="prices_now"))
