"""Steps that tests of batches share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import BusinessProfile
from customers.models import Customer
from invoices.batch_states import BatchAfter, BatchWork
from invoices.models import BatchItem, CatalogueItem, InvoiceBatch
from invoices.services.batch_content import BatchContent, BatchLine
from invoices.services.batch_plan import BatchPlan
from invoices.services.batch_starts import Chosen, batch_generate, batch_plan
from invoices.services.batch_steps import batch_advance
from tests import factories
from tests.factories import NOW, SYSTEM


def buyers(profile: BusinessProfile, number: int, **given: Any) -> list[Customer]:
    """So many customers, by name."""
    return [factories.customer(profile, name=f"Customer {n:04}", **given) for n in range(number)]


def hosting(item: CatalogueItem, quantity: str = "2", **given: Any) -> BatchContent:
    """Some of one item of the catalogue for each."""
    return BatchContent(BatchWork.CATALOGUE, lines=(BatchLine(item.pk, Decimal(quantity)),), **given)


WORK = BatchContent(BatchWork.BILLABLE)


def started(
    profile: BusinessProfile,
    content: BatchContent,
    after: BatchAfter = BatchAfter.KEEP,
    *customers: Customer,
    actor: Actor = SYSTEM,
    key: str = "",
) -> InvoiceBatch:
    """A batch for some customers, or for all."""
    return batch_generate(
        chosen=chosen(profile, *customers), content=content, after=after, actor=actor, now=NOW, key=key
    )


def made(
    profile: BusinessProfile, content: BatchContent, after: BatchAfter = BatchAfter.KEEP, *customers: Customer
) -> InvoiceBatch:
    """A batch that was worked on until it had no more to do."""
    batch = started(profile, content, after, *customers)
    advance(batch)
    return batch


def advance(batch: InvoiceBatch) -> None:
    while batch_advance(batch_id=batch.pk):
        pass
    batch.refresh_from_db()


def plan(
    profile: BusinessProfile, content: BatchContent, after: BatchAfter = BatchAfter.KEEP, *customers: Customer
) -> BatchPlan:
    return batch_plan(chosen=chosen(profile, *customers), content=content, after=after, actor=SYSTEM)


def chosen(profile: BusinessProfile, *customers: Customer) -> Chosen:
    return Chosen(profile.pk, customer_ids=tuple(one.pk for one in customers) if customers else None)


def told(batch: InvoiceBatch) -> list[tuple[str, str, str]]:
    """Customer, state and reason of each item, in their order."""
    rows = BatchItem.objects.filter(batch=batch).order_by("position")
    return list(rows.values_list("customer__name", "state", "reason"))
