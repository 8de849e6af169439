"""Customers in an order. By money and by date the list walks an index of the balances, so that page 1 of a hundred
thousand customers costs what page 1 of ten costs; whoever has nothing to rank by comes as a second part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Upper

from billing_assistant.core.keyset import PAGE, Page, page_of_parts
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Customer

Part = tuple[QuerySet[Any], Sequence[str]]


def customers_page(
    rows: QuerySet[Customer],
    sort: str,
    query: Mapping[str, str],
    *,
    profile_id: UUID,
    size: int = PAGE,
    columns: Sequence[str] = (),
) -> Page[Customer]:
    """The page of some customers of a business profile that a query asks for, with some columns or all. At most three
    queries."""
    page = page_of_parts(_parts(_with(rows, columns), sort, profile_id), query, size=size)
    return replace(page, rows=_as_customers(page.rows, _with(Customer.objects.all(), columns)))


def customers_slice(
    rows: QuerySet[Customer], sort: str, *, profile_id: UUID, skip: int = 0, limit: int
) -> list[Customer]:
    """Some customers of a business profile in an order, by position."""
    found: list[Customer | OwnerBalance] = []
    for part, order in _parts(rows, sort, profile_id):
        found += part.order_by(*order)[skip : skip + limit - len(found)]
        if len(found) == limit:
            break
        skip = 0 if found else max(skip - part.count(), 0)
    return _as_customers(found, Customer.objects.all())


def _by_name(rows: QuerySet[Customer], _: UUID) -> list[Part]:
    return [(rows.annotate(name_key=Upper("name")), ("name_key", "id"))]


def _by_outstanding(rows: QuerySet[Customer], profile_id: UUID) -> list[Part]:
    """By what is owed in the customer's own currency."""
    owing = OwnerBalance.objects.filter(profile_id=profile_id, outstanding__gt=0)
    own = rows.filter(pk=OuterRef("owner_id"), currency=OuterRef("currency"))
    others = ~Exists(owing.filter(owner_id=OuterRef("pk"), currency=OuterRef("currency")))
    return [(rows.filter(others), ("id",)), (owing.filter(Exists(own)), ("outstanding", "owner_id"))]


def _by_last_invoice(rows: QuerySet[Customer], profile_id: UUID) -> list[Part]:
    """By the date of the last invoice in any currency."""
    billed = OwnerBalance.objects.filter(profile_id=profile_id, last_document_on__isnull=False)
    later = Q(last_document_on__gt=OuterRef("last_document_on")) | Q(
        last_document_on=OuterRef("last_document_on"), currency__gt=OuterRef("currency")
    )
    latest = billed.filter(~Exists(billed.filter(later, owner_id=OuterRef("owner_id"))))
    found = latest.filter(Exists(rows.filter(pk=OuterRef("owner_id"))))
    never = rows.filter(~Exists(billed.filter(owner_id=OuterRef("pk"))))
    return [(never, ("id",)), (found, ("last_document_on", "owner_id"))]


_ORDERS: Final[Mapping[str, Callable[[QuerySet[Customer], UUID], list[Part]]]] = {
    "name": _by_name,
    "outstanding": _by_outstanding,
    "last_invoice": _by_last_invoice,
}
SORTS: Final = tuple(sign + name for name in _ORDERS for sign in ("", "-"))


def _parts(rows: QuerySet[Customer], sort: str, profile_id: UUID) -> list[Part]:
    parts = _ORDERS[sort.removeprefix("-")](rows.order_by(), profile_id)
    if not sort.startswith("-"):
        return parts
    return [(part, [f"-{name}" for name in order]) for part, order in reversed(parts)]


def _with(rows: QuerySet[Customer], columns: Sequence[str]) -> QuerySet[Customer]:
    return rows.only(*columns) if columns else rows


def _as_customers(rows: Sequence[Customer | OwnerBalance], customers: QuerySet[Customer]) -> list[Customer]:
    """The customers behind rows of either kind, in their order."""
    known = customers.in_bulk([row.owner_id for row in rows if isinstance(row, OwnerBalance)])
    return [known[row.owner_id] if isinstance(row, OwnerBalance) else row for row in rows]
