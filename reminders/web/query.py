"""The address of the log: filters, chips, tabs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.states import Status
from billing_assistant.core.ui.links import with_query
from reminders.selectors import MessageFilters, MessageView
from reminders.states import MessageKind, MessageStatus

S = TypeVar("S", bound=Status)
LONGEST_SEARCH = 100
FINAL_WORDS = (
    MessageStatus.PENDING,
    MessageStatus.SENT,
    MessageStatus.FAILED,
    MessageStatus.UNKNOWN,
    MessageStatus.CANCELLED,
)
NARROWING = ("q", "kind", "status", "customer")


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    active: bool
    count: int | None = None


def _word(words: type[S], text: str) -> S | None:
    return next((word for word in words if word.value == text), None)


def filters_of(query: Mapping[str, str]) -> MessageFilters:
    """The filters of an address. What it cannot know it ignores."""
    try:
        customer_id = UUID(query.get("customer", ""))
    except ValueError:
        customer_id = None
    return MessageFilters(
        search=query.get("q", "").replace("\x00", "")[:LONGEST_SEARCH],
        kind=_word(MessageKind, query.get("kind", "")),
        status=_word(MessageStatus, query.get("status", "")),
        customer_id=customer_id,
    )


def view_of(query: Mapping[str, str]) -> MessageView:
    """The tab of an address."""
    return next((view for view in MessageView if view.value == query.get("view", "")), MessageView.ALL)


def tabs_of(active: MessageView, counts: Mapping[MessageView, int]) -> list[Tab]:
    labels = {
        MessageView.ALL: _("All"),
        MessageView.ATTENTION: _("Needs you"),
        MessageView.WAITING: _("Waiting"),
        MessageView.SENT: _("Sent"),
    }
    return [
        Tab(label, "?" if view is MessageView.ALL else f"?view={view}", view is active, counts.get(view) or None)
        for view, label in labels.items()
    ]


def chips_of(query: QueryDict, filters: MessageFilters, customer_name: str) -> list[Chip]:
    """The filters that are set, in words, each with the address without it."""
    words: dict[str, str] = {}
    if filters.search.strip():
        words["q"] = _("“%(text)s”") % {"text": filters.search.strip()}
    if filters.kind:
        words["kind"] = str(filters.kind.label)
    if filters.status:
        words["status"] = str(filters.status.label)
    if customer_name:
        words["customer"] = customer_name
    first_page: dict[str, str | None] = {"after": None, "before": None}
    return [Chip(text, with_query(query, **first_page, **{name: None})) for name, text in words.items()]


def clear_url(query: QueryDict) -> str:
    """The address of the tab without any filter."""
    return with_query(query, **dict.fromkeys((*NARROWING, "after", "before")))


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
