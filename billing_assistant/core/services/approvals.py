"""Two-person approvals: a request is bound to a hash of the exact action, so an edited action needs a new one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ApprovalNeeded, Conflict, NotFound, PermissionRefused
from billing_assistant.core.locks import approval_lock
from billing_assistant.core.models import Approval, ApprovalStatus, User
from billing_assistant.core.rights import Right
from billing_assistant.core.services.notices import notice_to_role, notice_to_user
from billing_assistant.core.states import require_transition

VALID_FOR: Final = timedelta(days=3)
TRANSITIONS: Final = {
    ApprovalStatus.WAITING: frozenset({ApprovalStatus.APPROVED, ApprovalStatus.REJECTED}),
    ApprovalStatus.APPROVED: frozenset({ApprovalStatus.USED, ApprovalStatus.REJECTED}),
    ApprovalStatus.REJECTED: frozenset[ApprovalStatus](),
    ApprovalStatus.USED: frozenset[ApprovalStatus](),
}


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be approved: a name, its exact JSON arguments and how it reads to the second person.

    `told` is read by that person too, but not what is bound: a reason that is worded anew needs no other approval.
    """

    name: str
    payload: dict[str, Any]
    summary: str
    profile_id: UUID
    amount: Decimal | None = None
    currency: str = ""
    subject_url: str = ""
    told: dict[str, str] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of name and arguments."""
        canonical = json.dumps([self.name, self.payload], sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()


def approval_consume(*, action: Action, actor: Actor, now: datetime) -> None:
    """Uses up an approval of exactly this action, asked for by the same person; called inside the action's transaction.

    Raises ApprovalNeeded when there is none: the caller lets its transaction roll back and then calls
    `approval_request` (see `approved_or_request`).
    """
    user_id = _person(actor)
    approved = approval_lock(
        action=action.name,
        payload_hash=action.hash,
        requested_by_id=user_id,
        status=ApprovalStatus.APPROVED,
        expires_at__gt=now,
    )
    if approved is None:
        raise ApprovalNeeded(_("A second person has to approve this first."), approval_id="")
    approved.status = ApprovalStatus.USED
    approved.save(update_fields=["status"])


def approval_request(*, action: Action, actor: Actor, now: datetime) -> Approval:
    """Asks a second person; asking again for the same action finds the waiting request, one that expired is renewed."""
    user_id = _person(actor)
    with transaction.atomic():
        approval, made = Approval.objects.get_or_create(
            action=action.name,
            payload_hash=action.hash,
            requested_by_id=user_id,
            status=ApprovalStatus.WAITING,
            defaults={
                "profile_id": action.profile_id,
                "summary": action.summary[:240],
                "payload": json.loads(json.dumps(action.payload | action.told, default=str)),
                "amount": action.amount,
                "currency": action.currency,
                "subject_url": action.subject_url,
                "created_at": now,
                "expires_at": now + VALID_FOR,
            },
        )
        renewed = not made and approval.expires_at <= now
        if renewed:
            approval.created_at, approval.expires_at = now, now + VALID_FOR
            approval.save(update_fields=["created_at", "expires_at"])
        if made or renewed:
            notice_to_role(
                roles=("admin", "finance"),
                key=f"approval-{approval.pk}" + (f"-{now:%Y%m%d}" if renewed else ""),
                tone="warning",
                text=lambda: _("Approve: %(what)s") % {"what": approval.says},
                url=f"/approvals/{approval.pk}/",
                profile_id=action.profile_id,
                but_not=approval.requested_by_id,
            )
    return approval


def approval_decide(*, approval_id: UUID, approve: bool, actor: Actor, now: datetime, comment: str = "") -> Approval:
    """A second person approves or rejects. Nobody approves their own request; an expired one cannot be approved."""
    actor.require(Right.APPROVALS_DECIDE)
    user_id = _person(actor)
    with transaction.atomic():
        approval = approval_lock(pk=approval_id)
        if approval is None or not actor.can_see(approval.profile_id):
            raise NotFound(_("There is no such request."))
        wanted = ApprovalStatus.APPROVED if approve else ApprovalStatus.REJECTED
        require_transition(TRANSITIONS, _("The request"), ApprovalStatus(approval.status), wanted)
        if approve and approval.requested_by_id == user_id:
            raise PermissionRefused(_("Another person has to approve what you asked for."))
        if approve and approval.expires_at <= now:
            raise Conflict(_("This request has expired. Ask again."))
        approval.status = wanted
        approval.decided_by_id, approval.decided_at, approval.comment = user_id, now, comment[:240]
        approval.save(update_fields=["status", "decided_by", "decided_at", "comment"])
        notice_to_user(
            person=approval.requested_by,
            key=f"approval-{approval.pk}-{wanted.value}",
            tone=wanted.tone,
            text=lambda: f"{wanted.label}: {approval.says}",
            url=approval.subject_url or f"/approvals/{approval.pk}/",
        )
    return approval


def _person(actor: Actor) -> UUID:
    if actor.user_id is None or not User.objects.filter(pk=actor.user_id, is_active=True).exists():
        raise PermissionRefused(_("Only a person can ask for or give an approval."))
    return actor.user_id
