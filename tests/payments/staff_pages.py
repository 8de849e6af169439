"""Colleagues who open pages."""

from __future__ import annotations

from typing import Any

from django.test import Client

from billing_assistant.core.models import User
from billing_assistant.core.rights import Role
from tests import factories


def sign_in(client: Client, role: Role = Role.FINANCE, **fields: Any) -> User:
    person = factories.user(role, **fields)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return person


def text_of(response) -> str:
    return response.content.decode()
