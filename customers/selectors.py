"""Reads of customers. Every one starts from the actor's business profiles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Count, DateField, DecimalField, F, Max, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Upper
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Contact, Customer, Note
from customers.states import BillingCycle, CustomerStatus, PaymentStatus, PreferredMethod

LONG_AGO: Final = date(1, 1, 1)
LEAST_DIGITS: Final = 3
WIDEST_NUMBER: Final = 8
TOP: Final = 5
BANKS: Final = frozenset({PreferredMethod.BANK, PreferredMethod.BANK_TRANSFER})
_AMOUNT: Final = DecimalField(max_digits=19, decimal_places=4)

# What ?sort= may say: fields of the row, the last one unique, none of them NULL.
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name_key", "id"),
    "-name": ("-name_key", "-id"),
    "outstanding": ("outstanding", "id"),
    "-outstanding": ("-outstanding", "-id"),
    "last_invoice": ("last_invoice_key", "id"),
    "-last_invoice": ("-last_invoice_key", "-id"),
}


@dataclass(frozen=True, slots=True)
class CustomerFilters:
    """What a list is narrowed to; an empty field does not narrow. `owing` is about any currency."""

    search: str = ""
    status: CustomerStatus | None = None
    payment_status: PaymentStatus | None = None
    billing_cycle: BillingCycle | None = None
    payment_method: PreferredMethod | None = None
    owing: bool | None = None
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a customer was billed, paid and owes in one currency."""

    currency: str
    billed: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    credited: Decimal = Decimal(0)
    written_off: Decimal = Decimal(0)
    outstanding: Decimal = Decimal(0)
    unapplied: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Account:
    """All balances of one customer: `own` is the one in the customer's currency, `others` those in further ones."""

    own: Balance
    others: tuple[Balance, ...] = ()
    total_invoices: int = 0
    last_invoice_on: date | None = None

    @property
    def by_currency(self) -> tuple[Balance, ...]:
        return (self.own, *self.others)


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A line of the list."""

    customer: Customer
    account: Account


@dataclass(frozen=True, slots=True)
class TopCustomer:
    customer: Customer
    billed: Money


@dataclass(frozen=True, slots=True)
class CustomerStats:
    """Figures about all customers of a business profile; amounts never across currencies."""

    total: int
    active: int
    inactive: int
    suspended: int
    overdue: int
    outstanding: tuple[Money, ...]
    unapplied: tuple[Money, ...] = ()
    top: tuple[TopCustomer, ...] = field(default_factory=tuple)


def customers_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[Customer]:
    """The customers that the actor may see, of all their profiles or of one."""
    actor.require(Right.CUSTOMERS_VIEW)
    rows = Customer.objects.all()
    if actor.profile_ids is not None:
        rows = rows.filter(profile_id__in=actor.profile_ids)
    return rows if profile_id is None else rows.filter(profile_id=profile_id)


def customers_filtered(rows: QuerySet[Customer], filters: CustomerFilters) -> QuerySet[Customer]:
    """Narrows customers. The search finds parts of name, e-mail and phone (trigram indexes) and whole numbers."""
    exact = {
        "status": filters.status,
        "payment_status": filters.payment_status,
        "billing_cycle": filters.billing_cycle,
    }
    rows = rows.filter(**{name: word.value for name, word in exact.items() if word is not None})
    if filters.payment_method is not None:
        alike = BANKS if filters.payment_method in BANKS else {filters.payment_method}
        rows = rows.filter(preferred_payment_method__in=[method.value for method in alike])
    if filters.tag:
        rows = rows.filter(tags__contains=[filters.tag.lower()])
    if filters.owing is not None:
        owing = OwnerBalance.objects.filter(outstanding__gt=0).values("owner_id")
        rows = rows.filter(pk__in=owing) if filters.owing else rows.exclude(pk__in=owing)
    return rows.filter(_matching(filters.search)) if filters.search.strip() else rows


def customers_sorted(rows: QuerySet[Customer], sort: str) -> QuerySet[Customer]:
    """Adds what an ordering of SORTS needs: `outstanding` is in the customer's own currency."""
    key = sort.removeprefix("-")
    if key == "outstanding":
        own = OwnerBalance.objects.filter(owner_id=OuterRef("pk"), currency=OuterRef("currency"))
        return rows.annotate(
            outstanding=Coalesce(Subquery(own.values("outstanding")[:1]), Value(0), output_field=_AMOUNT)
        )
    if key == "last_invoice":
        last = (
            OwnerBalance.objects.filter(owner_id=OuterRef("pk"))
            .values("owner_id")
            .annotate(last=Max("last_document_on"))
            .values("last")
        )
        return rows.annotate(last_invoice_key=Coalesce(Subquery(last), Value(LONG_AGO), output_field=DateField()))
    return rows.annotate(name_key=Upper("name"))


def customer_get(actor: Actor, reference: str | UUID, *, profile_id: UUID | None = None) -> Customer:
    """A customer by UUID or by number, in which leading zeros do not matter: CUST-001 is CUST-0001.

    Raises NotFound, also for a customer of somebody else and for a number that two profiles have.
    """
    rows = customers_for(actor, profile_id=profile_id).select_related("profile")
    found = list(rows.filter(_is(reference))[:2])
    if len(found) != 1:
        raise NotFound(_("There is no such customer."))
    return found[0]


