"""Erasing what is held on a customer, or on one contact. It cannot be undone; what the law keeps stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing_assistant.core import events, privacy
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.models import ErasureRecord
from billing_assistant.core.rights import Right
from billing_assistant.core.services.retention import retention_of
from customers.errors import CannotErase
from customers.locks import contact_lock, customer_lock
from customers.models import Contact, Customer
from customers.privacy import subject_of_contact, subject_of_customer


def customer_erase(*, customer_id: UUID, confirmation: str, actor: Actor, now: datetime) -> ErasureRecord:
    """Erases a customer with everybody there; `confirmation` is the customer's number, typed by a person.

    Issued documents, payments and the journal stay until the years that the law asks for are over. Erasing again does
    what is left to do, and returns the record there is when nothing was. Raises PermissionRefused, NotFound,
    ValidationFailed, and CannotErase while money is open or something waits.
    """
    actor.require(Right.PRIVACY_MANAGE)
    with transaction.atomic():
        customer = customer_lock(customer_id)
        actor.require_profile(customer.profile_id)
        _refuse(customer, confirmation)
        subject = subject_of_customer(customer)
        return _erase(customer, subject, None, actor, now)


def contact_erase(*, contact_id: UUID, confirmation: str, actor: Actor, now: datetime) -> ErasureRecord:
    """Erases one person at a customer, who stays; `confirmation` is the customer's number.

    Raises PermissionRefused, NotFound, ValidationFailed, CannotErase.
    """
    actor.require(Right.PRIVACY_MANAGE)
    with transaction.atomic():
        contact = contact_lock(contact_id)
        actor.require_profile(contact.customer.profile_id)
        _refuse(contact.customer, confirmation)
        return _erase(contact.customer, subject_of_contact(contact), contact, actor, now)


def obstacles_of(customer: Customer) -> list[str]:
    """What has to be done before the customer can be erased, as sentences."""
    return privacy.obstacles_to(subject_of_customer(customer))


def _refuse(customer: Customer, confirmation: str) -> None:
    if confirmation.strip() != customer.number:
        text = _("Type the number of the customer: %(number)s.") % {"number": customer.number}
        raise ValidationFailed({"confirmation": [text]})
    if customer.merged_into_id:
        raise CannotErase(_("This customer was merged into another: erase that one."))
    if customer.is_placeholder:
        raise CannotErase(_("The customer that stands for unknown ones names nobody."))


def _erase(
    customer: Customer, subject: privacy.Subject, contact: Contact | None, actor: Actor, now: datetime
) -> ErasureRecord:
    obstacles = privacy.obstacles_to(subject)
    if obstacles:
        raise CannotErase(" ".join(obstacles))
    contact_id = contact.pk if contact else None
    with translation.override("en"):
        outcome = privacy.erase_all(subject, now)
        record = _record(customer, contact_id, outcome, actor, now)
    known = ErasureRecord.objects.filter(customer_id=customer.pk, contact_id=contact_id).first()
    if known is not None and not outcome.done:
        return known
    record.save(force_insert=True)
    events.record(
        name="customer.erased" if contact is None else "contact.erased",
        subject=customer,
        actor=actor,
        now=now,
        profile_id=customer.profile_id,
        customer_id=customer.pk,
        label=customer.number if contact else subject.alias,
        data={"number": customer.number},
    )
    return record


def _record(
    customer: Customer, contact_id: UUID | None, outcome: privacy.Outcome, actor: Actor, now: datetime
) -> ErasureRecord:
    years = retention_of(customer.profile_id).document_years
    kept = [
        {
            "label": str(one.label),
            "count": one.count,
            "until": privacy.kept_until(one.last_day, years).isoformat() if one.last_day else "",
            "reason": str(one.reason),
        }
        for one in outcome.kept
    ]
    return ErasureRecord(
        created_at=now,
        profile_id=customer.profile_id,
        customer_id=customer.pk,
        contact_id=contact_id,
        customer_number=customer.number,
        requested_by_id=actor.user_id,
        requested_by_label=actor.label[:150],
        done={str(label): number for label, number in outcome.done},
        kept=kept,
    )
