"""A draft that is issued and sent by itself at a set time. It gets its number only then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from billing_assistant.core import events
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.rights import Right
from billing_assistant.core.states import require_transition
from invoices.errors import DraftIncomplete
from invoices.locks import draft_lock
from invoices.models import InvoiceDraft
from invoices.states import DRAFT_TRANSITIONS, DraftStatus

LONGEST_AHEAD: Final = timedelta(days=366)


def draft_schedule(
    *, draft_id: UUID, at: datetime, send_options: dict[str, Any], actor: Actor, now: datetime
) -> InvoiceDraft:
    """Sets the moment at which a complete draft is to be issued and sent; again, to move it.

    Until then it cannot be edited. Raises PermissionRefused, NotFound, TransitionRefused, DraftIncomplete, and
    ValidationFailed for a moment that is past or more than a year ahead.
    """
    actor.require(Right.INVOICES_ISSUE)
    actor.require(Right.INVOICES_SEND)
    if not now < at <= now + LONGEST_AHEAD:
        raise ValidationFailed({"schedule_send": ["Choose a time in the future, at most a year ahead."]})
    with transaction.atomic():
        draft = draft_lock(draft_id)
        actor.require_profile(draft.profile_id)
        if draft.status != DraftStatus.SCHEDULED:
            require_transition(DRAFT_TRANSITIONS, draft.number, DraftStatus(draft.status), DraftStatus.SCHEDULED)
        prices = list(draft.lines.values_list("unit_price", flat=True))
        if not prices or None in prices:
            raise DraftIncomplete(f"{draft.number} has nothing to bill yet, or a line without a rate.")
        draft.status, draft.scheduled_for, draft.send_options = DraftStatus.SCHEDULED, at, send_options
        draft.save(update_fields=["status", "scheduled_for", "send_options"])
        _event("draft.scheduled", draft, actor, now, at=at.isoformat())
    return draft


def draft_unschedule(*, draft_id: UUID, actor: Actor, now: datetime, reason: str = "") -> InvoiceDraft:
    """Makes a scheduled draft an ordinary one again. Raises PermissionRefused, NotFound, TransitionRefused."""
    actor.require(Right.INVOICES_DRAFT)
    with transaction.atomic():
        draft = draft_lock(draft_id)
        actor.require_profile(draft.profile_id)
        require_transition(DRAFT_TRANSITIONS, draft.number, DraftStatus(draft.status), DraftStatus.DRAFT)
        draft.status, draft.scheduled_for, draft.send_options = DraftStatus.DRAFT, None, {}
        draft.save(update_fields=["status", "scheduled_for", "send_options"])
        _event("draft.unscheduled", draft, actor, now, reason=reason[:200])
    return draft


def _event(name: str, draft: InvoiceDraft, actor: Actor, now: datetime, **data: str) -> None:
    events.record(
        name=name,
        subject=draft,
        actor=actor,
        now=now,
        profile_id=draft.profile_id,
        customer_id=draft.customer_id,
        label=draft.number,
        data=data,
    )
