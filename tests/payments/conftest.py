"""Fixtures of everything that pays online."""

from tests.fakes.fixtures import fake_gateway, live_demo, tasks
from tests.fakes.stripe.fixtures import stripe_gateway, stripe_service

__all__ = ["fake_gateway", "live_demo", "stripe_gateway", "stripe_service", "tasks"]
