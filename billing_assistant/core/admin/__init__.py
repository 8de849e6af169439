"""The admin: every table can be searched and read, nothing is typed in; use cases are actions that call services."""

from billing_assistant.core.admin.actions import service_action
from billing_assistant.core.admin.base import ReadOnlyInline, ReadTable, add_to_table
from billing_assistant.core.admin.figures import CurrencyFilter
from billing_assistant.core.admin.history import history_tables

__all__ = ["CurrencyFilter", "ReadOnlyInline", "ReadTable", "add_to_table", "history_tables", "service_action"]

from billing_assistant.core.admin import privacy, tables  # noqa: F401 -- registers the tables of the core
