"""Whose an invoice of a provider is: by our own reference there, by earlier invoices, by the e-mail address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from billing_assistant.core.ids import as_uuid
from customers.models import Customer
from integrations.ports.external_invoices import ProviderInvoice
from payments.models import ExternalInvoice
from payments.states import PayerKnownBy


@dataclass(frozen=True, slots=True)
class KnownPayer:
    """A customer, and how we know."""

    customer: Customer
    by: PayerKnownBy


def customer_of_payer(*, profile_id: UUID, provider: str, account: str, told: ProviderInvoice) -> KnownPayer | None:
    """The customer whom an invoice is for; None where nothing says it for sure. Nothing is guessed by name."""
    earlier = ExternalInvoice.objects.filter(
        profile_id=profile_id, provider=provider, account=account, payer=told.payer, customer__isnull=False
    ).select_related("customer")
    by_person = earlier.filter(known_by=PayerKnownBy.PERSON).order_by("-id").first()
    if by_person is not None:
        return _known(by_person.customer, PayerKnownBy.PAYER)
    by_reference = _by_reference(profile_id, told.payer_reference)
    if by_reference is not None:
        return KnownPayer(by_reference, PayerKnownBy.REFERENCE)
    last = earlier.order_by("-id").first()
    if last is not None:
        return _known(last.customer, PayerKnownBy.PAYER)
    return _known(_by_email(profile_id, told.payer_email), PayerKnownBy.EMAIL)


def _known(customer: Customer | None, by: PayerKnownBy) -> KnownPayer | None:
    return KnownPayer(customer, by) if customer is not None else None


def _by_reference(profile_id: UUID, reference: str) -> Customer | None:
    """The customer for whom we made the payer at the provider, or whom that one was merged into."""
    pk = as_uuid(reference)
    found = Customer.objects.filter(pk=pk, profile_id=profile_id).first() if pk else None
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


def _by_email(profile_id: UUID, email: str) -> Customer | None:
    """The one customer that has the address itself or at one of its people; None when there are several."""
    if not email:
        return None
    own = Q(email__iexact=email) | Q(secondary_email__iexact=email) | Q(contacts__email__iexact=email)
    mine = Customer.objects.filter(own, profile_id=profile_id, merged_into__isnull=True)
    found = list(mine.order_by("pk").distinct()[:2])
    return found[0] if len(found) == 1 else None
