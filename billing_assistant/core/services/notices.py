"""In-app notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.utils import translation

from billing_assistant.core.models import Notice, User

Words = Callable[[], str]
"""Gives the words of a notice in the language that is active: that of the person who will read it."""


def notice_to_user(*, person: User, key: str, text: Words, tone: str = "info", url: str = "") -> None:
    """Puts a line under a person's bell, in that person's language; the same key only once."""
    with translation.override(person.language):
        words = text()[:240]
    Notice.objects.bulk_create(
        [Notice(user=person, key=key[:120], tone=tone, text=words, url=url[:200])], ignore_conflicts=True
    )


def notice_to_role(
    *,
    roles: Iterable[str],
    key: str,
    text: Words,
    tone: str = "info",
    url: str = "",
    profile_id: UUID | None = None,
    but_not: UUID | None = None,
) -> None:
    """Tells every active person of some roles (limited to those who may see the business profile) `but_not` one.

    Each reads it in his or her own language.
    """
    people = User.objects.filter(role__in=list(roles), is_active=True).prefetch_related("profiles")
    for person in people:
        if person.pk == but_not:
            continue
        limits = {profile.pk for profile in person.profiles.all()}
        if profile_id is None or not limits or profile_id in limits:
            notice_to_user(person=person, key=key, text=text, tone=tone, url=url)


def notices_mark_read(*, user_id: UUID, now: datetime, notice_id: UUID | None = None) -> int:
    """Marks one notice of a person, or all, as read; returns how many changed."""
    unread = Notice.objects.filter(user_id=user_id, read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=now)
