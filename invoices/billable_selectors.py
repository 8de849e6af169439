"""Reads of billable work, scoped to the actor's business profiles first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from invoices.billable_states import BillableKind, BillableState
from invoices.models import BillableItem, BillableTerms


@dataclass(frozen=True, slots=True)
class BillableFilters:
    """What narrows a list of billable work. Empty fields do not narrow."""

    search: str = ""
    customer_id: UUID | None = None
    kind: BillableKind | None = None
    state: BillableState | None = None
    project: str = ""
    since: date | None = None
    until: date | None = None


ALL_WORK: Final = BillableFilters()


@dataclass(frozen=True, slots=True)
class BillableSum:
    """What billable work in one currency comes to, without tax."""

    currency: str
    items: int
    amount: Decimal


def billable_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[BillableItem]:
    """Billable work that the actor may see, of one profile or all of theirs, newest first, with customer and draft."""
    actor.require(Right.INVOICES_VIEW)
    rows = BillableItem.objects.select_related("customer", "draft", "invoice", "catalogue_item")
    rows = rows.order_by("-worked_on", "-id")
    if profile_id is not None:
        return rows.filter(profile_id=profile_id) if actor.can_see(profile_id) else rows.none()
    return rows if actor.profile_ids is None else rows.filter(profile_id__in=actor.profile_ids)


def billable_filtered(rows: QuerySet[BillableItem], filters: BillableFilters) -> QuerySet[BillableItem]:
    """The work that fits all filters; text is looked for in description, project and the customer's name."""
    if filters.search:
        text = filters.search
        rows = rows.filter(
            Q(description__icontains=text) | Q(project__icontains=text) | Q(customer__name__icontains=text)
        )
    exact: dict[str, object] = {"customer_id": filters.customer_id, "kind": filters.kind, "state": filters.state}
    exact |= {"worked_on__gte": filters.since, "worked_on__lte": filters.until}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    return rows.filter(project__iexact=filters.project) if filters.project else rows


def billable_sums(rows: QuerySet[BillableItem]) -> list[BillableSum]:
    """What the work comes to, by currency."""
    sums = rows.order_by().values("currency").annotate(items=Count("id"), total=Sum("amount")).order_by("currency")
    return [BillableSum(row["currency"], row["items"], row["total"]) for row in sums]


def billable_get(actor: Actor, item_id: UUID) -> BillableItem:
    """One piece of work. Raises NotFound, also for one of another profile."""
    found = billable_for(actor).filter(pk=item_id).select_related("customer__profile", "profile").first()
    if found is None:
        raise NotFound(_("There is no such billable work."))
    return found


def billable_open_count(customer_id: UUID) -> int:
    """How much of a customer's work is to be billed. The caller has scoped the customer."""
    return BillableItem.objects.filter(customer_id=customer_id, state=BillableState.OPEN).count()


def billable_terms_of(customer_id: UUID) -> BillableTerms:
    """How a customer wants work on drafts; the usual way where nothing was said. The caller has scoped the customer."""
    found = BillableTerms.objects.filter(customer_id=customer_id).first()
    return found or BillableTerms(customer_id=customer_id)
