"""The address of the log: filters, chips, tabs."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.ui import lists
from billing_assistant.core.ui.lists import LONGEST_SEARCH, Chip, View, text_of, word_of
from reminders.selectors import MessageFilters, MessageView
from reminders.states import MessageKind, MessageStatus

FINAL_WORDS = (
    MessageStatus.PENDING,
    MessageStatus.SENT,
    MessageStatus.FAILED,
    MessageStatus.UNKNOWN,
    MessageStatus.CANCELLED,
)
NARROWING = ("q", "kind", "status", "customer")


def filters_of(query: Mapping[str, str]) -> MessageFilters:
    """The filters of an address. What it cannot know it ignores."""
    try:
        customer_id = UUID(query.get("customer", ""))
    except ValueError:
        customer_id = None
    return MessageFilters(
        search=text_of(query),
        kind=word_of(MessageKind, query, "kind"),
        status=word_of(MessageStatus, query, "status"),
        customer_id=customer_id,
    )


def view_of(query: Mapping[str, str]) -> MessageView:
    """The tab of an address."""
    return next((view for view in MessageView if view.value == query.get("view", "")), MessageView.ALL)


def tabs_of(active: MessageView, counts: Mapping[MessageView, int]) -> list[View]:
    labels = {
        MessageView.ALL: _("All"),
        MessageView.ATTENTION: _("Needs you"),
        MessageView.WAITING: _("Waiting"),
        MessageView.SENT: _("Sent"),
    }
    return [
        View(label, "?" if view is MessageView.ALL else f"?view={view}", view is active, counts.get(view) or None)
        for view, label in labels.items()
    ]


def chips_of(query: QueryDict, filters: MessageFilters, customer_name: str) -> list[Chip]:
    """The filters that are set, in words, each with the address without it."""
    words: dict[str, str] = {}
    if filters.search:
        words["q"] = lists.quoted(filters.search)
    if filters.kind:
        words["kind"] = str(filters.kind.label)
    if filters.status:
        words["status"] = str(filters.status.label)
    if customer_name:
        words["customer"] = customer_name
    return lists.chips(query, words)


def clear_url(query: QueryDict) -> str:
    """The address of the tab without any filter."""
    return lists.clear_url(query, NARROWING)


class FilterForm(forms.Form):
    """The boxes above the log."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("Any kind")), *MessageKind.choices()]
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Any status")), *[(word.value, word.label) for word in FINAL_WORDS]],
    )
    view = forms.CharField(required=False, widget=forms.HiddenInput)
    customer = forms.CharField(required=False, widget=forms.HiddenInput)
