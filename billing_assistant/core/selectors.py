"""Reads of the core that span rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.filtered_lists import filtered_lists
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import Approval, ApprovalStatus, BusinessProfile, Event, Notice, SavedFilter, User
from billing_assistant.core.privacy import history_of

APPROVALS_OPEN: Final = (ApprovalStatus.WAITING, ApprovalStatus.APPROVED)


def profiles_for(actor: Actor) -> QuerySet[BusinessProfile]:
    """The business profiles that the actor may see, by name."""
    everything = BusinessProfile.objects.order_by("name", "id")
    return everything if actor.profile_ids is None else everything.filter(pk__in=actor.profile_ids)


def timeline(
    actor: Actor, *, subject_id: UUID | None = None, parts: Iterable[UUID] = (), customer_id: UUID | None = None
) -> QuerySet[Event]:
    """What happened to a subject and its parts, or to a customer, newest first, within the actor's profiles."""
    events = Event.objects.order_by("-id")
    if actor.profile_ids is not None:
        events = events.filter(profile_id__in=actor.profile_ids)
    if subject_id is not None:
        events = events.filter(subject_id__in=[subject_id, *parts])
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


def approvals_open(actor: Actor, now: datetime) -> QuerySet[Approval]:
    """Requests that still wait for somebody: for a second person, or for the first to carry out what was approved."""
    return approvals_for(actor).filter(status__in=APPROVALS_OPEN, expires_at__gt=now)


def approvals_about(
    actor: Actor, page: str, now: datetime, again: Mapping[str, str] | None = None
) -> list[tuple[Approval, str]]:
    """The open requests about what a page of staff shows, the oldest first; `page` is its address.

    Each with the address where the actor carries it out: one of `again`, by the action, of what was approved for them.
    """
    found = approvals_open(actor, now).filter(subject_url=page).order_by("created_at")
    return [(each, (again or {}).get(each.action, "") if _is_theirs(each, actor) else "") for each in found]


def approval_to_carry_out(actor: Actor, action: str, page: str, now: datetime) -> Approval | None:
    """What was approved last of an action that the actor asked for about a page, and is still to be done."""
    found = [each for each, url in approvals_about(actor, page, now, {action: page}) if url]
    return found[-1] if found else None


def _is_theirs(approval: Approval, actor: Actor) -> bool:
    return approval.status == ApprovalStatus.APPROVED and approval.requested_by_id == actor.user_id


def saved_filters_for(actor: Actor, *, profile_id: UUID | None = None, list_key: str = "") -> QuerySet[SavedFilter]:
    """The filters that the actor may use: those of its person and those that are shared, by name.

    Only of lists that the actor may see, of one profile and one list or of all.
    """
    seen = [one.key for one in filtered_lists().values() if one.right in actor.rights]
    rows = SavedFilter.objects.filter(list_key__in=seen).select_related("owner", "profile").order_by("name", "id")
    rows = rows.filter(Q(is_shared=True) | Q(owner_id=actor.user_id))
    if actor.profile_ids is not None:
        rows = rows.filter(profile_id__in=actor.profile_ids)
    if profile_id is not None:
        rows = rows.filter(profile_id=profile_id)
    return rows.filter(list_key=list_key) if list_key else rows


def saved_filter_get(
    actor: Actor, filter_id: UUID, *, profile_id: UUID | None = None, list_key: str = ""
) -> SavedFilter:
    """One saved filter, of that profile and list where they are given. Raises NotFound."""
    found = saved_filters_for(actor, profile_id=profile_id, list_key=list_key).filter(pk=filter_id).first()
    if found is None:
        raise NotFound(_("There is no such saved filter."))
    return found


def saved_filter_history(saved: SavedFilter, *, most: int = 10) -> QuerySet[Any]:
    """What a saved filter once was, the latest first, with who wrote it. The caller has scoped it."""
    rows = history_of(SavedFilter)[0]
    return rows.filter(pgh_obj_id=saved.pk).order_by("-pgh_id")[:most]


def saved_filter_named(actor: Actor, text: str, *, profile_id: UUID, list_key: str) -> SavedFilter:
    """The saved filter whose id a text is, of that profile and list. Raises NotFound."""
    return saved_filter_get(actor, as_uuid(text) or UUID(int=0), profile_id=profile_id, list_key=list_key)
