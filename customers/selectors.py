"""Reads of customers. Every one starts from the actor's business profiles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.models.sealed import found_by
from billing_assistant.core.money import Money
from billing_assistant.core.prepared import Prepared, one_of
from billing_assistant.core.related import parents_known
from billing_assistant.core.rights import Right
from billing_assistant.ledger.models import OwnerBalance
from customers.models import Contact, Customer, Note
from customers.states import BillingCycle, CustomerStatus, PaymentStatus, PreferredMethod

BILLED: Final = (
    "profile",
    "number",
    "name",
    "status",
    "email",
    "phone",
    "street",
    "city",
    "postal_code",
    "country",
    "tax_id_sealed",
    "currency",
    "language",
    "payment_terms",
    "auto_send_invoices",
    "invoice_template",
)
"""What billing looks at; the rest is read when somebody asks for it."""
_BY_ID: Final = Prepared(lambda: Customer.objects.select_related("profile").filter(one_of("pk", "wanted")).order_by())
_BILLED: Final = Prepared(lambda: Customer.objects.only(*BILLED).filter(one_of("pk", "wanted")).order_by())
_PROFILES: Final = Prepared(lambda: BusinessProfile.objects.filter(one_of("pk", "wanted")).order_by())

LEAST_DIGITS: Final = 3
WIDEST_NUMBER: Final = 8
LISTED: Final = ("number", "name", "tags", "email", "phone", "currency", "status", "payment_status")
"""What a line of the list shows of a customer."""
BANKS: Final = frozenset({PreferredMethod.BANK, PreferredMethod.BANK_TRANSFER})


@dataclass(frozen=True, slots=True)
class CustomerFilters:
    """What a list is narrowed to; an empty field does not narrow. `owing` is about any currency, `owes_more_than` an
    amount of one."""

    search: str = ""
    status: CustomerStatus | None = None
    payment_status: PaymentStatus | None = None
    billing_cycle: BillingCycle | None = None
    payment_method: PreferredMethod | None = None
    owing: bool | None = None
    owes_more_than: Money | None = None
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


def customers_for(actor: Actor, *, profile_id: UUID | None = None) -> QuerySet[Customer]:
    """The customers that the actor may see, of all their profiles or of one, but for those that were merged."""
    return _visible(actor, profile_id).filter(merged_into__isnull=True)


def customers_filtered(rows: QuerySet[Customer], filters: CustomerFilters) -> QuerySet[Customer]:
    """Narrows customers. The search finds parts of name, e-mail and phone (trigram indexes), whole
    numbers, also of who was merged into a customer, and whole tax numbers."""
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
    if filters.owes_more_than is not None:
        least = filters.owes_more_than
        more = OwnerBalance.objects.filter(currency=least.currency, outstanding__gt=least.amount)
        rows = rows.filter(pk__in=more.values("owner_id"))
    return rows.filter(_matching(filters.search)) if filters.search.strip() else rows


def customer_get(actor: Actor, reference: str | UUID, *, profile_id: UUID | None = None) -> Customer:
    """A customer by UUID or by number, in which leading zeros do not matter: CUST-001 is CUST-0001.

    One that was merged leads to the customer that stands for it.
    Raises NotFound, also for a customer of somebody else and for a number that two profiles have.
    """
    rows = _visible(actor, profile_id).select_related("profile").order_by()
    found = list(rows.filter(_is(reference))[:2])
    if len(found) != 1:
        raise NotFound(_("There is no such customer."))
    return found[0].merged_into or found[0]


def customers_by_id(customer_ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """Customers with their profiles, in one query; those that do not exist are left out. The caller scopes them."""
    return {customer.pk: customer for customer in _BY_ID.rows(wanted=list(customer_ids))}


def customers_billed(customer_ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """The same with what billing looks at, each profile read once, for who bills thousands."""
    customers = _BILLED.rows(wanted=list(customer_ids))
    wanted = list({customer.profile_id for customer in customers})
    profiles = {profile.pk: profile for profile in _PROFILES.rows(wanted=wanted)}
    for customer in customers:
        parents_known(customer, profile=profiles[customer.profile_id])
    return {customer.pk: customer for customer in customers}


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


def contacts_of(customer: Customer) -> QuerySet[Contact]:
    """The people at a customer, the first contact first."""
    return customer.contacts.select_related("user").prefetch_related("consents").order_by("-is_primary", "name", "id")


def notes_of(customer: Customer) -> QuerySet[Note]:
    """The internal notes about a customer, newest first."""
    return customer.staff_notes.select_related("author").order_by("-id")


def _visible(actor: Actor, profile_id: UUID | None) -> QuerySet[Customer]:
    actor.require(Right.CUSTOMERS_VIEW)
    rows = Customer.objects.all()
    if actor.profile_ids is not None:
        rows = rows.filter(profile_id__in=actor.profile_ids)
    return rows if profile_id is None else rows.filter(profile_id=profile_id)


def _matching(search: str) -> Q:
    text = " ".join(search.split())
    found = Q(name__icontains=text) | Q(email__icontains=text) | Q(number__in=_spellings(text))
    if text[-1].isdigit() and (kept := _kept_instead(text)):
        found |= Q(pk__in=kept)
    found |= found_by(Customer, "tax_id", text)
    digits = re.sub(r"\D", "", text).lstrip("0")
    if len(digits) >= LEAST_DIGITS and not re.search(r"[^\d\s()+./-]", text):
        found |= Q(phone__icontains=digits)
    return found


def _kept_instead(number: str) -> list[UUID]:
    """Who stands for the customers that had a number and were merged: as values, for a condition inside an OR that is
    a query of its own keeps the others from their indexes."""
    merged = Customer.objects.filter(merged_into__isnull=False, number__in=_spellings(number)).order_by()
    return list(merged.values_list("merged_into_id", flat=True))


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
