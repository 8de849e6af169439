"""Fixtures of what works in the background."""

from tests.fakes.fixtures import tasks

__all__ = ["tasks"]
