"""Many drafts at once: as `draft_create` makes them one by one, in a number of statements that does not grow."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db import transaction

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.related import children_known
from billing_assistant.core.rights import Right
from billing_assistant.core.services.numbers import human_number_take
from customers.models import Customer
from invoices.models import DraftLine, DraftVersion, InvoiceDraft
from invoices.services.draft_filling import draft_fill, fill_ground
from invoices.services.draft_input import DraftInput
from invoices.services.draft_snapshots import draft_snapshot
from invoices.states import DraftSource

OWN: Final = frozenset(
    {"id", "profile_id", "customer_id", "number", "created_at", "created_by_id", "generated_by", "source_key"}
)
"""What a draft has of itself; the rest comes of what it says."""


def drafts_create(
    *,
    wanted: Sequence[tuple[Customer, DraftInput]],
    actor: Actor,
    now: datetime,
    generated_by: DraftSource = DraftSource.MANUAL,
    source_keys: Sequence[str] = (),
) -> list[InvoiceDraft]:
    """Makes a draft for each pair, all or none, in their order. The customers are of one profile and read with it.

    What is said names currency and terms, and neither billable work nor a promo code: these belong to one customer.
    `source_keys` (one for each, unique in the profile) are of a caller who lets nobody else make drafts of them.
    Raises ValidationFailed, NotFound, PermissionRefused.
    """
    actor.require(Right.INVOICES_DRAFT)
    if not wanted:
        return []
    profile, keys = wanted[0][0].profile, source_keys or [""] * len(wanted)
    actor.require_profile(profile.pk)
    with transaction.atomic():
        numbers = human_number_take(
            profile_id=profile.pk, kind="draft", pattern=profile.draft_number_format, count=len(wanted)
        )
        drafts = [
            InvoiceDraft(
                profile=profile,
                customer=customer,
                number=number,
                created_at=now,
                created_by_id=actor.user_id,
                generated_by=generated_by,
                source_key=key,
            )
            for (customer, _data), number, key in zip(wanted, numbers, keys, strict=True)
        ]
        lines = _filled(drafts, [data for _customer, data in wanted], now)
        InvoiceDraft.objects.bulk_create(drafts)
        DraftLine.objects.bulk_create(lines)
        _lines_known(drafts)
        DraftVersion.objects.bulk_create([_version(draft, actor, now) for draft in drafts])
        events.record_many(_created(draft, actor, now) for draft in drafts)
    return drafts


def _filled(drafts: Sequence[InvoiceDraft], said: Sequence[DraftInput], now: datetime) -> list[DraftLine]:
    """Sets the fields of the drafts and gives all their lines. What says the same is checked and computed once."""
    alike: dict[DraftInput, tuple[InvoiceDraft, list[DraftLine]]] = {}
    lines: list[DraftLine] = []
    ground = fill_ground(list(dict.fromkeys(said)), drafts[0].profile_id)
    for draft, data in zip(drafts, said, strict=True):
        if data not in alike:
            alike[data] = (draft, draft_fill(draft, data, now=now, ground=ground))
            lines += alike[data][1]
            continue
        model, of_model = alike[data]
        for field in InvoiceDraft._meta.concrete_fields:
            if field.attname not in OWN:
                setattr(draft, field.attname, getattr(model, field.attname))
        lines += [_of(draft, line) for line in of_model]
    return lines


def _of(draft: InvoiceDraft, line: DraftLine) -> DraftLine:
    own = copy(line)
    own._state = copy(line._state)
    own._state.fields_cache = {}
    own.draft = draft
    return own


def _lines_known(drafts: Sequence[InvoiceDraft]) -> None:
    """Gives each draft its lines as stored, with the decimals of the columns."""
    stored = DraftLine.objects.filter(draft__in=drafts).order_by("draft_id", "position")
    of = {draft_id: list(lines) for draft_id, lines in groupby(stored, key=attrgetter("draft_id"))}
    for draft in drafts:
        children_known(draft, "lines", of.get(draft.pk, ()))


def _version(draft: InvoiceDraft, actor: Actor, now: datetime) -> DraftVersion:
    return DraftVersion(
        draft=draft,
        version=draft.version,
        snapshot=draft_snapshot(draft),
        author_label=actor.label[:150],
        created_at=now,
    )


def _created(draft: InvoiceDraft, actor: Actor, now: datetime) -> events.EventInput:
    return events.EventInput(
        name="draft.created",
        subject=draft,
        actor=actor,
        now=now,
        profile_id=draft.profile_id,
        customer_id=draft.customer_id,
        data={"version": draft.version, "total": str(draft.total), "currency": draft.currency},
    )
