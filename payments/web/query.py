"""The address of the payments list as filters, and filters as chips and saved views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.formats import day_text
from billing_assistant.core.ui.forms import DayField
from billing_assistant.core.ui.lists import LONGEST_SEARCH, Chip, View, day_of, text_of, word_of
from payments.selectors.payments import PaymentFilters
from payments.states import PaymentMethod, PaymentState

NARROWING: Final = ("q", "status", "method", "currency", "since", "until", "unapplied")
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "-received": ("-received_on", "-id"),
    "received": ("received_on", "id"),
    "-amount": ("-amount", "-id"),
    "amount": ("amount", "id"),
}


def filters_of(query: Mapping[str, str]) -> PaymentFilters:
    """The filters of an address. What it cannot know it ignores."""
    currency = query.get("currency", "").upper()
    return PaymentFilters(
        search=text_of(query),
        status=word_of(PaymentState, query, "status"),
        method=word_of(PaymentMethod, query, "method"),
        currency=currency if currency in CURRENCIES else "",
        since=day_of(query, "since"),
        until=day_of(query, "until"),
        unapplied=query.get("unapplied") == "1",
    )


def sort_of(query: Mapping[str, str]) -> str:
    """The ordering of an address, the newest first unless it says another."""
    wanted = query.get("sort", "")
    return wanted if wanted in SORTS else "-received"


def chips_of(query: QueryDict, filters: PaymentFilters) -> list[Chip]:
    """The filters that are set, in words, each with the address without it."""
    words: dict[str, str] = {}
    if filters.search:
        words["q"] = lists.quoted(filters.search)
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
    return lists.chips(query, words)


def clear_url(query: QueryDict) -> str:
    """The address without any filter, in the same order."""
    return lists.clear_url(query, NARROWING)


def views_of(query: QueryDict) -> list[View]:
    """The saved views above the list."""
    views: list[tuple[str, dict[str, str]]] = [
        (_("All"), {}),
        (_("Unapplied"), {"unapplied": "1"}),
        (_("Processing"), {"status": PaymentState.PROCESSING.value}),
        (_("Failed"), {"status": PaymentState.FAILED.value}),
        (_("Reversed"), {"status": PaymentState.REVERSED.value}),
    ]
    return [lists.view(query, NARROWING, label, wanted) for label, wanted in views]


class FilterForm(forms.Form):
    """The boxes above the list; `folded` are those that are shown on demand."""

    folded: ClassVar = ("status", "method", "since", "until", "unapplied")

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
