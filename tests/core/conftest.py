"""Fixtures of the tests of the core."""

from tests.fakes.fixtures import tasks

__all__ = ["tasks"]
