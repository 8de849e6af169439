"""Filters of lists, kept under a name, renamed, shared, and taken away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import PermissionRefused, ValidationFailed
from billing_assistant.core.filtered_lists import FilteredList, list_of
from billing_assistant.core.locks import advisory_lock
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import saved_filter_get

LONGEST_NAME: Final = 80
MOST: Final = 50
"""So many one person keeps for one list of a business profile."""


def saved_filter_create(
    *,
    profile_id: UUID,
    list_key: str,
    name: str,
    query: Mapping[str, str],
    shared: bool,
    actor: Actor,
    now: datetime,
) -> SavedFilter:
    """Keeps what an address narrows and sorts (`query`), for the actor's person or for all of the business profile.

    Raises PermissionRefused, NotFound, ValidationFailed (no condition, a name that is taken, too many).
    """
    filtered = list_of(list_key)
    actor.require(filtered.right)
    actor.require_profile(profile_id)
    owner_id = _person(actor)
    conditions = _conditions(filtered, query)
    with transaction.atomic():
        advisory_lock(f"saved-filters:{profile_id}:{owner_id}:{list_key}")
        mine = SavedFilter.objects.filter(profile_id=profile_id, owner_id=owner_id, list_key=list_key)
        if mine.count() >= MOST:
            raise ValidationFailed({"name": [_("You keep %(most)d filters here. Delete one first.") % {"most": MOST}]})
        saved = SavedFilter(profile_id=profile_id, owner_id=owner_id, list_key=list_key, created_at=now)
        saved.query, saved.is_shared, saved.updated_at = conditions, shared, now
        saved.changed_by_label = actor.label[:150]
        saved.name = _free_name(saved, name)
        saved.save(force_insert=True)
    return saved


def saved_filter_update(
    *,
    filter_id: UUID,
    actor: Actor,
    now: datetime,
    name: str | None = None,
    shared: bool | None = None,
    query: Mapping[str, str] | None = None,
) -> SavedFilter:
    """Renames a saved filter, shares it or makes it private again, replaces what it narrows and sorts; None stays.

    For its owner, and for administrators if shared; what it once was is kept. What batches were told stays theirs.
    Raises NotFound, PermissionRefused, ValidationFailed.
    """
    with transaction.atomic():
        seen = _changeable(filter_id, actor)
        advisory_lock(f"saved-filters:{seen.profile_id}:{seen.owner_id}:{seen.list_key}")
        saved = _changeable(filter_id, actor)
        before = (saved.name, saved.is_shared, saved.query)
        if name is not None:
            saved.name = _free_name(saved, name)
        if shared is not None:
            saved.is_shared = shared
        if query is not None:
            saved.query = _conditions(list_of(saved.list_key), query)
        if (saved.name, saved.is_shared, saved.query) != before:
            saved.updated_at, saved.changed_by_label = now, actor.label[:150]
            saved.save(update_fields=["name", "is_shared", "query", "updated_at", "changed_by_label"])
    return saved


def saved_filter_delete(*, filter_id: UUID, actor: Actor) -> SavedFilter:
    """Takes a saved filter away. What was done with it stays. Raises NotFound, PermissionRefused."""
    with transaction.atomic():
        saved = _changeable(filter_id, actor)
        SavedFilter.objects.filter(pk=saved.pk).delete()
    return saved


def may_change(saved: SavedFilter, actor: Actor) -> bool:
    """Whether the actor may change or delete it: its owner, and who sets up the business profile if it is shared."""
    return saved.owner_id == actor.user_id or (saved.is_shared and Right.SETTINGS_EDIT in actor.rights)


def _changeable(filter_id: UUID, actor: Actor) -> SavedFilter:
    saved = saved_filter_get(actor, filter_id)
    if not may_change(saved, actor):
        raise PermissionRefused(_("Only %(name)s can change this filter.") % {"name": saved.owner.display_name})
    return saved


def _conditions(filtered: FilteredList, query: Mapping[str, str]) -> dict[str, str]:
    conditions = filtered.cleaned(query)
    if not conditions:
        raise ValidationFailed({"name": [_("Filter, search or sort the list first: there is nothing to keep yet.")]})
    return conditions


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise PermissionRefused(_("A filter belongs to a person."))
    return actor.user_id


def _free_name(saved: SavedFilter, name: str) -> str:
    """The name, trimmed. Raises ValidationFailed for none, a long one, and one that its owner uses already."""
    text = " ".join(name.replace("\x00", "").split())
    if not text:
        raise ValidationFailed({"name": [_("Write a name.")]})
    if len(text) > LONGEST_NAME:
        raise ValidationFailed({"name": [_("Write at most %(most)d characters.") % {"most": LONGEST_NAME}]})
    same = SavedFilter.objects.filter(
        profile_id=saved.profile_id, owner_id=saved.owner_id, list_key=saved.list_key, name__iexact=text
    )
    if same.exclude(pk=saved.pk).exists():
        raise ValidationFailed({"name": [_("There is a filter of this name already.")]})
    return text
