"""The address of the payments list as filters, and filters as chips and saved views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.states import Status
from billing_assistant.core.ui.formats import day_text
from billing_assistant.core.ui.forms import DayField
from billing_assistant.core.ui.links import with_query
from payments.selectors.payments import PaymentFilters
from payments.states import PaymentMethod, PaymentState

S = TypeVar("S", bound=Status)
LONGEST_SEARCH: Final = 100
NARROWING: Final = ("q", "status", "method", "currency", "since", "until", "unapplied")
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "-received": ("-received_on", "-id"),
    "received": ("received_on", "id"),
    "-amount": ("-amount", "-id"),
    "amount": ("amount", "id"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class View:
    label: str
    url: str
    active: bool
    count: int | None = None


def filters_of(query: Mapping[str, str]) -> PaymentFilters:
    """The filters of an address. What it cannot know it ignores."""
    currency = query.get("currency", "").upper()
    return PaymentFilters(
        search=query.get("q", "").replace("\x00", "")[:LONGEST_SEARCH],
        status=_word(PaymentState, query.get("status", "")),
        method=_word(PaymentMethod, query.get("method", "")),
        currency=currency if currency in CURRENCIES else "",
        since=day_of(query.get("since", "")),
        until=day_of(query.get("until", "")),
        unapplied=query.get("unapplied") == "1",
    )


def sort_of(query: Mapping[str, str]) -> str:
    """The ordering of an address, the newest first unless it says another."""
    wanted = query.get("sort", "")
    return wanted if wanted in SORTS else "-received"


def chips_of(query: QueryDict, filters: PaymentFilters) -> list[Chip]:
    """The filters that are set, in words, each with the address without it."""
    words: dict[str, str] = {}
    if filters.search.strip():
        words["q"] = _("“%(text)s”") % {"text": filters.search.strip()}
    if filters.status:
        words["status"] = str(filters.status.label)
    if filters.method:
        words["method"] = str(filters.method.label)
    if filters.currency:
        words["currency"] = filters.currency
    if filters.since:
        words["since"] = _("From %(day)s") % {"day": day_text(filters.since)}
    if filters.until:
        words["until"] = _("Until %(day)s") % {"day": day_text(filters.until)}
    if filters.unapplied:
        words["unapplied"] = _("With unapplied credit")
    first_page: dict[str, str | None] = {"after": None, "before": None}
    return [Chip(text, with_query(query, **first_page, **{name: None})) for name, text in words.items()]


def clear_url(query: QueryDict) -> str:
    """The address without any filter, in the same order."""
    return with_query(query, **dict.fromkeys((*NARROWING, "after", "before")))


def views_of(query: QueryDict) -> list[View]:
    """The saved views above the list. One is active when it is all that narrows the list."""
    set_now = {name: query.get(name, "") for name in NARROWING if query.get(name)}
    views: list[tuple[str, dict[str, str]]] = [
        (_("All"), {}),
        (_("Unapplied"), {"unapplied": "1"}),
        (_("Processing"), {"status": PaymentState.PROCESSING.value}),
        (_("Failed"), {"status": PaymentState.FAILED.value}),
        (_("Reversed"), {"status": PaymentState.REVERSED.value}),
    ]
    return [
        View(label, "?" + "&".join(f"{name}={value}" for name, value in wanted.items()), set_now == wanted)
        for label, wanted in views
    ]


def day_of(text: str) -> date | None:
    """The date of an address; None for what is none."""
    try:
        return date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        return None


def _word(words: type[S], text: str) -> S | None:
    try:
        return words(text)
    except ValueError:
        return None


class FilterForm(forms.Form):
    """The boxes above the list."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("Any")), *PaymentState.choices()]
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Method"), required=False, choices=[("", gettext_lazy("Any")), *PaymentMethod.choices()]
    )
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)
    unapplied = forms.BooleanField(label=gettext_lazy("With unapplied credit"), required=False)
    currency = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
