"""Signing a test's browser in with a quarter of the statements, and a way in for those who post events.

`force_login` of Django makes a session twice over, reads it back, deletes the first and notes the time at the person:
14 statements in every test of a page. The session that is left is the same here. How people really sign in is tested by
the page where they do.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.test import Client
from django.test.client import ClientHandler

_SIGNS_IN = Client._login  # type: ignore[attr-defined] # Django's own
_WAY_IN = ClientHandler(enforce_csrf_checks=False)


def _sign_in(self: Any, user: AbstractBaseUser, backend: str | None = None) -> None:
    if backend is None or self.cookies.get(settings.SESSION_COOKIE_NAME):
        _SIGNS_IN(self, user, backend)
        return
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.session[SESSION_KEY] = str(user.pk)
    request.session[BACKEND_SESSION_KEY] = backend
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    request.session.create()
    self._set_login_cookies(request)


def install() -> None:
    """Takes the place of Django's way for browsers that have no session yet."""
    setattr(Client, "_login", _sign_in)  # noqa: B010


def sender() -> Client:
    """Somebody who posts events: a client without cookies, whose way through the middleware is built once for all."""
    client = Client()
    client.handler = _WAY_IN
    return client
