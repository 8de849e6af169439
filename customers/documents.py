"""Reads of the papers of a customer."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.errors import NotFound
from customers.models import Customer, CustomerDocument


def documents_of(customer: Customer) -> QuerySet[CustomerDocument]:
    """The papers of a customer, newest first."""
    return customer.papers.select_related("file", "customer").order_by("-id")


def document_of(customer: Customer, document_id: UUID | None) -> CustomerDocument:
    """One of them. Raises NotFound, also for a paper of another customer."""
    found = documents_of(customer).filter(pk=document_id).first() if document_id else None
    if found is None:
        raise NotFound(_("There is no such document."))
    return found
