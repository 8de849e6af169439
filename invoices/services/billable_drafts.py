"""Drafts from billable work: what they would be, and making them, a transaction for each customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.db import is_lock_failure
from billing_assistant.core.errors import DomainError
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from customers.models import Customer
from customers.states import CustomerStatus
from invoices.billable_selectors import ALL_WORK, BillableFilters, billable_filtered
from invoices.billable_states import BillableGrouping, BillableLines, BillableState
from invoices.locks import billable_open_lock
from invoices.models import BillableItem, BillableTerms, InvoiceDraft
from invoices.services.compute import MAX_LINES, LineInput, line_amount
from invoices.services.draft_input import DraftInput
from invoices.services.drafts import draft_create
from invoices.states import DraftSource, TaxCategory

MOST_CUSTOMERS: Final = 200
"""So many customers are drafted in one call; the rest are told, and come with the next."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which open work of a profile is meant: some ids, what fits filters, or all of it. The state is not read."""

    profile_id: UUID
    item_ids: tuple[UUID, ...] | None = None
    filters: BillableFilters = ALL_WORK

    @property
    def narrowed(self) -> bool:
        """Whether less than all work of a customer is meant."""
        return self.item_ids is not None or replace(self.filters, customer_id=None, state=None) != ALL_WORK


@dataclass(frozen=True, slots=True)
class PlannedDraft:
    """A draft that would be made: its lines carry the work. `amount` is without tax."""

    customer: Customer
    currency: str
    project: str
    lines: tuple[LineInput, ...]
    items: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Skipped:
    """A customer whose work stays open, and why."""

    customer: Customer
    items: int
    reason: str


@dataclass(slots=True)
class BillablePlan:
    """What making drafts would do. `later` is how many customers come with the next call."""

    drafts: list[PlannedDraft] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    later: int = 0

    @property
    def totals(self) -> dict[str, Decimal]:
        """What the drafts come to without tax, by currency."""
        sums: dict[str, Decimal] = {}
        for draft in self.drafts:
            sums[draft.currency] = sums.get(draft.currency, ZERO) + draft.amount
        return dict(sorted(sums.items()))

    @property
    def items(self) -> int:
        return sum(draft.items for draft in self.drafts)


@dataclass(slots=True)
class BillableMade:
    """What making drafts did."""

    drafts: list[InvoiceDraft] = field(default_factory=list)
    items: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    later: int = 0


def billable_drafts_plan(*, chosen: Chosen, actor: Actor) -> BillablePlan:
    """What `billable_drafts_make` would do now. Changes nothing. Raises PermissionRefused, NotFound."""
    plan = BillablePlan()
    customers, plan.later = _customers(chosen, actor)
    for customer in customers:
        items = list(_open(chosen).filter(customer=customer).order_by("pk"))
        if reason := customer_obstacle(customer):
            plan.skipped.append(Skipped(customer, len(items), reason))
        else:
            plan.drafts += drafts_planned(customer, items)
    return plan


def billable_drafts_make(
    *, chosen: Chosen, actor: Actor, now: datetime, generated_by: DraftSource = DraftSource.MANUAL
) -> BillableMade:
    """Makes the drafts. The work of a customer is locked and moved in the transaction that makes these drafts.

    What another call took meanwhile is left out, so nothing is billed twice. Customers that are suspended or merged, or
    whose work no draft can hold or somebody else holds, are skipped and told. Raises PermissionRefused, NotFound.
    """
    made = BillableMade()
    customers, made.later = _customers(chosen, actor)
    for customer in customers:
        if reason := customer_obstacle(customer):
            made.skipped.append(Skipped(customer, _open(chosen).filter(customer=customer).count(), reason))
            continue
        try:
            with transaction.atomic():
                drafts, items = _make(chosen, customer, generated_by, actor, now)
        except (DomainError, OperationalError) as error:
            made.skipped.append(Skipped(customer, _open(chosen).filter(customer=customer).count(), _refusal(error)))
        else:
            made.drafts += drafts
            made.items += items
    return made


def _refusal(error: DomainError | OperationalError) -> str:
    """Why the work of a customer stays open: what a draft refused, or that somebody else holds the work."""
    if isinstance(error, DomainError):
        return str(error)
    if not is_lock_failure(error):
        raise error
    return _("Somebody else is changing this right now. Try again.")


