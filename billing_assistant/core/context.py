"""What every page's frame shows. Nothing is read from the database until a template asks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from billing_assistant.core import navigation, selectors
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, profiles_of


@dataclass
class Frame:
    """The frame of one request. Clients and strangers get an empty one."""

    request: HttpRequest

    @cached_property
    def user(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) and user.works_here else None

    @cached_property
    def actor(self) -> Actor | None:
        return actor_of(self.request) if self.user else None

    @cached_property
    def rights(self) -> frozenset[Right]:
        return self.actor.rights if self.actor else frozenset()

    @cached_property
    def links(self) -> list[navigation.NavLink]:
        if self.user is None:
            return []
        return navigation.links(navigation.PAGES, rights=self.rights, path=self.request.path)

    @property
    def rail(self) -> list[navigation.NavLink]:
        return [link for link in self.links if not link.at_foot]

    @property
    def foot(self) -> list[navigation.NavLink]:
        return [link for link in self.links if link.at_foot]

    @property
    def phone(self) -> list[navigation.NavLink]:
        return [link for link in self.links if link.on_phone]

    @property
    def phone_more(self) -> list[navigation.NavLink]:
        return [link for link in self.links if not link.on_phone]

    @cached_property
    def new_items(self) -> list[navigation.NavLink]:
        return navigation.links(navigation.NEW_THINGS, rights=self.rights) if self.user else []

    @cached_property
    def profiles(self) -> list[BusinessProfile]:
        return profiles_of(self.request) if self.user else []

    @cached_property
    def current_profile(self) -> BusinessProfile | None:
        if self.user is None:
            return None
        try:
            return current_profile(self.request)
        except NotFound:
            return None

    @cached_property
    def unread_notices(self) -> int:
        return selectors.notices_of(self.user).filter(read_at__isnull=True).count() if self.user else 0

    def _url(self, name: str) -> str:
        return (navigation.url_or_none(name) or "") if self.user else ""

    @cached_property
    def search_url(self) -> str:
        return self._url("shell:search")

    @cached_property
    def notices_url(self) -> str:
        return self._url("shell:notices")

    @cached_property
    def switch_url(self) -> str:
        return self._url("shell:profile_switch")

    @property
    def start_url(self) -> str:
        return navigation.start_url(getattr(getattr(self.request, "user", None), "role", None))

    @cached_property
    def home_url(self) -> str:
        return self._url("shell:home") or "/"

    @cached_property
    def admin_url(self) -> str:
        return self._url("admin:index") if self.user and self.user.is_staff else ""

    @property
    def languages(self) -> list[tuple[str, str]]:
        return list(settings.LANGUAGES)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    built = Frame(request)
    return {
        "frame": built,
        "profiles": SimpleLazyObject(lambda: built.profiles),
        "current_profile": SimpleLazyObject(lambda: built.current_profile),
        "unread_notices": SimpleLazyObject(lambda: built.unread_notices),
    }
