"""Who calls the API: a program with a key, or a person in the browser."""

from __future__ import annotations

import re
from typing import Final, cast

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from billing_assistant.core import clock
from billing_assistant.core.actors import Actor
from billing_assistant.core.api.rates import too_often
from billing_assistant.core.models import ApiKey, User
from billing_assistant.core.services.api_keys import api_key_find, api_key_used
from billing_assistant.core.web.requests import actor_of, client_ip

SCHEMES: Final = frozenset({b"bearer", b"token"})
_KEY = re.compile(rb"[A-Za-z0-9_-]{1,200}")


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; `Token <key>` too. Says the same about every key that does not work.

    Keys that do not work are counted by address; one that works is never refused for them, or a stranger behind the
    same address could lock its program out.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        scheme, __, given = get_authorization_header(request).partition(b" ")
        if scheme.lower() not in SCHEMES:
            return None
        now = clock.now()
        key = api_key_find(plain=_text(given), now=now)
        if key is None:
            count_stranger(request, "failed")
            raise AuthenticationFailed(_("This API key is not valid."))
        api_key_used(key=key, now=now)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class BrowserAuthentication(SessionAuthentication):
    """The session of a signed-in person; unsafe methods need the CSRF token."""


def count_stranger(request: Request, *scopes: str) -> None:
    """Counts a call of somebody unknown, by address. Raises Throttled when it is one too many."""
    address = client_ip(request._request)
    wait = max(too_often(scope, address) for scope in ("anonymous", *scopes))
    if wait:
        raise Throttled(wait)


def actor_of_call(request: Request) -> Actor:
    """Who acts: the key with its scopes, or the person."""
    found = getattr(request, "_call_actor", None)
    if found is None:
        key = request.auth
        found = Actor.of_api_key(key) if isinstance(key, ApiKey) else actor_of(request._request)
        request._call_actor = found  # type: ignore[attr-defined]
    return cast(Actor, found)


def _text(given: bytes) -> str:
    """The key as text; empty, which no key is, for what cannot be one."""
    given = given.strip()
    return given.decode() if _KEY.fullmatch(given) else ""
