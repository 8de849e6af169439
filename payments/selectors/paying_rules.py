"""How the clients of a business profile pay."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import Event
from billing_assistant.core.rights import Right
from payments.models import PayingRules

CHANGED: Final = "paying_rules.changed"


def paying_rules_of(profile_id: UUID) -> PayingRules:
    """The rules of a profile, or the defaults, unsaved. The caller has scoped the profile."""
    return PayingRules.objects.filter(profile_id=profile_id).first() or PayingRules(profile_id=profile_id)


def paying_rules_history(actor: Actor, *, profile_id: UUID) -> QuerySet[Event]:
    """When the rules were changed, by whom and how, newest first. Raises PermissionRefused, NotFound."""
    actor.require(Right.SETTINGS_EDIT)
    actor.require_profile(profile_id)
    return Event.objects.filter(profile_id=profile_id, name=CHANGED).order_by("-id")
