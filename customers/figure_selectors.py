"""Figures about all customers of a business profile, or about those that a list is narrowed to.

Adding up twenty thousand customers and more is kept for a minute; a list that shows kept figures says so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, Sum

from billing_assistant.core.actors import Actor
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Customer
from customers.selectors import CustomerFilters, customers_filtered, customers_for
from customers.states import CustomerStatus, PaymentStatus

TOP: Final = 5
KEPT_FROM: Final = 20_000
KEPT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class TopCustomer:
    customer: Customer
    billed: Money


@dataclass(frozen=True, slots=True)
class CustomerStats:
    """Figures about all customers of a business profile; amounts never across currencies.

    `overdue_owing` is all that overdue customers owe, also what is not due yet. `kept` says that they may be up to
    KEPT_SECONDS old.
    """

    total: int
    active: int
    inactive: int
    suspended: int
    overdue: int
    outstanding: tuple[Money, ...]
    unapplied: tuple[Money, ...] = ()
    overdue_owing: tuple[Money, ...] = ()
    kept: bool = False
    top: tuple[TopCustomer, ...] = field(default_factory=tuple)


def customer_stats(actor: Actor, *, profile_id: UUID, with_top: bool = False) -> CustomerStats:
    """The figures above the list, and for the API who was billed most in the profile's currency.

    They are read at each call, but those of a profile with KEPT_FROM customers and more are kept for KEPT_SECONDS.
    """
    actor.require(Right.CUSTOMERS_VIEW)
    actor.require_profile(profile_id)
    key = f"customers.stats:{profile_id}:{int(with_top)}"
    kept: CustomerStats | None = cache.get(key)
    if kept is not None:
        return kept
    stats = _stats(profile_id, with_top=with_top)
    if stats.total >= KEPT_FROM:
        cache.set(key, replace(stats, kept=True), KEPT_SECONDS)
    return stats


def _stats(profile_id: UUID, *, with_top: bool) -> CustomerStats:
    rows = Customer.objects.filter(profile_id=profile_id, merged_into__isnull=True)
    overdue = rows.filter(payment_status=PaymentStatus.OVERDUE)
    counts = rows.aggregate(
        total=Count("pk"),
        active=Count("pk", filter=Q(status=CustomerStatus.ACTIVE)),
        inactive=Count("pk", filter=Q(status=CustomerStatus.INACTIVE)),
        suspended=Count("pk", filter=Q(status=CustomerStatus.SUSPENDED)),
        overdue=Count("pk", filter=Q(payment_status=PaymentStatus.OVERDUE)),
    )
    balances = OwnerBalance.objects.filter(profile_id=profile_id).values("currency")
    sums = list(balances.annotate(owed=Sum("outstanding"), credit=Sum("unapplied")).order_by("currency"))
    return CustomerStats(
        **counts,
        outstanding=tuple(Money(row["owed"], row["currency"]) for row in sums if row["owed"]),
        unapplied=tuple(Money(row["credit"], row["currency"]) for row in sums if row["credit"]),
        overdue_owing=tuple(totals_of(overdue)) if counts["overdue"] else (),
        top=_top(profile_id) if with_top else (),
    )


def totals_of(rows: QuerySet[Customer]) -> list[Money]:
    """What all of some customers owe together, a sum a currency."""
    owed = OwnerBalance.objects.filter(owner_id__in=rows.order_by().values("pk")).values("currency")
    sums = owed.annotate(owed=Sum("outstanding")).order_by("currency")
    return [Money(row["owed"], row["currency"]) for row in sums if row["owed"]]


def totals_filtered(actor: Actor, filters: CustomerFilters, stats: CustomerStats, *, profile_id: UUID) -> list[Money]:
    """What the customers that fit filters owe together, a sum a currency: as old as the figures that are given."""
    if filters == CustomerFilters():
        return list(stats.outstanding)
    rows = customers_filtered(customers_for(actor, profile_id=profile_id), filters)
    if stats.total < KEPT_FROM:
        return totals_of(rows)
    key = f"customers.totals:{profile_id}:{hashlib.sha256(repr(filters).encode()).hexdigest()}"
    kept: list[Money] | None = cache.get(key)
    if kept is None:
        kept = totals_of(rows)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _top(profile_id: UUID) -> tuple[TopCustomer, ...]:
    best = list(
        OwnerBalance.objects.filter(profile_id=profile_id, currency=F("profile__currency"), billed__gt=0).order_by(
            "-billed", "owner_id"
        )[:TOP]
    )
    customers = Customer.objects.in_bulk([row.owner_id for row in best])
    return tuple(
        TopCustomer(customers[row.owner_id], Money(row.billed, row.currency))
        for row in best
        if row.owner_id in customers
    )
