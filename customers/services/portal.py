"""Portal links: made with each invoice, made again when they ran out, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import rows_insert
from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from customers.locks import portal_link_lock
from customers.models import Customer, PortalLink
from customers.portal_tokens import link_id_of, token_of


def portal_links_write(*, owners: Sequence[tuple[UUID, UUID]], days: int, now: datetime) -> list[UUID]:
    """Writes a link for each (customer id, document id), in the caller's transaction; gives the ids of the links."""
    expires_at = now + timedelta(days=days)
    ids = [uuid4() for _ in owners]
    rows_insert(
        PortalLink,
        [
            {
                "id": link_id,
                "customer_id": customer_id,
                "invoice_id": invoice_id,
                "expires_at": expires_at,
                "revoked_at": None,
                "created_at": now,
            }
            for link_id, (customer_id, invoice_id) in zip(ids, owners, strict=True)
        ],
    )
    return ids


def portal_link_create(*, customer_id: UUID, invoice_id: UUID, actor: Actor, now: datetime) -> PortalLink:
    """A fresh link to one invoice of a customer, valid as long as the business profile says.

    Raises PermissionRefused, and NotFound for a customer outside the actor's profiles. That the invoice is this
    customer's is up to the caller (invoices are a floor higher); the portal checks it again on every request.
    """
    actor.require(Right.INVOICES_SEND)
    customer = Customer.objects.select_related("profile").filter(pk=customer_id).first()
    if customer is None or not actor.can_see(customer.profile_id):
        raise NotFound(_("There is no such customer."))
    with transaction.atomic():
        (link_id,) = portal_links_write(
            owners=[(customer_id, invoice_id)], days=customer.profile.portal_link_days, now=now
        )
    return PortalLink.objects.get(pk=link_id)


def portal_link_revoke(*, link_id: UUID, actor: Actor, now: datetime) -> PortalLink:
    """Ends a link at once; revoking it again changes nothing. Raises PermissionRefused, NotFound."""
    actor.require(Right.INVOICES_SEND)
    with transaction.atomic():
        link = portal_link_lock(link_id)
        actor.require_profile(link.customer.profile_id)
        if link.revoked_at is None:
            link.revoked_at = now
            link.save(update_fields=["revoked_at"])
    return link


def portal_links_revoke_for(*, customer_id: UUID, actor: Actor, now: datetime) -> int:
    """Ends every link of a customer (an address changed hands); returns how many were live."""
    actor.require(Right.INVOICES_SEND)
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None or not actor.can_see(customer.profile_id):
        raise NotFound(_("There is no such customer."))
    return PortalLink.objects.filter(customer_id=customer_id, revoked_at__isnull=True).update(revoked_at=now)


def portal_link_open(*, token: str, now: datetime) -> PortalLink | None:
    """The live link that a token stands for; None when it is forged, expired or revoked, all alike."""
    link_id = link_id_of(token)
    if link_id is None:
        return None
    live = PortalLink.objects.filter(pk=link_id, expires_at__gt=now, revoked_at__isnull=True)
    return live.select_related("customer__profile").first()


def portal_url(link_id: UUID) -> str:
    """The absolute address of a link, for e-mails and QR codes."""
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:invoice', args=[token_of(link_id)])}"


def portal_quote_url(link_id: UUID) -> str:
    """The absolute address of a link that was made for a quote."""
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:quote', args=[token_of(link_id)])}"
