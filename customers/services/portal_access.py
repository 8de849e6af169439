"""Who at a customer may sign in to the portal. Sign-in is by a code that is e-mailed; no password is ever set here."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.ids import uuid7
from billing_assistant.core.models import User
from billing_assistant.core.rights import Right, Role
from customers.errors import AccessBelongsToStaff, NoEmailForAccess
from customers.locks import contact_lock
from customers.models import Contact


def portal_access_give(*, contact_id: UUID, actor: Actor, now: datetime) -> Contact:
    """Lets a contact sign in to the portal by codes sent to the contact's e-mail address.

    A person with the same address at another customer keeps one sign-in for both. Raises NoEmailForAccess,
    and AccessBelongsToStaff for the address of a colleague.
    """
    actor.require(Right.CUSTOMERS_EDIT)
    with transaction.atomic():
        contact = contact_lock(contact_id)
        actor.require_profile(contact.customer.profile_id)
        if not contact.email:
            raise NoEmailForAccess(_("Write an e-mail address first: the sign-in code goes there."))
        if contact.user_id is not None:
            return contact
        contact.user = _client(contact)
        contact.save(update_fields=["user"])
        _record("portal_access.given", contact, actor, now)
    return contact


def portal_access_end(*, contact_id: UUID, actor: Actor, now: datetime) -> Contact:
    """Ends a contact's access; the sign-in itself stays for other customers of the same person."""
    actor.require(Right.CUSTOMERS_EDIT)
    with transaction.atomic():
        contact = contact_lock(contact_id)
        actor.require_profile(contact.customer.profile_id)
        if contact.user_id is not None:
            contact.user = None
            contact.save(update_fields=["user"])
            _record("portal_access.ended", contact, actor, now)
    return contact


def _client(contact: Contact) -> User:
    known = User.objects.filter(email__iexact=contact.email).order_by("date_joined").first()
    if known is None:
        own_id = uuid7()
        return User.objects.create_user(
            id=own_id,
            username=f"client-{own_id.hex}",
            email=contact.email,
            first_name=contact.name[:150],
            role=Role.CLIENT,
            language=contact.customer.language,
        )
    if known.role != Role.CLIENT:
        raise AccessBelongsToStaff(_("This e-mail address belongs to a member of staff."))
    return known


def _record(name: str, contact: Contact, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=contact,
        actor=actor,
        now=now,
        profile_id=contact.customer.profile_id,
        customer_id=contact.customer_id,
        label=contact.name,
    )
