"""The addresses of the lists as filters, and filters as chips and saved views."""

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
from invoices.selectors import DraftFilters, InvoiceFilters
from invoices.states import OPEN_DRAFTS, DraftSource, DraftStatus, InvoiceKind, InvoiceStatus

INVOICE_FILTERS: Final = ("q", "status", "kind", "currency", "since", "until")
DRAFT_FILTERS: Final = ("q", "status", "made")
OWING: Final = "owing"
OPEN: Final = "open"
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "-issued": ("-issued_on", "-id"),
    "issued": ("issued_on", "id"),
    "due": ("due_on", "id"),
    "-due": ("-due_on", "-id"),
    "-total": ("-total", "-id"),
    "-owed": ("-amount_due", "-id"),
    "number": ("number", "id"),
}


def sort_of(query: Mapping[str, str]) -> str:
    """The ordering of an address; newest first unless it says another."""
    wanted = query.get("sort", "")
    return wanted if wanted in SORTS else "-issued"


def invoice_filters(query: Mapping[str, str]) -> InvoiceFilters:
    """The documents that an address asks for. What it cannot know it ignores."""
    currency = query.get("currency", "").upper()
    return InvoiceFilters(
        search=text_of(query),
        status=word_of(InvoiceStatus, query, "status"),
        owing=query.get("status") == OWING,
        kind=word_of(InvoiceKind, query, "kind"),
        currency=currency if currency in CURRENCIES else "",
        since=day_of(query, "since"),
        until=day_of(query, "until"),
    )


def draft_filters(query: Mapping[str, str]) -> DraftFilters:
    """The drafts that an address asks for: those that are still open unless it says otherwise."""
    status = word_of(DraftStatus, query, "status")
    open_only = query.get("status", OPEN) == OPEN
    statuses = OPEN_DRAFTS if open_only else (status,) if status else ()
    return DraftFilters(search=text_of(query), statuses=statuses, made=word_of(DraftSource, query, "made"))


def invoice_chips(query: QueryDict, filters: InvoiceFilters) -> list[Chip]:
    """The filters of the invoice list that are set, in words."""
    words = {
        "q": lists.quoted(filters.search) if filters.search else "",
        "kind": str(filters.kind.label) if filters.kind else "",
        "currency": filters.currency,
        "status": str(filters.status.label) if filters.status else "",
        "since": _("From %(day)s") % {"day": day_text(filters.since)} if filters.since else "",
        "until": _("Until %(day)s") % {"day": day_text(filters.until)} if filters.until else "",
    }
    return lists.chips(query, words)


def draft_chips(query: QueryDict, filters: DraftFilters) -> list[Chip]:
    """The filters of the draft list that are set, in words."""
    words = {
        "q": lists.quoted(filters.search) if filters.search else "",
        "made": str(filters.made.label) if filters.made else "",
    }
    return lists.chips(query, words)


def invoice_views(query: QueryDict) -> list[View]:
    """The saved views above the invoices."""
    views = [
        (_("All"), {}),
        (_("Owing"), {"status": OWING}),
        (_("Overdue"), {"status": InvoiceStatus.OVERDUE.value}),
        (_("Paid"), {"status": InvoiceStatus.PAID.value}),
        (_("Credit notes"), {"kind": InvoiceKind.CREDIT_NOTE.value}),
    ]
    return [lists.view(query, INVOICE_FILTERS, label, wanted) for label, wanted in views]


def draft_views(query: QueryDict) -> list[View]:
    """The saved views above the drafts."""
    views = [
        (_("Open"), {}),
        (_("Reviewed"), {"status": DraftStatus.REVIEWED.value}),
        (_("Scheduled"), {"status": DraftStatus.SCHEDULED.value}),
        (_("Invoiced"), {"status": DraftStatus.CONVERTED.value}),
        (_("Discarded"), {"status": DraftStatus.DISCARDED.value}),
    ]
    return [lists.view(query, DRAFT_FILTERS, label, wanted) for label, wanted in views]


class InvoiceFilterForm(forms.Form):
    """The boxes above the invoices; `folded` are those that are shown on demand."""

    folded: ClassVar = ("status", "kind", "since", "until")

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Any")), (OWING, gettext_lazy("Owing")), *InvoiceStatus.choices()],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("Any")), *InvoiceKind.choices()]
    )
    since = DayField(label=gettext_lazy("Issued from"), required=False)
    until = DayField(label=gettext_lazy("Issued until"), required=False)
    currency = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)


class DraftFilterForm(forms.Form):
    """The boxes above the drafts."""

    folded: ClassVar = ("made",)

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    made = forms.ChoiceField(
        label=gettext_lazy("Made"), required=False, choices=[("", gettext_lazy("Any")), *DraftSource.choices()]
    )
    status = forms.CharField(required=False, widget=forms.HiddenInput)
