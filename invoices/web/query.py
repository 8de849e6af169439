"""The addresses of the lists as filters, and filters as chips and saved views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.ui.links import with_query
from invoices.models import Invoice, InvoiceDraft
from invoices.selectors import having_status
from invoices.states import DraftSource, DraftStatus, InvoiceKind, InvoiceStatus

LONGEST_SEARCH = 100
INVOICE_FILTERS = ("q", "status", "kind", "currency")
DRAFT_FILTERS = ("q", "status", "made")
OPEN_DRAFTS = "open"
SORTS: Mapping[str, tuple[str, ...]] = {
    "-issued": ("-issued_on", "-id"),
    "issued": ("issued_on", "id"),
    "due": ("due_on", "id"),
    "-due": ("-due_on", "-id"),
    "-total": ("-total", "-id"),
    "-owed": ("-amount_due", "-id"),
    "number": ("number", "id"),
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


def sort_of(query: Mapping[str, str]) -> str:
    """The ordering of an address; newest first unless it says another."""
    wanted = query.get("sort", "")
    return wanted if wanted in SORTS else "-issued"


def search_of(query: Mapping[str, str]) -> str:
    return query.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]


def invoices_filtered(rows: QuerySet[Invoice], query: Mapping[str, str], today: date) -> QuerySet[Invoice]:
    """The documents that an address asks for. What it cannot know it ignores."""
    if search := search_of(query):
        rows = rows.filter(Q(number__icontains=search) | Q(customer__name__icontains=search))
    if (status := query.get("status", "")) in set(InvoiceStatus):
        rows = having_status(rows, InvoiceStatus(status), today)
    if status == "owing":
        rows = rows.filter(kind=InvoiceKind.INVOICE, state="issued", amount_due__gt=0)
    if (kind := query.get("kind", "")) in set(InvoiceKind):
        rows = rows.filter(kind=kind)
    if currency := query.get("currency", "").upper()[:3]:
        rows = rows.filter(currency=currency)
    return rows


def drafts_filtered(rows: QuerySet[InvoiceDraft], query: Mapping[str, str]) -> QuerySet[InvoiceDraft]:
    """The drafts that an address asks for: those that are still open unless it says otherwise."""
    if search := search_of(query):
        rows = rows.filter(Q(number__icontains=search) | Q(customer__name__icontains=search))
    status = query.get("status", OPEN_DRAFTS)
    if status in set(DraftStatus):
        rows = rows.filter(status=status)
    elif status == OPEN_DRAFTS:
        rows = rows.filter(status__in=[DraftStatus.DRAFT, DraftStatus.REVIEWED, DraftStatus.SCHEDULED])
    if (made := query.get("made", "")) in set(DraftSource):
        rows = rows.filter(generated_by=made)
    return rows


def invoice_chips(query: QueryDict) -> list[Chip]:
    """The filters of the invoice list that are set, in words."""
    words: dict[str, str] = {}
    if search := search_of(query):
        words["q"] = _("“%(text)s”") % {"text": search}
    if (kind := query.get("kind", "")) in set(InvoiceKind):
        words["kind"] = str(InvoiceKind(kind).label)
    if currency := query.get("currency", "")[:3]:
        words["currency"] = currency.upper()
    if (status := query.get("status", "")) in set(InvoiceStatus):
        words["status"] = str(InvoiceStatus(status).label)
    return _chips(query, words)


def draft_chips(query: QueryDict) -> list[Chip]:
    """The filters of the draft list that are set, in words."""
    words: dict[str, str] = {}
    if search := search_of(query):
        words["q"] = _("“%(text)s”") % {"text": search}
    if (made := query.get("made", "")) in set(DraftSource):
        words["made"] = str(DraftSource(made).label)
    return _chips(query, words)


def _chips(query: QueryDict, words: Mapping[str, str]) -> list[Chip]:
    first_page: dict[str, str | None] = {"after": None, "before": None}
    return [Chip(text, with_query(query, **first_page, **{name: None})) for name, text in words.items()]


def clear_url(query: QueryDict, names: tuple[str, ...]) -> str:
    """The address without any filter."""
    return with_query(query, **dict.fromkeys((*names, "after", "before")))


def invoice_views(query: QueryDict) -> list[View]:
    """The saved views above the invoices."""
    views: list[tuple[Any, dict[str, str]]] = [
        (_("All"), {}),
        (_("Owing"), {"status": "owing"}),
        (_("Overdue"), {"status": InvoiceStatus.OVERDUE.value}),
        (_("Paid"), {"status": InvoiceStatus.PAID.value}),
        (_("Credit notes"), {"kind": InvoiceKind.CREDIT_NOTE.value}),
    ]
    return _views(query, views, INVOICE_FILTERS)


def draft_views(query: QueryDict) -> list[View]:
    """The saved views above the drafts."""
    views: list[tuple[Any, dict[str, str]]] = [
        (_("Open"), {}),
        (_("Reviewed"), {"status": DraftStatus.REVIEWED.value}),
        (_("Scheduled"), {"status": DraftStatus.SCHEDULED.value}),
        (_("Invoiced"), {"status": DraftStatus.CONVERTED.value}),
        (_("Discarded"), {"status": DraftStatus.DISCARDED.value}),
    ]
    return _views(query, views, DRAFT_FILTERS)


def _views(query: QueryDict, views: list[tuple[Any, dict[str, str]]], names: tuple[str, ...]) -> list[View]:
    set_now = {name: query.get(name, "") for name in names if query.get(name)}
    return [
        View(str(label), "?" + "&".join(f"{name}={value}" for name, value in wanted.items()), set_now == wanted)
        for label, wanted in views
    ]


class InvoiceFilterForm(forms.Form):
    """The boxes above the invoices."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Any")), ("owing", gettext_lazy("Owing")), *InvoiceStatus.choices()],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("Any")), *InvoiceKind.choices()]
    )
    sort = forms.CharField(required=False, widget=forms.HiddenInput)


class DraftFilterForm(forms.Form):
    """The boxes above the drafts."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    made = forms.ChoiceField(
        label=gettext_lazy("Made"), required=False, choices=[("", gettext_lazy("Any")), *DraftSource.choices()]
    )
    status = forms.CharField(required=False, widget=forms.HiddenInput)
