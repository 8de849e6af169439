"""The admin: every table can be searched and read, nothing is typed in; use cases are actions that call services."""

from billing_assistant.core.admin.actions import service_action
from billing_assistant.core.admin.base import ReadOnlyInline, ReadTable

__all__ = ["ReadOnlyInline", "ReadTable", "service_action"]

from billing_assistant.core.admin import tables  # noqa: F401 -- registers the tables of the core
