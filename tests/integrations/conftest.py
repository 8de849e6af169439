"""Fixtures of everything that pays online."""

from tests.fakes.fixtures import fake_gateway, live_demo, tasks

__all__ = ["fake_gateway", "live_demo", "tasks"]
