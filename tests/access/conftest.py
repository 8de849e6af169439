"""Worlds, and people who come to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from billing_assistant.core import clock
from billing_assistant.core.rights import ROLE_RIGHTS, Role
from billing_assistant.core.services.api_keys import api_key_create
from customers.models import Contact
from tests import factories
from tests.access.objects import World, Worlds, build_worlds


@pytest.fixture(autouse=True)
def _unhurried(settings: Any) -> None:
    """No throttles, and nobody waits for a worker that does not run."""
    settings.API_THROTTLES = {}


@pytest.fixture(autouse=True)
def _standing_clock(clock: Any) -> None:
    """Time stands still."""


@pytest.fixture
def worlds(db: None) -> Worlds:
    return build_worlds()


def staff_browser(role: Role, world: World) -> Client:
    """A colleague of the world's profile, and of no other."""
    client = Client(raise_request_exception=False)
    person = factories.user(role, profiles=[world.profile], is_staff=True, is_superuser=role is Role.ADMIN)
    world.kept["visitor"] = person
    client.force_login(person)
    return client


def client_browser(world: World) -> Client:
    """The contact of the world's customer, signed in to the portal."""
    client = Client(raise_request_exception=False)
    person = factories.user(Role.CLIENT)
    Contact.objects.create(customer=world.customer, name="Reader", user=person)
    client.force_login(person)
    return client


def program(role: Role, world: World) -> Client:
    """A program with a key that may do all that the role may, on the world's profile."""
    owner = factories.user(role, profiles=[world.profile])
    issued = api_key_create(
        user_id=owner.pk,
        profile_id=world.profile.pk,
        name="program",
        scopes=[right.value for right in ROLE_RIGHTS[role]],
        expires_at=None,
        actor=factories.actor(),
        now=clock.now(),
    )
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {issued.plain}"})
