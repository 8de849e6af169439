"""What a request tells: who acts, when, for which business profile, from where."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import BusinessProfile, User
from billing_assistant.core.selectors import profiles_for

PROFILE_KEY: Final = "profile_id"


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, also when it was sent empty; None when it is only looked at."""
    return request.POST if request.method == "POST" else None


def user_of(request: HttpRequest) -> User:
    """The signed-in person. Raises PermissionRefused when nobody is."""
    if not isinstance(request.user, User):
        raise PermissionRefused(_("Sign in first."))
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as an actor; made once a request."""
    found = getattr(request, "_actor", None)
    if found is None:
        found = Actor.of_user(user_of(request))
        request._actor = found  # type: ignore[attr-defined]
    return cast(Actor, found)


def now_of(request: HttpRequest) -> datetime:
    """The moment of the request: the same wherever it is asked."""
    found = getattr(request, "_now", None)
    if found is None:
        found = clock.now()
        request._now = found  # type: ignore[attr-defined]
    return cast(datetime, found)


def profiles_of(request: HttpRequest) -> list[BusinessProfile]:
    """The business profiles that the person may choose from, by name; read once a request."""
    found = getattr(request, "_profiles", None)
    if found is None:
        found = list(profiles_for(actor_of(request)))
        request._profiles = found  # type: ignore[attr-defined]
    return cast(list[BusinessProfile], found)


def current_profile(request: HttpRequest) -> BusinessProfile:
    """The business profile chosen in the top bar, always one that the person may see; else the first of theirs.

    Raises NotFound when there is none at all.
    """
    profiles, chosen = profiles_of(request), as_uuid(str(request.session.get(PROFILE_KEY, "")))
    for profile in profiles:
        if profile.pk == chosen:
            return profile
    if not profiles:
        raise NotFound(_("There is no business profile yet. An administrator creates one in Settings."))
    return profiles[0]


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page: not a boosted link, not the way back in the history."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def safe_next(request: HttpRequest, default: str, *, name: str = "next") -> str:
    """The address on this site that the request asks to go on to, or the default: never another site."""
    wanted = request.POST.get(name) or request.GET.get(name) or ""
    printable = wanted.isprintable() and not wanted.startswith(("//", "/\\", "\\"))
    if not printable or not wanted.startswith("/"):
        return default
    allowed = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if allowed and not urlsplit(wanted).netloc else default


def client_ip(request: HttpRequest) -> str:
    """The caller's address. Forwarding headers count only as far as our own proxies wrote them."""
    proxies = int(settings.ALLAUTH_TRUSTED_PROXY_COUNT)
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(chain) >= proxies:
        return chain[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
