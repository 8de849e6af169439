"""Reads of the core that span rows."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from billing_assistant.core.actors import Actor
from billing_assistant.core.models import Approval, BusinessProfile, Event, Notice, User


def profiles_for(actor: Actor) -> QuerySet[BusinessProfile]:
    """The business profiles that the actor may see, by name."""
    everything = BusinessProfile.objects.order_by("name")
    return everything if actor.profile_ids is None else everything.filter(pk__in=actor.profile_ids)


def timeline(actor: Actor, *, subject_id: UUID | None = None, customer_id: UUID | None = None) -> QuerySet[Event]:
    """What happened to a subject or a customer, newest first, within the actor's profiles."""
    events = Event.objects.order_by("-id")
    if actor.profile_ids is not None:
        events = events.filter(profile_id__in=actor.profile_ids)
    if subject_id is not None:
        events = events.filter(subject_id=subject_id)
    if customer_id is not None:
        events = events.filter(Q(customer_id=customer_id) | Q(subject_id=customer_id))
    return events


def notices_of(user: User) -> QuerySet[Notice]:
    """A person's notices, newest first."""
    return Notice.objects.filter(user=user)


def approvals_for(actor: Actor) -> QuerySet[Approval]:
    """Requests for approval within the actor's profiles, newest first."""
    requests = Approval.objects.select_related("requested_by", "decided_by", "profile")
    return requests if actor.profile_ids is None else requests.filter(profile_id__in=actor.profile_ids)
