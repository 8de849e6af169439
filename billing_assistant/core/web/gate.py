"""The door: what a rule asks of the person who comes."""

from __future__ import annotations

from typing import Final, assert_never
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from billing_assistant.core.access import Access, Kind
from billing_assistant.core.errors import NotFound, PermissionRefused
from billing_assistant.core.models import User
from billing_assistant.core.rights import Role
from billing_assistant.core.web.render import go_to
from billing_assistant.core.web.requests import actor_of

_OPEN: Final = frozenset({Kind.PUBLIC, Kind.ACCOUNT, Kind.SIGNED_LINK, Kind.HOOK, Kind.API})


def turned_away(request: HttpRequest, rule: Access) -> HttpResponse | None:
    """None when the person may come in, else where to go first (sign in, second factor).

    Raises PermissionRefused when no sign-in would help. Open kinds check for themselves.
    """
    if rule.kind in _OPEN:
        return None
    if not isinstance(request.user, User):
        return go_to(request, _with_next(request, settings.LOGIN_URL))
    match rule.kind:
        case Kind.SIGNED_IN:
            return None
        case Kind.CLIENT:
            if request.user.role != Role.CLIENT:
                raise NotFound(_("This page is for clients."))
            return None
        case Kind.STAFF | Kind.ADMIN:
            return _staff(request, request.user, rule)
        case Kind.PUBLIC | Kind.ACCOUNT | Kind.SIGNED_LINK | Kind.HOOK | Kind.API:
            return None
        case _:
            assert_never(rule.kind)


def second_factor_missing(request: HttpRequest, user: User) -> str:
    """The name of the page to go to when staff must show a second factor and this session has not; else empty."""
    if not settings.STAFF_MFA_REQUIRED:
        return ""
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
        return ""
    return "mfa_reauthenticate" if is_mfa_enabled(user) else "mfa_activate_totp"


def _staff(request: HttpRequest, user: User, rule: Access) -> HttpResponse | None:
    if not user.works_here:
        raise PermissionRefused(_("This page is for staff."))
    page = second_factor_missing(request, user)
    if page:
        return go_to(request, _with_next(request, page))
    right = rule.right_for(request.method or "GET")
    if right is not None:
        actor_of(request).require(right)
    return None


def _with_next(request: HttpRequest, page: str) -> str:
    wanted = request.get_full_path() if request.method == "GET" else "/"
    return f"{resolve_url(page)}?{urlencode({'next': wanted})}"
