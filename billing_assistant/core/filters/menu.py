"""The menu of saved filters above a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from billing_assistant.core.filtered_lists import list_of
from billing_assistant.core.models import SavedFilter
from billing_assistant.core.selectors import saved_filter_named, saved_filters_for
from billing_assistant.core.web import actor_of, current_profile


@dataclass(frozen=True, slots=True)
class SavedItem:
    """A saved filter as a link. `owner` is named for those of others."""

    name: str
    url: str
    active: bool
    shared: bool
    owner: str


@dataclass(frozen=True, slots=True)
class SavedMenu:
    """What the menu has. `save_url` is empty where nothing is narrowed, or a saved filter is what is seen."""

    items: tuple[SavedItem, ...]
    save_url: str
    manage_url: str

    @property
    def active(self) -> SavedItem | None:
        """The saved filter that the list shows."""
        return next((item for item in self.items if item.active), None)


def saved_menu(request: HttpRequest, list_key: str) -> SavedMenu:
    """The saved filters of a list for whoever looks at it. One query."""
    actor, filtered = actor_of(request), list_of(list_key)
    now_set = filtered.cleaned(request.GET)
    rows = saved_filters_for(actor, profile_id=current_profile(request).pk, list_key=list_key)
    items = tuple(
        SavedItem(
            row.name,
            filtered.url(row.query),
            row.query == now_set,
            row.is_shared,
            "" if row.owner_id == actor.user_id else row.owner.display_name,
        )
        for row in rows
    )
    new = bool(now_set) and not any(item.active for item in items)
    return SavedMenu(
        items,
        f"{reverse('filters:new', args=[list_key])}?{urlencode(now_set)}" if new else "",
        reverse("filters:list", args=[list_key]) if items else "",
    )


def saved_choices(request: HttpRequest, list_key: str) -> list[tuple[str, str]]:
    """The saved filters of a list as the options of a choice: id and name, with the owner for those of others."""
    rows = saved_filters_for(actor_of(request), profile_id=current_profile(request).pk, list_key=list_key)
    return [(str(row.pk), named(row, actor_of(request).user_id)) for row in rows]


def named(saved: SavedFilter, user_id: object) -> str:
    """The name of a saved filter for a person: with its owner's name if it is somebody else's."""
    return saved.name if saved.owner_id == user_id else f"{saved.name} · {saved.owner.display_name}"


def saved_of(request: HttpRequest, sent: Mapping[str, str], list_key: str) -> SavedFilter | None:
    """The saved filter that an address or form names (`saved_filter`); None when it names none.

    Raises NotFound for one that is not there, is somebody else's, or is of another list.
    """
    wanted = sent.get("saved_filter", "")
    if not wanted:
        return None
    return saved_filter_named(actor_of(request), wanted, profile_id=current_profile(request).pk, list_key=list_key)
