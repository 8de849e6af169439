"""Credit and write-offs above the profile's limit need a second person, bound to the exact action."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import ApprovalNeeded
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.services.approvals import Action, approval_consume, approval_request


class _Asked(Exception):
    """Carries the action out of the transaction that is rolled back."""

    def __init__(self, action: Action) -> None:
        super().__init__(action.summary)
        self.action = action


def needs_second_person(profile: BusinessProfile, *, amount: Decimal, currency: str) -> bool:
    """Whether an amount is above the profile's limit; one in another currency always is, where there is a limit."""
    if profile.approval_limit is None:
        return False
    return currency != profile.currency or amount > profile.approval_limit


def second_person_required(*, action: Action, actor: Actor, now: datetime) -> None:
    """Uses an approval of exactly this action up; without one the surrounding `asking_a_second_person` asks."""
    try:
        approval_consume(action=action, actor=actor, now=now)
    except ApprovalNeeded as error:
        raise _Asked(action) from error


@contextmanager
def asking_a_second_person(*, actor: Actor, now: datetime) -> Iterator[None]:
    """A transaction; when it turns out to need an approval it is rolled back, the request is filed instead, and
    ApprovalNeeded with the request's id is raised."""
    try:
        with transaction.atomic():
            yield
    except _Asked as asked:
        approval = approval_request(action=asked.action, actor=actor, now=now)
        raise ApprovalNeeded(
            _("%(action)s needs a second person. They were asked; do it again once it is approved.")
            % {"action": approval.says},
            approval_id=str(approval.pk),
        ) from None
