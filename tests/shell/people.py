"""Browsers in which somebody has signed in."""

from __future__ import annotations

import time
from typing import Any

from django.test import Client

from billing_assistant.core.models import User
from billing_assistant.core.rights import Role
from tests import factories


def browser_of(user: User, *, fresh: bool = True) -> Client:
    """A browser of a person who signed in a moment ago (`fresh`), or so long ago that they are asked again."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() if fresh else 0.0}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def browser(role: Role = Role.ADMIN, *, fresh: bool = True, **fields: Any) -> Client:
    return browser_of(factories.user(role, **fields), fresh=fresh)
