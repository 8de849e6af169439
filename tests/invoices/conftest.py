"""Fixtures of what works in the background."""

from __future__ import annotations

import pytest

from billing_assistant.core.models import BusinessProfile
from invoices.services import batch_steps
from invoices.services.batch_content import BatchContent
from tests import factories
from tests.fakes.fixtures import tasks
from tests.support.batches import hosting

__all__ = ["tasks"]


@pytest.fixture
def profile(db: None) -> BusinessProfile:
    return factories.seller()


@pytest.fixture
def content(profile: BusinessProfile) -> BatchContent:
    return hosting(factories.catalogue_item(profile))


@pytest.fixture
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_steps, "CHUNK", 2)
