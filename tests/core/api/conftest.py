"""A key and a caller for the API's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import clock
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import ROLE_RIGHTS, Role
from billing_assistant.core.services.api_keys import api_key_create
from tests import factories

Caller = Callable[..., Client]


@pytest.fixture(autouse=True)
def _urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.core.api.endpoints"


@pytest.fixture
def profile(db: None) -> BusinessProfile:
    return factories.profile()


@pytest.fixture
def make_key(profile: BusinessProfile) -> Callable[..., str]:
    """Makes a key and returns its plain text."""

    def make(role: Role = Role.ADMIN, **fields: Any) -> str:
        owner = fields.pop("user", None) or factories.user(role)
        given: dict[str, Any] = {
            "user_id": owner.pk,
            "profile_id": profile.pk,
            "name": "test",
            "scopes": [right.value for right in ROLE_RIGHTS[Role(owner.role)]],
            "expires_at": None,
            "actor": factories.actor(),
            "now": clock.now(),
        }
        return api_key_create(**(given | fields)).plain

    return make


@pytest.fixture
def caller(make_key: Callable[..., str]) -> Caller:
    """A client that calls with a key of the role."""

    def call(role: Role = Role.ADMIN, **fields: Any) -> Client:
        return Client(headers={"Authorization": f"Bearer {make_key(role, **fields)}"})

    return call


@pytest.fixture
def api(caller: Caller) -> Client:
    return caller()
