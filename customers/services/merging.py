"""Two entries of one customer become one. It cannot be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events, merging
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from customers.errors import CannotMerge
from customers.locks import customers_lock_to_merge
from customers.models import Customer
from customers.services.fields import NOTES_LENGTH
from customers.services.values import MOST_TAGS
from customers.states import CustomerStatus

# What is taken from one customer or the other as a whole.
PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name",),
    "business_type": ("business_type",),
    "tax_id": ("tax_id",),
    "email": ("email",),
    "phone": ("phone",),
    "secondary_email": ("secondary_email",),
    "secondary_phone": ("secondary_phone",),
    "address": ("street", "city", "postal_code", "country"),
    "secondary_address": ("secondary_street", "secondary_city", "secondary_postal_code", "secondary_country"),
    "bank_details": ("bank_name", "bank_account_name", "bank_account_number", "bank_swift"),
    "currency": ("currency", "credit_limit"),
    "payment_terms": ("payment_terms",),
    "preferred_payment_method": ("preferred_payment_method",),
    "billing_cycle": ("billing_cycle",),
    "invoice_template": ("invoice_template",),
    "language": ("language",),
    "include_tax": ("include_tax",),
    "auto_send_invoices": ("auto_send_invoices",),
    "send_reminders": ("send_reminders",),
}


def customers_merge(
    *, keep_id: UUID, merge_id: UUID, actor: Actor, now: datetime, take: Iterable[str] = ()
) -> Customer:
    """Moves everything of one customer to another, which is kept, and returns that one.

    The kept customer's values stay, and what it has not is filled from the other; `take` names PARTS that come from the
    other all the same. Tags are united, notes put together. The other stays as a row that stands for the kept one: its
    number leads there. Issued documents print what they printed; the journal keeps every amount. Raises NotFound,
    CannotMerge, ValidationFailed.
    """
    actor.require(Right.CUSTOMERS_MERGE)
    taken = frozenset(take)
    unknown = sorted(taken - PARTS.keys())
    if unknown:
        raise ValidationFailed({"take": [_("Choose one of: %(words)s.") % {"words": ", ".join(PARTS)}]})
    with transaction.atomic():
        kept, other = customers_lock_to_merge(keep_id, merge_id)
        actor.require_profile(kept.profile_id)
        actor.require_profile(other.profile_id)
        _refuse(kept, other)
        moved = merging.move_all(merging.Merge(kept.pk, other.pk))
        _unite(kept, other, taken)
        reference = other.source_ref
        other.merged_into, other.merged_at = kept, now
        other.status, other.updated_at = CustomerStatus.INACTIVE.value, now
        if reference and not kept.source_ref:
            other.source_ref, kept.source_ref = "", reference
        other.save()
        kept.updated_at = now
        kept.save()
        events.record(
            name="customer.merged",
            subject=kept,
            actor=actor,
            now=now,
            profile_id=kept.profile_id,
            customer_id=kept.pk,
            label=kept.name,
            data={"number": kept.number, "merged": other.number, "merged_name": other.name, "moved": moved},
        )
    return kept


def parts_that_differ(kept: Customer, other: Customer) -> list[str]:
    """The PARTS of which the other has something else than the kept one."""
    return [
        part for part, names in PARTS.items() if _has(other, part) and _values(kept, names) != _values(other, names)
    ]


def parts_filled(kept: Customer, other: Customer) -> list[str]:
    """The PARTS that the kept customer has not, and gets from the other."""
    return [part for part in parts_that_differ(kept, other) if not _has(kept, part)]


def _values(customer: Customer, names: Iterable[str]) -> list[object]:
    return [getattr(customer, name) for name in names]


def _has(customer: Customer, part: str) -> bool:
    return any(value not in ("", None) for value in _values(customer, PARTS[part]))


def _refuse(kept: Customer, other: Customer) -> None:
    if kept.pk == other.pk:
        raise CannotMerge(_("Choose another customer: this is the same one."))
    if kept.profile_id != other.profile_id:
        raise CannotMerge(_("Customers of two business profiles cannot be merged."))
    if kept.merged_into_id or other.merged_into_id:
        raise CannotMerge(_("This customer was merged already."))
    if kept.is_placeholder or other.is_placeholder:
        raise CannotMerge(_("The customer that stands for unknown ones cannot be merged."))


def _unite(kept: Customer, other: Customer, taken: frozenset[str]) -> None:
    for part in {*taken, *parts_filled(kept, other)}:
        for name in PARTS[part]:
            setattr(kept, name, getattr(other, name))
    kept.tags = list(dict.fromkeys([*kept.tags, *other.tags]))[:MOST_TAGS]
    notes = [text for text in (kept.notes, other.notes) if text]
    kept.notes = "\n\n".join(dict.fromkeys(notes))[:NOTES_LENGTH]
