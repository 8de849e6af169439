"""What the settings pages list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import ApiKey, Approval, User
from billing_assistant.core.rights import STAFF_ROLES, Right
from billing_assistant.core.selectors import APPROVALS_OPEN, approvals_for


@dataclass(frozen=True, slots=True)
class KeyState:
    """How an API key stands, as a badge."""

    label: str
    tone: str
    icon: str


def people_for(actor: Actor) -> QuerySet[User]:
    """The colleagues that an administrator may manage, active first, by name."""
    actor.require(Right.USERS_EDIT)
    people = User.objects.filter(role__in=STAFF_ROLES).prefetch_related("profiles")
    if actor.profile_ids is not None:
        within = Q(profiles__in=actor.profile_ids)
        beyond = User.objects.filter(profiles__isnull=False).exclude(within).values("pk")
        people = people.filter(within).exclude(pk__in=beyond).distinct()
    return people.annotate(factors=Count("authenticator", distinct=True)).order_by(
        "-is_active", "first_name", "last_name", "username"
    )


def api_keys_for(actor: Actor) -> QuerySet[ApiKey]:
    """The API keys of the profiles that an administrator sees, newest first."""
    actor.require(Right.SETTINGS_EDIT)
    keys = ApiKey.objects.select_related("user", "profile").order_by("-created_at")
    return keys if actor.profile_ids is None else keys.filter(profile_id__in=actor.profile_ids)


def approvals_closed(actor: Actor, now: datetime) -> QuerySet[Approval]:
    """Requests that are over: rejected, carried out, or expired."""
    return approvals_for(actor).exclude(status__in=APPROVALS_OPEN, expires_at__gt=now)
