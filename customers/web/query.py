"""The address of the customer list as filters, and filters as chips and saved views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.states import Status
from billing_assistant.core.ui.links import with_query
from customers.selectors import SORTS, CustomerFilters
from customers.states import BillingCycle, CustomerStatus, PaymentStatus, PreferredMethod

S = TypeVar("S", bound=Status)
LONGEST_SEARCH = 100
YES, NO = "1", "0"
NARROWING = ("q", "status", "payment_status", "billing_cycle", "payment_method", "owing", "tag")


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


def _word(words: type[S], text: str) -> S | None:
    try:
        return words(text)
    except ValueError:
        return None


def filters_of(query: Mapping[str, str]) -> CustomerFilters:
    """The filters of an address. What it cannot know it ignores."""
    method = _word(PreferredMethod, query.get("payment_method", ""))
    return CustomerFilters(
        search=query.get("q", "").replace("\x00", "")[:LONGEST_SEARCH],
        status=_word(CustomerStatus, query.get("status", "")),
        payment_status=_word(PaymentStatus, query.get("payment_status", "")),
        billing_cycle=_word(BillingCycle, query.get("billing_cycle", "")),
        payment_method=method,
        owing={YES: True, NO: False}.get(query.get("owing", "")),
        tag=query.get("tag", "").replace("\x00", "")[:40],
    )


def sort_of(query: Mapping[str, str]) -> str:
    """The ordering of an address, by name unless it says another."""
    wanted = query.get("sort", "")
    return wanted if wanted in SORTS else "name"


def chips_of(query: QueryDict, filters: CustomerFilters) -> list[Chip]:
    """The filters that are set, in words, each with the address without it."""
    words: dict[str, str] = {}
    if filters.search.strip():
        words["q"] = _("“%(text)s”") % {"text": filters.search.strip()}
    if filters.status:
        words["status"] = str(filters.status.label)
    if filters.payment_status:
        words["payment_status"] = _("Pays: %(word)s") % {"word": filters.payment_status.label}
    if filters.owing is not None:
        words["owing"] = _("Owes something") if filters.owing else _("Owes nothing")
    if filters.billing_cycle:
        words["billing_cycle"] = str(filters.billing_cycle.label)
    if filters.payment_method:
        words["payment_method"] = _("By %(method)s") % {"method": filters.payment_method.label}
    if filters.tag:
        words["tag"] = _("Tag: %(tag)s") % {"tag": filters.tag}
    first_page: dict[str, str | None] = {"after": None, "before": None}
    return [Chip(text, with_query(query, **first_page, **{name: None})) for name, text in words.items()]


def clear_url(query: QueryDict) -> str:
    """The address without any filter, in the same order."""
    return with_query(query, **dict.fromkeys((*NARROWING, "after", "before")))


def views_of(query: QueryDict, counts: Mapping[str, int]) -> list[View]:
    """The saved views above the list. One is active when it is all that narrows the list."""
    set_now = {name: query.get(name, "") for name in NARROWING if query.get(name)}
    views: list[tuple[Any, dict[str, str], int | None]] = [
        (_("All"), {}, counts.get("total")),
        (_("Owing"), {"owing": YES}, None),
        (_("Overdue"), {"payment_status": PaymentStatus.OVERDUE.value}, counts.get("overdue")),
        (_("Suspended"), {"status": CustomerStatus.SUSPENDED.value}, counts.get("suspended")),
    ]
    return [
        View(str(label), "?" + "&".join(f"{name}={value}" for name, value in wanted.items()), set_now == wanted, count)
        for label, wanted, count in views
    ]


class FilterForm(forms.Form):
    """The boxes above the list; `folded` are those that are shown on demand."""

    folded: ClassVar = ("status", "payment_status", "billing_cycle", "payment_method", "owing")

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.SearchInput,
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), required=False, choices=[("", gettext_lazy("Any")), *CustomerStatus.choices()]
    )
    payment_status = forms.ChoiceField(
        label=gettext_lazy("Payment status"),
        required=False,
        choices=[("", gettext_lazy("Any")), *PaymentStatus.choices()],
    )
    billing_cycle = forms.ChoiceField(
        label=gettext_lazy("Billing cycle"),
        required=False,
        choices=[("", gettext_lazy("Any")), *BillingCycle.choices()],
    )
    payment_method = forms.ChoiceField(
        label=gettext_lazy("Pays by"),
        required=False,
        choices=[
            ("", gettext_lazy("Any")),
            *[(word.value, word.label) for word in PreferredMethod if word is not PreferredMethod.BANK_TRANSFER],
        ],
    )
    owing = forms.ChoiceField(
        label=gettext_lazy("Balance"),
        required=False,
        choices=[
            ("", gettext_lazy("Any")),
            (YES, gettext_lazy("Owes something")),
            (NO, gettext_lazy("Owes nothing")),
        ],
    )
    sort = forms.CharField(required=False, widget=forms.HiddenInput)
    tag = forms.CharField(required=False, widget=forms.HiddenInput)
