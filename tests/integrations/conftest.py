"""Fixtures of everything that pays online."""

from tests.fakes.dodo_fixtures import dodo_service
from tests.fakes.fixtures import fake_gateway, live_demo, tasks
from tests.fakes.mpesa_fixtures import safaricom, tell
from tests.fakes.paypal_fixtures import paypal_service
from tests.fakes.stripe.fixtures import stripe_gateway, stripe_service

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
]
