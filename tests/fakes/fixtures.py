"""Fixtures that put the fakes in the place of the real things."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from integrations.demo_gateway import client, delivery
from integrations.demo_gateway.adapter import DemoGateway
from tests.fakes.gateway import FakeGateway
from tests.fakes.tasks import CollectedTasks


@pytest.fixture
def fake_gateway(monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """The only gateway that is set up."""
    fake = FakeGateway()
    monkeypatch.setattr("integrations.registry.built_in", lambda: (fake,))
    return fake


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> CollectedTasks:
    """Tasks are collected instead of sent; `tasks.run()` runs them."""
    for app in ("billing_assistant.core", "integrations", "invoices", "payments"):
        import_module(f"{app}.tasks")
    collected = CollectedTasks()
    monkeypatch.setattr("billing_assistant.core.queue.enqueue", collected.enqueue)
    return collected


@pytest.fixture
def live_demo(live_server: Any, settings: Any, tasks: CollectedTasks) -> Iterator[DemoGateway]:
    """The demo gateway on a real socket: both sides speak HTTP to this process."""
    settings.PUBLIC_BASE_URL = live_server.url
    yield DemoGateway()
    for made in (client._client, delivery._client):
        made(live_server.url).close()
        made.cache_clear()
