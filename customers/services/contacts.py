"""The people at a customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from customers.consents import consents_of
from customers.countries import country_code
from customers.locks import contact_lock, customer_lock
from customers.models import Consent, Contact, Customer
from customers.services import values
from customers.services.values import BadValue, Place, Reader
from customers.states import ContactChannel, ContactRole

READERS: Final[Mapping[str, Reader]] = {
    "name": values.text(120, required=True),
    "email": values.email,
    "phone": values.phone,
    "role": values.one_of(ContactRole),
    "is_primary": values.yes_or_no,
    "consent": values.consent,
}
MOST_CONTACTS: Final = 100


def contact_add(*, customer_id: UUID, data: Mapping[str, object], actor: Actor, now: datetime) -> Contact:
    """Adds a person; the first one is the first contact. Raises ValidationFailed."""
    actor.require(Right.CUSTOMERS_EDIT)
    with transaction.atomic():
        customer = customer_lock(customer_id)
        actor.require_profile(customer.profile_id)
        fields = _fields(data, customer)
        if "name" not in fields:
            raise ValidationFailed({"name": [_("This is needed.")]})
        count = customer.contacts.count()
        if count >= MOST_CONTACTS:
            raise ValidationFailed(_("A customer has at most %(n)s contacts.") % {"n": MOST_CONTACTS})
        consent = fields.pop("consent", {})
        fields["is_primary"] = bool(fields.get("is_primary")) or count == 0
        if fields["is_primary"]:
            _no_other_primary(customer)
        contact = Contact.objects.create(customer=customer, created_at=now, **fields)
        _record("contact.added", contact, actor, now)
        _keep_consent(contact, consent, actor, now)
    return contact


def contact_update(*, contact_id: UUID, changes: Mapping[str, object], actor: Actor, now: datetime) -> Contact:
    """Changes a person. Another e-mail address ends the person's portal access: it was given to the old one.

    `consent` is what the person said, True or False by channel; each change is kept with who noted it and when.
    """
    actor.require(Right.CUSTOMERS_EDIT)
    with transaction.atomic():
        contact = contact_lock(contact_id)
        actor.require_profile(contact.customer.profile_id)
        fields = _fields(changes, contact.customer)
        consent = fields.pop("consent", {})
        changed = {name: value for name, value in fields.items() if getattr(contact, name) != value}
        if changed.get("is_primary"):
            _no_other_primary(contact.customer)
        if "email" in changed and contact.user_id is not None:
            changed["user"] = None
        for name, value in changed.items():
            setattr(contact, name, value)
        if changed:
            contact.save(update_fields=list(changed))
            _record("contact.updated", contact, actor, now, fields=sorted(changed))
        _keep_consent(contact, consent, actor, now)
    return contact


def contact_remove(*, contact_id: UUID, actor: Actor, now: datetime) -> None:
    """Takes a person off the customer, and with that off the portal. The history keeps who it was."""
    actor.require(Right.CUSTOMERS_EDIT)
    with transaction.atomic():
        contact = contact_lock(contact_id)
        actor.require_profile(contact.customer.profile_id)
        _record("contact.removed", contact, actor, now)
        contact.delete()


def _fields(given: Mapping[str, object], customer: Customer) -> dict[str, Any]:
    place = Place(country_code(customer.country) or customer.profile.country, customer.currency)
    errors = {name: [_("This field cannot be set.")] for name in given if name not in READERS}
    kept: dict[str, Any] = {}
    for name in given.keys() & READERS.keys():
        try:
            kept[name] = READERS[name](given[name], place)
        except BadValue as error:
            errors[name] = [str(error)]
    if errors:
        raise ValidationFailed(errors)
    return kept


def _no_other_primary(customer: Customer) -> None:
    Contact.objects.filter(customer=customer, is_primary=True).update(is_primary=False)


def _keep_consent(contact: Contact, wanted: Mapping[ContactChannel, bool], actor: Actor, now: datetime) -> None:
    """A row for each channel about which something else is said than before."""
    present = consents_of(contact)
    for channel, allowed in wanted.items():
        before = present.get(channel)
        if before is not None and before.allowed == allowed:
            continue
        Consent.objects.create(
            contact=contact,
            channel=channel.value,
            allowed=allowed,
            set_by_id=actor.user_id,
            set_by_label=actor.label[:150],
            created_at=now,
        )
        _record("contact.consent_set", contact, actor, now, channel=channel.value, allowed=allowed)


def _record(name: str, contact: Contact, actor: Actor, now: datetime, **data: object) -> None:
    events.record(
        name=name,
        subject=contact,
        actor=actor,
        now=now,
        profile_id=contact.customer.profile_id,
        customer_id=contact.customer_id,
        label=contact.name,
        data=data,
    )
