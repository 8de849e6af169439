"""Writing customers: create, change, suspend and take back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.models.sealed import columns_of
from billing_assistant.core.rights import Right
from billing_assistant.core.services.numbers import human_number_take
from customers.errors import CustomerChanged, CustomerMerged
from customers.locks import customer_lock
from customers.models import Customer
from customers.services.fields import customer_fields, defaults_for
from customers.services.values import BadValue, Place, text
from customers.states import CustomerStatus

LONGEST_REASON = 240


def customer_create(*, profile_id: UUID, data: Mapping[str, object], actor: Actor, now: datetime) -> Customer:
    """Adds a customer with the next number of the profile.

    `data` has the names of the model's fields (see `services.fields`). Raises ValidationFailed with every reason.
    """
    actor.require(Right.CUSTOMERS_EDIT)
    actor.require_profile(profile_id)
    with transaction.atomic():
        profile = BusinessProfile.objects.filter(pk=profile_id).first()
        if profile is None:
            raise NotFound(_("There is no such business profile."))
        fields = defaults_for(profile) | customer_fields(data, profile=profile)
        customer = Customer(
            profile=profile,
            number=_free_number(profile),
            created_at=now,
            updated_at=now,
            created_by_id=actor.user_id,
            **fields,
        )
        customer.save(force_insert=True)
        _record("customer.created", customer, actor, now)
    return customer


def customer_update(
    *,
    customer_id: UUID,
    changes: Mapping[str, object],
    actor: Actor,
    now: datetime,
    seen_at: datetime | None = None,
) -> Customer:
    """Changes the fields that are given, `status` among them, and leaves the others.

    With `seen_at` (the customer's `updated_at` that the person saw) raises CustomerChanged when somebody else
    saved in between. Nothing is written and no event told when nothing differs.
    """
    actor.require(Right.CUSTOMERS_EDIT)
    with transaction.atomic():
        customer = _locked(customer_id, actor)
        if seen_at is not None and customer.updated_at != seen_at:
            raise CustomerChanged(
                _("Somebody else saved this customer meanwhile. Check what is there now and save again.")
            )
        fields = customer_fields(changes, profile=customer.profile, current=customer)
        before = CustomerStatus(customer.status)
        changed = [name for name, value in fields.items() if getattr(customer, name) != value]
        for name in changed:
            setattr(customer, name, fields[name])
        if changed:
            customer.updated_at = now
            customer.save(update_fields=columns_of(Customer, [*changed, "updated_at"]))
        told = [name for name in changed if name != "status"]
        if told:
            _record("customer.updated", customer, actor, now, fields=sorted(told))
        if "status" in changed:
            _record_status(customer, before, "", actor, now)
    return customer


def customer_set_status(
    *, customer_id: UUID, status: CustomerStatus, actor: Actor, now: datetime, reason: str = ""
) -> Customer:
    """Activates, deactivates or suspends a customer. A suspended customer gets no new invoice.

    Setting the status that it has changes nothing.
    """
    actor.require(Right.CUSTOMERS_EDIT)
    said = _reason(reason)
    with transaction.atomic():
        customer = _locked(customer_id, actor)
        before = CustomerStatus(customer.status)
        if before is not status:
            customer.status = status.value
            customer.updated_at = now
            customer.save(update_fields=["status", "updated_at"])
            _record_status(customer, before, said, actor, now)
    return customer


def _reason(given: str) -> str:
    try:
        return str(text(LONGEST_REASON)(given, Place("", "")))
    except BadValue as error:
        raise ValidationFailed({"reason": [str(error)]}) from error


def _locked(customer_id: UUID, actor: Actor) -> Customer:
    customer = customer_lock(customer_id)
    actor.require_profile(customer.profile_id)
    if customer.merged_into is not None:
        words = {"other": customer.number, "kept": customer.merged_into.number}
        raise CustomerMerged(_("%(other)s was merged into %(kept)s.") % words)
    return customer


def _free_number(profile: BusinessProfile) -> str:
    """The next number that nobody has: an import may have brought some along."""
    while True:
        (number,) = human_number_take(profile_id=profile.pk, kind="customer", pattern=profile.customer_number_format)
        if not Customer.objects.filter(profile=profile, number=number).exists():
            return number


def _record(name: str, customer: Customer, actor: Actor, now: datetime, **data: object) -> None:
    events.record(
        name=name,
        subject=customer,
        actor=actor,
        now=now,
        profile_id=customer.profile_id,
        customer_id=customer.pk,
        label=customer.name,
        data={"number": customer.number, **data},
    )


def _record_status(customer: Customer, before: CustomerStatus, reason: str, actor: Actor, now: datetime) -> None:
    _record(
        "customer.status_changed",
        customer,
        actor,
        now,
        old=before.value,
        new=CustomerStatus(customer.status).value,
        reason=reason,
    )
