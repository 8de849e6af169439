"""Pages of their own, and people who come to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Role
from tests import factories

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _urls(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.core.web.views"


@pytest.fixture
def profile(db: None) -> BusinessProfile:
    return factories.profile(name="Acme")


@pytest.fixture
def sign_in(profile: BusinessProfile) -> SignIn:
    """A browser in which somebody with the role has signed in."""

    def browser(role: Role = Role.ADMIN, **fields: Any) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(factories.user(role, **fields))
        return client

    return browser