def accounts_of(customers: Iterable[Customer]) -> dict[UUID, Account]:
    """The balances of some customers, in one query. A customer without documents has zeros."""
    wanted = {customer.pk: customer for customer in customers}
    rows: dict[UUID, list[OwnerBalance]] = {key: [] for key in wanted}
    for balance in OwnerBalance.objects.filter(owner_id__in=wanted).order_by("currency"):
        rows[balance.owner_id].append(balance)
    return {key: _account(customer, rows[key]) for key, customer in wanted.items()}


def account_of(customer: Customer) -> Account:
    """The balances of one customer."""
    return accounts_of([customer])[customer.pk]


def rows_of(customers: Sequence[Customer]) -> list[CustomerRow]:
    """Customers as lines of a list, with their balances."""
    accounts = accounts_of(customers)
    return [CustomerRow(customer, accounts[customer.pk]) for customer in customers]


def customer_stats(actor: Actor, *, profile_id: UUID, with_top: bool = False) -> CustomerStats:
    """The figures above the list, and for the API who was billed most in the profile's currency."""
    actor.require(Right.CUSTOMERS_VIEW)
    actor.require_profile(profile_id)
    rows = Customer.objects.filter(profile_id=profile_id)
    counts = rows.aggregate(
        total=Count("pk"),
        active=Count("pk", filter=Q(status=CustomerStatus.ACTIVE)),
        inactive=Count("pk", filter=Q(status=CustomerStatus.INACTIVE)),
        suspended=Count("pk", filter=Q(status=CustomerStatus.SUSPENDED)),
        overdue=Count("pk", filter=Q(payment_status=PaymentStatus.OVERDUE)),
    )
    sums = list(
        OwnerBalance.objects.filter(profile_id=profile_id)
        .values("currency")
        .annotate(owed=Sum("outstanding"), credit=Sum("unapplied"))
        .order_by("currency")
    )
    return CustomerStats(
        **counts,
        outstanding=tuple(Money(row["owed"], row["currency"]) for row in sums if row["owed"]),
        unapplied=tuple(Money(row["credit"], row["currency"]) for row in sums if row["credit"]),
        top=_top(profile_id) if with_top else (),
    )


def totals_of(rows: QuerySet[Customer]) -> list[Money]:
    """What all of some customers owe together, a sum a currency."""
    owed = OwnerBalance.objects.filter(owner_id__in=rows.order_by().values("pk")).values("currency")
    sums = owed.annotate(owed=Sum("outstanding")).order_by("currency")
    return [Money(row["owed"], row["currency"]) for row in sums if row["owed"]]


def contacts_of(customer: Customer) -> QuerySet[Contact]:
    """The people at a customer, the first contact first."""
    return customer.contacts.select_related("user").order_by("-is_primary", "name", "id")


def notes_of(customer: Customer) -> QuerySet[Note]:
    """The internal notes about a customer, newest first."""
    return customer.staff_notes.select_related("author").order_by("-id")


def tags_used(actor: Actor, *, profile_id: UUID) -> list[str]:
    """The tags that customers of a profile have, in order."""
    rows = customers_for(actor, profile_id=profile_id).exclude(tags=[])
    return sorted({tag for tags in rows.values_list("tags", flat=True).distinct()[:500] for tag in tags})


def _matching(search: str) -> Q:
    text = " ".join(search.split())
    found = Q(name__icontains=text) | Q(email__icontains=text) | Q(number__in=_spellings(text))
    digits = re.sub(r"\D", "", text).lstrip("0")
    if len(digits) >= LEAST_DIGITS and not re.search(r"[^\d\s()+./-]", text):
        found |= Q(phone__icontains=digits)
    return found


def _is(reference: str | UUID) -> Q:
    if isinstance(reference, UUID):
        return Q(pk=reference)
    text = reference.strip()
    found = _uuid(text)
    if found is not None:
        return Q(pk=found)
    return Q(number__in=_spellings(text) if "\x00" not in text else [])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _spellings(number: str) -> set[str]:
    """A number as typed and in capitals, with every count of leading zeros that formats use."""
    parts = re.fullmatch(r"(.*?)0*([0-9]+)", number)
    if parts is None:
        return {number, number.upper()}
    prefixes = {parts[1], parts[1].upper()}
    return {prefix + parts[2].zfill(width) for prefix in prefixes for width in range(len(parts[2]), WIDEST_NUMBER + 1)}


def _account(customer: Customer, rows: Sequence[OwnerBalance]) -> Account:
    balances = {
        row.currency: Balance(
            row.currency, row.billed, row.paid, row.credited, row.written_off, row.outstanding, row.unapplied
        )
        for row in rows
    }
    own = balances.pop(customer.currency, Balance(customer.currency))
    return Account(
        own=own,
        others=tuple(balances.values()),
        total_invoices=sum(row.document_count for row in rows),
        last_invoice_on=max((row.last_document_on for row in rows if row.last_document_on), default=None),
    )


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
