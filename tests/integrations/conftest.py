"""Fixtures of everything that pays online."""

from typing import Any

import pytest

from tests.fakes.dodo_fixtures import dodo_service
from tests.fakes.fixtures import fake_gateway, live_demo, tasks
from tests.fakes.mpesa_fixtures import safaricom, tell
from tests.fakes.paypal_fixtures import paypal_service
from tests.fakes.stripe.fixtures import stripe_gateway, stripe_service
from tests.fakes.tasks import CollectedTasks
from tests.integrations.provider_lives import WORLDS, World

__all__ = [
    "dodo_service",
    "fake_gateway",
    "live_demo",
    "paypal_service",
    "safaricom",
    "stripe_gateway",
    "stripe_service",
    "tasks",
    "tell",
    "world",
]


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tasks: CollectedTasks, clock: Any, db: None) -> World:
    """A seller that takes money with Stripe, PayPal or Dodo."""
    made: World = WORLDS[request.param](request.getfixturevalue(f"{request.param}_service"))
    return made
