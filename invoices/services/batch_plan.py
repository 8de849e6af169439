"""What a batch makes for whom, and who is left out and why. The dry run and the work ask the same functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from billing_assistant.core.money import ZERO
from customers.models import Customer
from customers.reachable import unreachable
from customers.states import PaymentTerms
from invoices.batch_states import BatchAfter, BatchWork
from invoices.billable_selectors import billable_filtered
from invoices.billable_states import BillableState
from invoices.models import BillableItem, CatalogueItem
from invoices.selectors import catalogue_items_by_id, prices_of
from invoices.services.batch_content import BatchContent, BatchLine
from invoices.services.billable_drafts import customer_obstacle, drafts_planned
from invoices.services.compute import LineInput, Totals, compute
from invoices.services.draft_input import DraftInput
from invoices.states import TaxCategory

CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """A draft that would be made: what it says, and what it comes to."""

    data: DraftInput
    totals: Totals


@dataclass(frozen=True, slots=True)
class Planned:
    """A customer with the drafts that would be made, or the reason why there is none."""

    customer: Customer
    documents: tuple[PlannedDocument, ...] = ()
    reason: str = ""


@dataclass(slots=True)
class Sum:
    """So many documents in one currency, and what they come to with tax."""

    currency: str
    documents: int = 0
    subtotal: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal = ZERO


@dataclass(slots=True)
class BatchPlan:
    """What a batch would make now. `made` and `skipped` are in the order of the customers."""

    made: list[Planned] = field(default_factory=list)
    skipped: list[Planned] = field(default_factory=list)

    @property
    def customers(self) -> int:
        return len(self.made) + len(self.skipped)

    @property
    def documents(self) -> int:
        return sum(len(one.documents) for one in self.made)

    @property
    def totals(self) -> list[Sum]:
        """What the documents come to, by currency."""
        sums: dict[str, Sum] = {}
        for totals in (document.totals for one in self.made for document in one.documents):
            found = sums.setdefault(totals.currency, Sum(totals.currency))
            found.documents += 1
            found.subtotal += totals.subtotal - totals.discount_total
            found.tax += totals.tax_total
            found.total += totals.total
        return [sums[currency] for currency in sorted(sums)]


def plan_of(content: BatchContent, after: BatchAfter, customers: Sequence[Customer]) -> BatchPlan:
    """The plan for customers (read with their profile and billable terms), a few queries for each 500."""
    plan = BatchPlan()
    for start in range(0, len(customers), CHUNK):
        for one in planned(content, after, customers[start : start + CHUNK]):
            (plan.skipped if one.reason else plan.made).append(one)
    return plan


def planned(
    content: BatchContent,
    after: BatchAfter,
    customers: Sequence[Customer],
    *,
    work: Iterable[BillableItem] | None = None,
) -> list[Planned]:
    """What each customer gets, in their order. `work` is open billable work that the caller holds, else it is read."""
    silent = unreachable(customers) if after is BatchAfter.SEND else set()
    ready = [customer for customer in customers if not _obstacle(customer, silent)]
    if content.work is BatchWork.BILLABLE:
        found = _of_work(content, ready, work if work is not None else open_work(content, ready))
    else:
        found = _of_catalogue(content, ready)
    return [
        found[customer.pk] if customer.pk in found else Planned(customer, reason=_obstacle(customer, silent))
        for customer in customers
    ]


def open_work(content: BatchContent, customers: Sequence[Customer]) -> list[BillableItem]:
    """The open work of customers that the content bills."""
    rows = BillableItem.objects.filter(state=BillableState.OPEN, customer__in=[one.pk for one in customers])
    narrowed = replace(content.billable, state=None, customer_id=None, search="")
    return list(billable_filtered(rows, narrowed).order_by("pk"))


def _obstacle(customer: Customer, silent: set[UUID]) -> str:
    if customer.is_placeholder:
        return _("This customer is not known.")
    if reason := customer_obstacle(customer):
        return reason
    return _("This customer has no address that an e-mail may go to.") if customer.pk in silent else ""


def _of_work(content: BatchContent, customers: Sequence[Customer], work: Iterable[BillableItem]) -> dict[UUID, Planned]:
    items: dict[UUID, list[BillableItem]] = defaultdict(list)
    for item in work:
        items[item.customer_id].append(item)
    found = {}
    for customer in customers:
        drafts = drafts_planned(customer, items[customer.pk])
        told = "" if drafts else _("There is nothing to be billed.")
        said = [_said(content, customer, one.currency, one.lines, one.project) for one in drafts]
        found[customer.pk] = Planned(customer, tuple(PlannedDocument(data, _totals(data)) for data in said), told)
    return found


def _of_catalogue(content: BatchContent, customers: Sequence[Customer]) -> dict[UUID, Planned]:
    items = catalogue_items_by_id(line.item_id for line in content.lines)
    computed: dict[DraftInput, Totals] = {}
    found = {}
    for customer in customers:
        if missing := list(_without_price(content.lines, items, customer.currency)):
            words = {"name": missing[0].name, "currency": customer.currency}
            reason = _("“%(name)s” has no price in %(currency)s.") % words
            found[customer.pk] = Planned(customer, reason=reason)
            continue
        lines = tuple(_line(line, items[line.item_id], customer) for line in content.lines)
        data = _said(content, customer, customer.currency, lines, content.project)
        if data not in computed:
            computed[data] = _totals(data)
        found[customer.pk] = Planned(customer, (PlannedDocument(data, computed[data]),))
    return found


def _without_price(
    lines: Iterable[BatchLine], items: dict[UUID, CatalogueItem], currency: str
) -> Iterator[CatalogueItem]:
    return (items[line.item_id] for line in lines if currency not in prices_of(items[line.item_id]))


def _line(line: BatchLine, item: CatalogueItem, customer: Customer) -> LineInput:
    taxed = customer.include_tax
    return LineInput(
        description=item.line_text,
        quantity=line.quantity,
        unit=item.unit,
        unit_price=prices_of(item)[customer.currency],
        discount_percent=line.discount_percent,
        tax_category=TaxCategory(item.tax_category) if taxed else TaxCategory.EXEMPT,
        tax_rate=item.tax_rate if taxed else ZERO,
        item_id=item.pk,
    )


def _said(
    content: BatchContent, customer: Customer, currency: str, lines: tuple[LineInput, ...], project: str
) -> DraftInput:
    days = content.payment_terms_days
    return DraftInput(
        lines=lines,
        currency=currency,
        payment_terms_days=PaymentTerms(customer.payment_terms).days if days is None else days,
        template_id=content.template_id,
        reference=content.reference,
        project=project,
        notes=content.notes,
    )


def _totals(data: DraftInput) -> Totals:
    return compute(data.lines, currency=data.currency)
