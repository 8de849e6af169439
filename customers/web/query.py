"""The address of the customer list as filters, and filters as chips and saved views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.errors import InvalidAmount
from billing_assistant.core.money import Money, parse_amount
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.forms import AmountField
from billing_assistant.core.ui.lists import LONGEST_SEARCH, Chip, View, text_of, word_of
from customers.ordering import SORTS
from customers.selectors import CustomerFilters
from customers.states import BillingCycle, CustomerStatus, PaymentStatus, PreferredMethod

YES, NO = "1", "0"
NARROWING = ("q", "status", "payment_status", "billing_cycle", "payment_method", "owing", "over", "tag")


def filters_of(query: Mapping[str, str], currency: str) -> CustomerFilters:
    """The filters of an address; `over` is an amount in a currency. What it cannot know it ignores."""
    return CustomerFilters(
        search=text_of(query),
        status=word_of(CustomerStatus, query, "status"),
        payment_status=word_of(PaymentStatus, query, "payment_status"),
        billing_cycle=word_of(BillingCycle, query, "billing_cycle"),
        payment_method=word_of(PreferredMethod, query, "payment_method"),
        owing={YES: True, NO: False}.get(query.get("owing", "")),
        owes_more_than=_amount_of(query, "over", currency),
        tag=text_of(query, "tag", 40),
    )


def _amount_of(query: Mapping[str, str], name: str, currency: str) -> Money | None:
    try:
        amount = parse_amount(query.get(name, ""))
    except InvalidAmount:
        return None
    return Money(amount, currency) if amount >= 0 else None


def sort_of(query: Mapping[str, str]) -> str:
    """The ordering of an address, by name unless it says another."""
    wanted = query.get("sort", "")
    return wanted if wanted in SORTS else "name"


def chips_of(query: QueryDict, filters: CustomerFilters) -> list[Chip]:
    """The filters that are set, in words, each with the address without it."""
    words: dict[str, str] = {}
    if filters.search:
        words["q"] = lists.quoted(filters.search)
    if filters.status:
        words["status"] = str(filters.status.label)
    if filters.payment_status:
        words["payment_status"] = _("Pays: %(word)s") % {"word": filters.payment_status.label}
    if filters.owing is not None:
        words["owing"] = _("Owes something") if filters.owing else _("Owes nothing")
    if filters.owes_more_than is not None:
        least = filters.owes_more_than
        words["over"] = _("Owes more than %(amount)s") % {"amount": money_text(least.amount, least.currency)}
    if filters.billing_cycle:
        words["billing_cycle"] = str(filters.billing_cycle.label)
    if filters.payment_method:
        words["payment_method"] = _("By %(method)s") % {"method": filters.payment_method.label}
    if filters.tag:
        words["tag"] = _("Tag: %(tag)s") % {"tag": filters.tag}
    return lists.chips(query, words)


def clear_url(query: QueryDict) -> str:
    """The address without any filter, in the same order."""
    return lists.clear_url(query, NARROWING)


def views_of(query: QueryDict, counts: Mapping[str, int]) -> list[View]:
    """The saved views above the list."""
    views: list[tuple[str, dict[str, str], str]] = [
        (_("All"), {}, "total"),
        (_("Owing"), {"owing": YES}, ""),
        (_("Overdue"), {"payment_status": PaymentStatus.OVERDUE.value}, "overdue"),
        (_("Suspended"), {"status": CustomerStatus.SUSPENDED.value}, "suspended"),
    ]
    return [lists.view(query, NARROWING, label, wanted, counts.get(count)) for label, wanted, count in views]


class FilterForm(forms.Form):
    """The boxes above the list; `folded` are those that are shown on demand."""

    folded: ClassVar = ("status", "payment_status", "billing_cycle", "payment_method", "owing", "over", "tag")

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
    over = AmountField(label=gettext_lazy("Owes more than"), required=False, min_value=0)
    tag = forms.CharField(label=gettext_lazy("Tag"), required=False, max_length=40)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["over"].currency = currency  # type: ignore[attr-defined]