def _make(
    chosen: Chosen, customer: Customer, generated_by: DraftSource, actor: Actor, now: datetime
) -> tuple[list[InvoiceDraft], int]:
    asked = list(_open(chosen).filter(customer=customer).values_list("pk", flat=True)) if chosen.narrowed else None
    items = billable_open_lock(customer.pk, asked)
    drafts = [
        draft_create(
            customer_id=customer.pk,
            data=DraftInput(lines=one.lines, currency=one.currency, project=one.project),
            actor=actor,
            now=now,
            generated_by=generated_by,
        )
        for one in drafts_planned(customer, items)
    ]
    return drafts, len(items)


def _open(chosen: Chosen) -> QuerySet[BillableItem]:
    rows = BillableItem.objects.filter(profile_id=chosen.profile_id, state=BillableState.OPEN)
    if chosen.item_ids is not None:
        rows = rows.filter(pk__in=chosen.item_ids)
    return billable_filtered(rows, replace(chosen.filters, state=None))


def _customers(chosen: Chosen, actor: Actor) -> tuple[list[Customer], int]:
    actor.require(Right.INVOICES_DRAFT)
    actor.require_profile(chosen.profile_id)
    ids = _open(chosen).order_by().values("customer_id").distinct()
    rows = Customer.objects.select_related("profile", "billable_terms").filter(pk__in=ids).order_by("name", "pk")
    found = list(rows[:MOST_CUSTOMERS])
    return found, (rows.count() - len(found) if len(found) == MOST_CUSTOMERS else 0)


def customer_obstacle(customer: Customer) -> str:
    """Why a customer gets no drafts; empty when it does."""
    if customer.merged_into_id is not None:
        return _("This customer was merged into another.")
    return _("This customer is suspended.") if customer.status == CustomerStatus.SUSPENDED else ""


def drafts_planned(customer: Customer, items: Sequence[BillableItem]) -> list[PlannedDraft]:
    """The drafts of a customer's open work: one currency each, grouped and with lines as the customer wants them."""
    terms = getattr(customer, "billable_terms", None) or BillableTerms(customer=customer)
    groups: dict[tuple[str, str], list[BillableItem]] = {}
    for item in sorted(items, key=lambda one: (one.currency, one.project, one.worked_on, one.pk)):
        groups.setdefault((item.currency, _part(item, BillableGrouping(terms.grouping))), []).append(item)
    return [
        draft
        for (currency, _part), group in sorted(groups.items())
        for draft in _drafts_of(customer, currency, group, BillableLines(terms.lines))
    ]


def _part(item: BillableItem, grouping: BillableGrouping) -> str:
    """What the items of one draft have in common beside the currency."""
    match grouping:
        case BillableGrouping.PROJECT:
            return item.project
        case BillableGrouping.MONTH:
            return item.worked_on.strftime("%Y-%m")
        case BillableGrouping.KIND:
            return item.kind
    return ""


def _drafts_of(
    customer: Customer, currency: str, items: Sequence[BillableItem], wanted: BillableLines
) -> list[PlannedDraft]:
    bundles = _summed(items) if wanted is BillableLines.SUMMED else [[item] for item in items]
    parts = [bundles[start : start + MAX_LINES] for start in range(0, len(bundles), MAX_LINES)]
    return [_planned_draft(customer, currency, part) for part in parts]


def _planned_draft(customer: Customer, currency: str, bundles: Sequence[Sequence[BillableItem]]) -> PlannedDraft:
    items = [item for bundle in bundles for item in bundle]
    projects = {item.project for item in items}
    return PlannedDraft(
        customer=customer,
        currency=currency,
        project=projects.pop() if len(projects) == 1 else "",
        lines=tuple(map(_line, bundles)),
        items=len(items),
        amount=sum((item.amount for item in items), ZERO),
    )


def _summed(items: Iterable[BillableItem]) -> list[list[BillableItem]]:
    """The same work at the same rate and tax together; apart where rounding the sum would bill another amount."""
    alike: dict[tuple[object, ...], list[BillableItem]] = {}
    for item in items:
        key = (item.description, item.unit, item.unit_price, item.tax_category, item.tax_rate)
        alike.setdefault(key, []).append(item)
    bundles: list[list[BillableItem]] = []
    for group in alike.values():
        whole = line_amount(_line(group), group[0].currency) == sum((item.amount for item in group), ZERO)
        bundles += [group] if whole else [[item] for item in group]
    return bundles


def _line(items: Sequence[BillableItem]) -> LineInput:
    first, days = items[0], [item.worked_on for item in items]
    return LineInput(
        description=first.description,
        quantity=sum((item.quantity for item in items), ZERO),
        unit=first.unit,
        unit_price=first.unit_price,
        tax_category=TaxCategory(first.tax_category),
        tax_rate=first.tax_rate,
        service_from=min(days),
        service_to=max(days),
        billable=tuple(item.pk for item in items),
    )
