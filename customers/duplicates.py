"""Which customers may be one: asked of the indexes, for one customer at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from billing_assistant.core.models.sealed import found_by
from customers.models import Customer

ALIKE: Final = 0.6
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A customer that may be the same, and why, in words."""

    customer: Customer
    reasons: tuple[str, ...]


def duplicates_of(customer: Customer) -> list[Duplicate]:
    """At most five customers of the same business profile with the same e-mail, phone or tax number, or nearly the same
    name; those with most reasons first."""
    rows = Customer.objects.filter(
        profile_id=customer.profile_id, merged_into__isnull=True, is_placeholder=False
    ).exclude(pk=customer.pk)
    found: dict[Customer, list[str]] = {}
    for reason, matching in _searches(customer, rows):
        for one in matching[: MOST * 2]:
            found.setdefault(one, []).append(reason)
    alike = [Duplicate(one, tuple(reasons)) for one, reasons in found.items()]
    return sorted(alike, key=lambda one: -len(one.reasons))[:MOST]


def _searches(customer: Customer, rows: QuerySet[Customer]) -> list[tuple[str, QuerySet[Customer]]]:
    searches: list[tuple[str, QuerySet[Customer]]] = []
    if customer.tax_id:
        searches.append((_("same tax number"), rows.filter(found_by(Customer, "tax_id", customer.tax_id))))
    emails = [email for email in (customer.email, customer.secondary_email) if email]
    if emails:
        searches.append((_("same e-mail"), rows.filter(_any("email__iexact", emails))))
    phones = [phone for phone in (customer.phone, customer.secondary_phone) if phone]
    if phones:
        searches.append((_("same phone"), rows.filter(_any("phone__icontains", phones))))
    name = customer.name.upper()
    by_name = rows.annotate(name_key=Upper("name"), alike=TrigramSimilarity(Upper("name"), name))
    close = by_name.filter(name_key__trigram_similar=name, alike__gte=ALIKE).order_by("-alike", "id")
    return [*searches, (_("similar name"), close)]


def _any(lookup: str, values: list[str]) -> Q:
    found = Q()
    for value in values:
        found |= Q(**{lookup: value})
    return found
