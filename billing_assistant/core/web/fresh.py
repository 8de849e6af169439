"""Asking for the password or the second factor again before something weighty."""

from __future__ import annotations

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest

from billing_assistant.core import clock
from billing_assistant.core.web.requests import user_of


def require_fresh_sign_in(request: HttpRequest) -> None:
    """Sends the person to show who they are again, unless they did in the last minutes; then the request goes on.

    Signing in counts. A person who has neither password nor second factor signed in by a code and is let pass.
    """
    person = user_of(request)
    if not get_reauthentication_flows(person):
        return
    moments = [record.get("at", 0.0) for record in get_authentication_records(request, person)]
    if clock.now().timestamp() - max(moments, default=0.0) >= app_settings.REAUTHENTICATION_TIMEOUT:
        raise ReauthenticationRequired
