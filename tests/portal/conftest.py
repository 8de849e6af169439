"""Fixtures of everything that pays online."""

from tests.fakes.fixtures import fake_gateway, live_demo, tasks
from tests.fakes.mpesa_fixtures import safaricom, tell

__all__ = ["fake_gateway", "live_demo", "safaricom", "tasks", "tell"]
