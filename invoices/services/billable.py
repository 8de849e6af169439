"""Billable work: written down, taken over from other tools, changed, not billed and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from customers.models import Customer
from invoices.billable_states import BILLABLE_TRANSITIONS, BillableGrouping, BillableLines, BillableState
from invoices.errors import BillableNotOpen
from invoices.locks import billable_lock
from invoices.models import BillableItem, BillableTerms
from invoices.services.billable_input import BillableInput, billable_fill

MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """A piece of work after it was sent: `outcome` is created, changed, unchanged, or kept (it is billed already)."""

    item: BillableItem
    outcome: str


def billable_add(*, profile_id: UUID, data: BillableInput, actor: Actor, now: datetime) -> BillableItem:
    """Writes down one piece of work. Raises ValidationFailed, PermissionRefused."""
    return billable_take(profile_id=profile_id, data=[data], actor=actor, now=now)[0].item


def billable_take(*, profile_id: UUID, data: Sequence[BillableInput], actor: Actor, now: datetime) -> list[Taken]:
    """Writes down up to 500 pieces of work, all or none, in the order given.

    Work with a source and an id there exists once in the profile: sent again it changes what is open, and leaves what
    is on a draft, invoiced or dismissed. Raises ValidationFailed, with `<index>.<field>` where several were sent.
    """
    actor.require(Right.INVOICES_DRAFT)
    actor.require_profile(profile_id)
    if len(data) > MOST_AT_ONCE:
        raise ValidationFailed(_("Send at most %(most)s at once.") % {"most": MOST_AT_ONCE})
    with transaction.atomic():
        if any(one.external_id for one in data):
            advisory_lock(f"billable:{profile_id}")
        present = _present(profile_id, data)
        taken: list[Taken] = []
        errors: dict[str, list[str]] = {}
        for index, one in enumerate(data):
            try:
                taken.append(_take(profile_id, one, present, actor, now))
            except ValidationFailed as error:
                if len(data) == 1:
                    raise
                errors |= {f"{index}.{field}": reasons for field, reasons in error.errors.items()}
        if errors:
            raise ValidationFailed(errors)
    return taken


def billable_update(*, item_id: UUID, data: BillableInput, actor: Actor, now: datetime) -> BillableItem:
    """Changes open work. Raises NotFound, ValidationFailed, BillableNotOpen (on a draft, invoiced or dismissed)."""
    with transaction.atomic():
        item = _locked(item_id, actor)
        if item.state != BillableState.OPEN:
            raise BillableNotOpen(item.state_word)
        billable_fill(item, data, now=now)
        item.save()
        _record("billable.changed", item, actor, now)
    return item


def billable_dismiss(*, item_id: UUID, actor: Actor, now: datetime) -> BillableItem:
    """Says that open work is not billed; `billable_take_back` opens it again."""
    return _move(item_id, BillableState.DISMISSED, "billable.dismissed", actor, now)


def billable_take_back(*, item_id: UUID, actor: Actor, now: datetime) -> BillableItem:
    """Opens dismissed work again. Work on a draft is opened by the draft alone."""
    return _move(item_id, BillableState.OPEN, "billable.taken_back", actor, now)


def billable_terms_set(
    *, customer_id: UUID, grouping: BillableGrouping, lines: BillableLines, actor: Actor, now: datetime
) -> BillableTerms:
    """Says how a customer wants work on drafts. Raises NotFound, PermissionRefused."""
    actor.require(Right.INVOICES_DRAFT)
    customer = Customer.objects.filter(pk=customer_id).first()
    if customer is None or not actor.can_see(customer.profile_id):
        raise NotFound(_("There is no such customer."))
    with transaction.atomic():
        terms, _made = BillableTerms.objects.update_or_create(
            customer=customer, defaults={"grouping": grouping, "lines": lines}
        )
        events.record(
            name="billable.terms_set",
            subject=customer,
            actor=actor,
            now=now,
            profile_id=customer.profile_id,
            customer_id=customer.pk,
            label=customer.name,
            data={"grouping": grouping.value, "lines": lines.value},
        )
    return terms


Key = tuple[str, str]


def _present(profile_id: UUID, data: Sequence[BillableInput]) -> dict[Key, BillableItem]:
    named = {one.key for one in data if one.external_id}
    rows = BillableItem.objects.filter(profile_id=profile_id, external_id__in=[key[1] for key in named])
    ids = [pk for pk, *key in rows.values_list("pk", "source", "external_id") if tuple(key) in named]
    return {(item.source, item.external_id): item for item in billable_lock(ids)}


def _take(
    profile_id: UUID, data: BillableInput, present: dict[Key, BillableItem], actor: Actor, now: datetime
) -> Taken:
    item = present.get(data.key) if data.external_id else None
    if item is not None and item.state != BillableState.OPEN:
        return Taken(item, "kept")
    made = item is None
    item = item or BillableItem(profile_id=profile_id, created_at=now, created_by_label=actor.label[:150])
    if not billable_fill(item, data, now=now):
        return Taken(item, "unchanged")
    item.save()
    if data.external_id:
        present[data.key] = item
    _record("billable.added" if made else "billable.changed", item, actor, now)
    return Taken(item, "created" if made else "changed")


def _move(item_id: UUID, state: BillableState, event: str, actor: Actor, now: datetime) -> BillableItem:
    with transaction.atomic():
        item = _locked(item_id, actor)
        if state is BillableState.OPEN and item.state not in {BillableState.DISMISSED, BillableState.OPEN}:
            raise BillableNotOpen(item.state_word)
        require_transition(BILLABLE_TRANSITIONS, item.description, item.state_word, state)
        item.state, item.updated_at = state, now
        item.save(update_fields=["state", "updated_at"])
        _record(event, item, actor, now)
    return item


def _locked(item_id: UUID, actor: Actor) -> BillableItem:
    actor.require(Right.INVOICES_DRAFT)
    found = billable_lock([item_id])
    if not found or not actor.can_see(found[0].profile_id):
        raise NotFound(_("There is no such billable work."))
    return found[0]


def _record(name: str, item: BillableItem, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=item,
        actor=actor,
        now=now,
        profile_id=item.profile_id,
        customer_id=item.customer_id,
        label=item.description[:80],
        data={"amount": str(item.amount), "currency": item.currency},
    )
