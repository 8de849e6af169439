"""The whole API, tried with made-up requests as each role: no fault of ours, and every answer as it is described.

Half of the requests name things that exist, so that bodies and queries are read; the others are strangers' ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from billing_assistant.core import clock
from billing_assistant.core.api.document_views import openapi
from billing_assistant.core.rights import ROLE_RIGHTS, STAFF_ROLES, Role
from billing_assistant.core.services.api_keys import api_key_create
from reminders.services import waiting
from tests import factories
from tests.access.objects import World, Worlds, load, maker_of

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
_PARAMETER = re.compile(r"{(\w+)}")
load()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no worker whose answer could be waited for."""
    monkeypatch.setattr(waiting, "WAIT_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """A request leaves the connection of the test open, as those of Django's test client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def _key(role: Role, world: World) -> str:
    return api_key_create(
        user_id=factories.user(role, profiles=[world.profile]).pk,
        profile_id=world.profile.pk,
        name="program",
        scopes=[right.value for right in ROLE_RIGHTS[role]],
        expires_at=None,
        actor=factories.actor(),
        now=clock.now(),
    ).plain


def _existing(path: str, world: World) -> dict[str, str]:
    """For each parameter of a path, something of the world."""
    route = path.removeprefix("/")
    makers = {name: maker_of(name, route) for name in _PARAMETER.findall(path)}
    return {name: str(maker.make(world)) for name, maker in makers.items() if maker is not None}


@contextmanager
def _undone() -> Iterator[None]:
    """What a request wrote is taken back, so that each one meets the same world."""
    block = transaction.atomic()
    block._from_testcase = True  # as Django's own test cases mark theirs: calls to the outside are let through
    with block:
        yield
        transaction.set_rollback(True)


def _faults(operation: Any, existing: Mapping[str, str], headers: dict[str, str], examples: int) -> list[str]:
    """What went wrong with requests to one operation that were made up from its description."""
    found: list[str] = []

    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(), known=st.booleans())
    def attempt(case: Any, known: bool) -> None:
        if known and existing:
            case.path_parameters = dict(existing)
        with _undone():
            response = case.call(headers=headers)
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseExceptionGroup as group:
            found.extend(f"{operation.label}: {str(one)[:400]}" for one in group.exceptions)
        except AssertionError as error:
            found.append(f"{operation.label}: {str(error)[:400]}")

    attempt()
    return found


def _tried(role: Role, world: World, examples: int) -> list[str]:
    openapi.cache_clear()
    schema = schemathesis.openapi.from_dict(openapi("en"))
    schema.app = WSGIHandler()
    headers = {"Authorization": f"Bearer {_key(role, world)}"}
    faults: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        faults += _faults(operation, _existing(operation.path, world), headers, examples)
    return faults


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_no_made_up_request_breaks_the_api_or_its_description(role: Role, worlds: Worlds) -> None:
    faults = _tried(role, worlds.own, examples=4 if role is Role.ADMIN else 2)
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_no_made_up_request_breaks_the_api_or_its_description_at_length(role: Role, worlds: Worlds) -> None:
    faults = _tried(role, worlds.own, examples=100)
    assert not faults, "\n".join(dict.fromkeys(faults))
