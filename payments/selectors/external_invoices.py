"""Reads of invoices that providers made by themselves. Every one starts from the actor's business profiles."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from customers.models import Customer
from payments.models import ExternalInvoice
from payments.states import ExternalInvoiceState


@dataclass(frozen=True, slots=True)
class ExternalInvoiceFilters:
    """What a list is narrowed to; an empty field does not narrow."""

    search: str = ""
    status: ExternalInvoiceState | None = None
    currency: str = ""
    nobodys: bool = False


def external_invoices_for(actor: Actor, profile_id: UUID) -> QuerySet[ExternalInvoice]:
    """Those of one business profile, newest first, with their customers."""
    actor.require(Right.PAYMENTS_VIEW)
    actor.require_profile(profile_id)
    rows = ExternalInvoice.objects.filter(profile_id=profile_id).select_related("customer")
    return rows.order_by("-made_at", "-id")


def external_invoices_filtered(
    rows: QuerySet[ExternalInvoice], filters: ExternalInvoiceFilters
) -> QuerySet[ExternalInvoice]:
    """Narrows them. The search finds parts of number, payer and customer."""
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.currency:
        rows = rows.filter(currency=filters.currency)
    if filters.nobodys:
        rows = rows.filter(customer__isnull=True)
    text = " ".join(filters.search.split())
    if not text:
        return rows
    named = Q(number__icontains=text) | Q(external_id__iexact=text) | Q(customer__name__icontains=text)
    return rows.filter(named | Q(payer_name__icontains=text) | Q(payer_email__icontains=text))


def external_invoice_get(actor: Actor, invoice_id: UUID) -> ExternalInvoice:
    """One of them. Raises NotFound, also for one of another profile."""
    actor.require(Right.PAYMENTS_VIEW)
    row = ExternalInvoice.objects.select_related("customer", "profile").filter(pk=invoice_id).first()
    if row is None or not actor.can_see(row.profile_id):
        raise NotFound(_("There is no such invoice."))
    return row


def external_invoices_of(actor: Actor, customer: Customer) -> QuerySet[ExternalInvoice]:
    """Those of one customer, newest first; none without the right to see payments."""
    if Right.PAYMENTS_VIEW not in actor.rights or not actor.can_see(customer.profile_id):
        return ExternalInvoice.objects.none()
    return ExternalInvoice.objects.filter(customer=customer).order_by("-made_at", "-id")
