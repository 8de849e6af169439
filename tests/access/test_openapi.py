"""The whole API, tried with made-up requests as each role: no fault of ours, and every answer as it is described.

Half of the requests name things that exist, so that bodies and queries are read; the others are strangers' ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count, islice
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
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
from tests.support.undone import undone

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PARTS = 2
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


def _faults(
    operation: Any, existing: Mapping[str, str], callers: Mapping[Role, Mapping[str, str]], examples: Mapping[Role, int]
) -> list[str]:
    """What went wrong with requests to one operation that were made up from its description.

    To make one up costs more than to send it: each is sent as every role, or as those that have had enough of them.
    """
    found: list[str] = []
    numbers = count()

    @hypothesis.settings(
        max_examples=max(examples.values()),
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(), known=st.booleans())
    def attempt(case: Any, known: bool) -> None:
        number = next(numbers)
        if known and existing:
            case.path_parameters = dict(existing)
        for role, headers in callers.items():
            if number < examples[role]:
                found.extend(f"{operation.label} as {role}: {fault}" for fault in _wrong(case, headers))

    attempt()
    return found


def _wrong(case: Any, headers: Mapping[str, str]) -> list[str]:
    """What is wrong with the answer to one request."""
    with undone():
        response = case.call(headers=dict(headers))
    try:
        case.validate_response(response, checks=CHECKS)
    except BaseExceptionGroup as group:
        return [str(one)[:400] for one in group.exceptions]
    except AssertionError as error:
        return [str(error)[:400]]
    return []


def _tried(world: World, part: int, examples: Mapping[Role, int]) -> list[str]:
    openapi.cache_clear()
    schema = schemathesis.openapi.from_dict(openapi("en"))
    schema.app = WSGIHandler()
    callers = {role: {"Authorization": f"Bearer {_key(role, world)}"} for role in examples}
    faults: list[str] = []
    for result in islice(schema.get_all_operations(), part, None, PARTS):
        operation = result.ok()
        faults += _faults(operation, _existing(operation.path, world), callers, examples)
    return faults


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_no_made_up_request_breaks_the_api_or_its_description(part: int, worlds: Worlds) -> None:
    faults = _tried(worlds.own, part, {role: 3 if role is Role.ADMIN else 1 for role in sorted(STAFF_ROLES)})
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_no_made_up_request_breaks_the_api_or_its_description_at_length(part: int, worlds: Worlds) -> None:
    faults = _tried(worlds.own, part, dict.fromkeys(sorted(STAFF_ROLES), 100))
    assert not faults, "\n".join(dict.fromkeys(faults))
