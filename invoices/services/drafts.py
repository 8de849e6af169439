"""Drafts: create, edit with versions, review, discard, restore, duplicate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.bulk import models_insert, rows_insert
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound, ValidationFailed
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.services.numbers import human_number_take
from billing_assistant.core.states import require_transition
from customers.models import Customer
from customers.selectors import customers_by_id
from invoices.errors import DraftChanged, DraftNotEditable
from invoices.locks import billable_lock, draft_lock
from invoices.models import DraftVersion, InvoiceDraft
from invoices.selectors import tax_rates_all
from invoices.services.billable_following import billable_follow, billable_free, billable_take_again
from invoices.services.draft_filling import draft_fill
from invoices.services.draft_input import DraftInput
from invoices.services.draft_lines import lines_known
from invoices.services.draft_snapshots import draft_input_of, draft_snapshot
from invoices.states import (
    DRAFT_TRANSITIONS,
    EDITABLE_DRAFTS,
    DraftSource,
    DraftStatus,
    TaxCategory,
)


def default_tax(customer: Customer) -> tuple[TaxCategory, Decimal]:
    """The tax of a line that names none: the default of today, or exempt where the customer is not charged tax."""
    if not customer.include_tax:
        return TaxCategory.EXEMPT, ZERO
    profile = customer.profile
    today = local_today(profile)
    holding = (rate for rate in tax_rates_all(profile.pk) if rate.is_default and rate.is_valid_on(today))
    default = next(holding, None)
    if default is None:
        return TaxCategory.STANDARD, profile.default_tax_rate
    return TaxCategory(default.category), default.rate


def draft_create(
    *,
    customer_id: UUID,
    data: DraftInput,
    actor: Actor,
    now: datetime,
    generated_by: DraftSource = DraftSource.MANUAL,
    ai_model: str = "",
    generation_prompt: str = "",
    generation: dict[str, Any] | None = None,
    source_key: str = "",
    customer: Customer | None = None,
) -> InvoiceDraft:
    """Makes a draft for a customer, as version 1. Raises ValidationFailed, NotFound, PermissionRefused.

    With a `source_key` (unique in the profile) a repeated call returns the draft that the first one made. `customer` is
    the row with its profile, from a caller who has just read it for this actor.
    """
    actor.require(Right.INVOICES_DRAFT)
    if customer is None or customer.pk != customer_id:
        customer = _customer(customer_id, actor)
    profile = customer.profile
    with transaction.atomic():
        if source_key:
            advisory_lock(f"draft-source:{profile.pk}:{source_key}")
            made = InvoiceDraft.objects.filter(profile=profile, source_key=source_key).first()
            if made is not None:
                return made
        billable_lock([item_id for line in data.lines for item_id in line.billable or ()])
        number = human_number_take(profile_id=profile.pk, kind="draft", pattern=profile.draft_number_format)[0]
        draft = InvoiceDraft(
            profile=profile,
            customer=customer,
            number=number,
            created_at=now,
            created_by_id=actor.user_id,
            generated_by=generated_by,
            ai_model=ai_model[:120],
            generation_prompt=generation_prompt,
            generation=generation or {},
            source_key=source_key,
        )
        _write(draft, data, actor, now)
        _record("draft.created", draft, actor, now)
    return draft


def draft_update(
    *, draft_id: UUID, data: DraftInput, expected_version: int | None, actor: Actor, now: datetime
) -> InvoiceDraft:
    """Saves another version. With `expected_version`, raises DraftChanged if somebody saved meanwhile.

    A reviewed draft becomes a draft again: what was reviewed is not what there is now.
    """
    with transaction.atomic():
        draft = _editable(draft_id, actor)
        if expected_version is not None and draft.version != expected_version:
            raise DraftChanged(draft.version)
        draft.version += 1
        draft.status = DraftStatus.DRAFT
        draft.reviewed_at, draft.reviewed_by = None, None
        _write(draft, data, actor, now)
        _record("draft.updated", draft, actor, now)
    return draft


def draft_restore(*, draft_id: UUID, version: int, actor: Actor, now: datetime) -> InvoiceDraft:
    """Makes an earlier version the newest one. Raises NotFound."""
    saved = DraftVersion.objects.filter(draft_id=draft_id, version=version).first()
    if saved is None:
        raise NotFound(_("There is no such version."))
    data = DraftInput(**draft_input_of(saved.snapshot))
    return draft_update(draft_id=draft_id, data=data, expected_version=None, actor=actor, now=now)


def draft_duplicate(*, draft_id: UUID, actor: Actor, now: datetime) -> InvoiceDraft:
    """Makes a new draft with the same content for the same customer."""
    source = _visible(InvoiceDraft.objects.filter(pk=draft_id).first(), actor)
    data = DraftInput(**draft_input_of(draft_snapshot(source)))
    return draft_create(
        customer_id=source.customer_id, data=replace(data, due_on=None, instalments=()), actor=actor, now=now
    )


def draft_review(*, draft_id: UUID, actor: Actor, now: datetime) -> InvoiceDraft:
    """Marks a draft as looked through by a person; who and when is kept."""
    actor.require(Right.INVOICES_DRAFT)
    with transaction.atomic():
        draft = _visible(draft_lock(draft_id), actor)
        require_transition(DRAFT_TRANSITIONS, draft.number, DraftStatus(draft.status), DraftStatus.REVIEWED)
        draft.status, draft.reviewed_at, draft.reviewed_by_id = DraftStatus.REVIEWED, now, actor.user_id
        draft.save(update_fields=["status", "reviewed_at", "reviewed_by"])
        _record("draft.reviewed", draft, actor, now)
    return draft


def draft_discard(*, draft_id: UUID, actor: Actor, now: datetime) -> InvoiceDraft:
    """Puts a draft away and sets its billable work open; `draft_reopen` brings it back."""
    return _set_status(draft_id, DraftStatus.DISCARDED, "draft.discarded", actor, now)


def draft_reopen(*, draft_id: UUID, actor: Actor, now: datetime) -> InvoiceDraft:
    """Takes a discarded or scheduled draft up again, and its billable work as far as that is still open.

    The texts of lines whose work is billed elsewhere by now are in `not_taken` of the draft.
    """
    return _set_status(draft_id, DraftStatus.DRAFT, "draft.reopened", actor, now)


def draft_schedule(
    *, draft_id: UUID, scheduled_for: datetime, send_options: dict[str, Any], actor: Actor, now: datetime
) -> InvoiceDraft:
    """Has a draft issued and sent at a later moment (it gets its number then)."""
    actor.require(Right.INVOICES_ISSUE)
    if scheduled_for <= now:
        raise ValidationFailed({"schedule_send": [_("The moment has to be in the future.")]})
    with transaction.atomic():
        draft = _visible(draft_lock(draft_id), actor)
        require_transition(DRAFT_TRANSITIONS, draft.number, DraftStatus(draft.status), DraftStatus.SCHEDULED)
        draft.status, draft.scheduled_for, draft.send_options = DraftStatus.SCHEDULED, scheduled_for, send_options
        draft.save(update_fields=["status", "scheduled_for", "send_options"])
        _record("draft.scheduled", draft, actor, now)
    return draft


def _set_status(draft_id: UUID, status: DraftStatus, event: str, actor: Actor, now: datetime) -> InvoiceDraft:
    actor.require(Right.INVOICES_DRAFT)
    with transaction.atomic():
        draft = _visible(draft_lock(draft_id), actor)
        require_transition(DRAFT_TRANSITIONS, draft.number, DraftStatus(draft.status), status)
        draft.status, draft.scheduled_for = status, None
        draft.save(update_fields=["status", "scheduled_for"])
        _record(event, draft, actor, now)
        if status is DraftStatus.DISCARDED:
            billable_free(draft=draft, actor=actor, now=now)
        else:
            billable_take_again(draft=draft, actor=actor, now=now)
    return draft


def _write(draft: InvoiceDraft, data: DraftInput, actor: Actor, now: datetime) -> None:
    """Computes the totals and saves the draft, its lines and the version. Billable work follows the lines."""
    is_new = draft._state.adding
    followed = billable_follow(
        draft=draft, lines=data.lines, currency=data.currency or draft.customer.currency, actor=actor, now=now
    )
    lines = draft_fill(draft, replace(data, lines=followed), now=now)
    if is_new:
        models_insert([draft])
    else:
        draft.save()
        draft.lines.all().delete()
    models_insert(lines)
    lines_known([draft])  # as stored, with the decimals of the columns
    version = {"draft_id": draft.pk, "version": draft.version, "snapshot": draft_snapshot(draft), "created_at": now}
    rows_insert(DraftVersion, [version | {"author_label": actor.label[:150]}])


def _editable(draft_id: UUID, actor: Actor) -> InvoiceDraft:
    actor.require(Right.INVOICES_DRAFT)
    draft = _visible(draft_lock(draft_id), actor)
    if DraftStatus(draft.status) not in EDITABLE_DRAFTS:
        raise DraftNotEditable(
            _("%(number)s is %(state)s and cannot be edited.")
            % {"number": draft.number, "state": DraftStatus(draft.status).label}
        )
    return draft


def _visible(draft: InvoiceDraft | None, actor: Actor) -> InvoiceDraft:
    if draft is None or not actor.can_see(draft.profile_id):
        raise NotFound(_("There is no such draft."))
    return draft


def _customer(customer_id: UUID, actor: Actor) -> Customer:
    customer = customers_by_id([customer_id]).get(customer_id)
    if customer is None or not actor.can_see(customer.profile_id):
        raise NotFound(_("There is no such customer."))
    return customer


def _record(name: str, draft: InvoiceDraft, actor: Actor, now: datetime) -> None:
    events.record(
        name=name,
        subject=draft,
        actor=actor,
        now=now,
        profile_id=draft.profile_id,
        customer_id=draft.customer_id,
        data={"version": draft.version, "total": str(draft.total), "currency": draft.currency},
    )
