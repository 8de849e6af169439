"""Words of billable work: what it is, how far it came, how a customer wants it on drafts."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from billing_assistant.core.states import Status


class BillableKind(Status):
    SERVICE = "service", _("Service"), "neutral", "briefcase"
    TIME = "time", _("Time"), "neutral", "clock"
    EXPENSE = "expense", _("Expense"), "neutral", "receipt"
    MILESTONE = "milestone", _("Milestone"), "neutral", "flag"
    DEAL = "deal", _("Deal"), "neutral", "heart-handshake"


class BillableState(Status):
    OPEN = "open", _("To be billed"), "info", "circle-dashed"
    DRAFTED = "drafted", _("On a draft"), "warning", "file-pencil"
    INVOICED = "invoiced", _("Invoiced"), "success", "file-check"
    DISMISSED = "dismissed", _("Not billed"), "neutral", "circle-off"


BILLABLE_TRANSITIONS: Final = {
    BillableState.OPEN: frozenset({BillableState.DRAFTED, BillableState.DISMISSED}),
    BillableState.DRAFTED: frozenset({BillableState.OPEN, BillableState.INVOICED}),
    BillableState.INVOICED: frozenset({BillableState.OPEN}),
    BillableState.DISMISSED: frozenset({BillableState.OPEN}),
}


class BillableGrouping(Status):
    """What a customer gets a draft of its own for. Currencies are never mixed."""

    ONE = "one", _("One draft for everything"), "neutral", "file"
    PROJECT = "project", _("A draft for each project"), "neutral", "stack-2"
    MONTH = "month", _("A draft for each month"), "neutral", "calendar"
    KIND = "kind", _("A draft for each kind"), "neutral", "tag"


class BillableLines(Status):
    EACH = "each", _("A line for each item"), "neutral", "list"
    SUMMED = "summed", _("One line for the same work at the same rate"), "neutral", "stack-2"
