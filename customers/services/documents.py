"""Papers about a customer: added, and taken away again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events, files
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from customers.file_kinds import content_type_of
from customers.locks import customer_lock, document_lock
from customers.models import Customer, CustomerDocument


def customer_document_add(
    *, customer_id: UUID, content: bytes, name: str, actor: Actor, now: datetime
) -> CustomerDocument:
    """Keeps a file about a customer; the same content under the same name is kept once.

    Not inside a transaction (see `core.files.store`). Raises FileRefused for a kind or size that is not kept.
    """
    actor.require(Right.CUSTOMERS_EDIT)
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None or not actor.can_see(customer.profile_id):
        raise NotFound(_("There is no such customer."))
    kind = content_type_of(name, content)
    stored = files.store(content=content, name=name, content_type=kind, profile_id=customer.profile_id)
    with transaction.atomic():
        customer = customer_lock(customer_id)
        document, made = CustomerDocument.objects.get_or_create(
            customer=customer,
            file=stored,
            defaults={
                "profile_id": customer.profile_id,
                "name": stored.name,
                "added_by_id": actor.user_id,
                "added_by_label": actor.label[:150],
                "created_at": now,
            },
        )
        if made:
            _record("customer.document_added", document, actor, now)
    return document


def customer_document_remove(*, document_id: UUID, actor: Actor, now: datetime) -> None:
    """Takes a file off the customer. The history keeps its name and who took it away."""
    actor.require(Right.CUSTOMERS_EDIT)
    with transaction.atomic():
        document = document_lock(document_id)
        actor.require_profile(document.profile_id)
        _record("customer.document_removed", document, actor, now)
        document.delete()


def _record(name: str, document: CustomerDocument, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=document,
        actor=actor,
        now=now,
        profile_id=document.profile_id,
        customer_id=document.customer_id,
        label=document.name,
    )
