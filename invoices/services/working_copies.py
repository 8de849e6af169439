"""Unsaved changes of the draft editor: kept for the person who typed them, no version, seen by nobody else."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.rights import Right
from customers.models import Customer
from invoices.models import DraftWorkingCopy, InvoiceDraft

MOST_CHARACTERS: Final = 1_000_000


def working_copy_save(
    *,
    customer: Customer,
    draft: InvoiceDraft | None,
    content: dict[str, Any],
    base_version: int,
    actor: Actor,
    now: datetime,
) -> DraftWorkingCopy:
    """Keeps what stands in a person's editor, in place of what was kept before. The draft itself is not touched.

    `base_version` is the version that the person began from (0 for a new draft). Raises PermissionRefused,
    ValidationFailed.
    """
    actor.require(Right.INVOICES_DRAFT)
    user_id = _person(actor)
    if len(json.dumps(content)) > MOST_CHARACTERS:
        raise ValidationFailed(_("This is too much to be kept before it is saved."))
    with transaction.atomic():
        advisory_lock(f"working-copy:{user_id}:{draft.pk if draft else customer.pk}")
        copy = _of(user_id, customer.pk, draft.pk if draft else None).first() or DraftWorkingCopy(
            profile_id=customer.profile_id, user_id=user_id, customer=customer, draft=draft, created_at=now
        )
        copy.content, copy.saved_at = content, now
        copy.base_version = max(base_version, 1) if draft else 0
        copy.save()
    return copy


def working_copy_drop(*, customer_id: UUID, draft_id: UUID | None, actor: Actor) -> None:
    """Throws a person's unsaved changes away, or those that became a version."""
    if actor.user_id is not None:
        _of(actor.user_id, customer_id, draft_id).delete()


def _of(user_id: Any, customer_id: UUID, draft_id: UUID | None) -> Any:
    copies = DraftWorkingCopy.objects.filter(user_id=user_id, customer_id=customer_id)
    return copies.filter(draft_id=draft_id) if draft_id else copies.filter(draft__isnull=True)


def _person(actor: Actor) -> Any:
    if actor.user_id is None:
        raise PermissionRefused(_("Only a person has unsaved changes."))
    return actor.user_id
