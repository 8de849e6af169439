"""The addresses of the list of plans as filters, chips and views, and filters as words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.actors import Actor
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.lists import LONGEST_SEARCH, text_of, word_of
from customers.models import Customer
from invoices.plan_selectors import PlanFilters
from invoices.plan_states import PlanMakes, PlanStatus, PlanUnit
from invoices.web.billable_forms import CustomerChoice

FILTERS: Final = ("q", "customer", "unit", "makes", "due")
NARROWING: Final = (*FILTERS, "status")
WEEK: Final = "week"
SORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "-new": ("-id",),
    "new": ("id",),
    "due": ("due_at", "id"),
    "-due": ("-due_at", "-id"),
    "name": ("name", "id"),
}


def sort_of(query: Mapping[str, str]) -> str:
    """The ordering of an address; newest first unless it says another."""
    wanted = query.get("sort", "")
    return wanted if wanted in SORTS else "-new"


def plan_filters(query: Mapping[str, str], now: datetime) -> PlanFilters:
    """The plans that an address asks for. What it cannot know it ignores."""
    return PlanFilters(
        search=text_of(query),
        status=word_of(PlanStatus, query, "status"),
        unit=word_of(PlanUnit, query, "unit"),
        makes=word_of(PlanMakes, query, "makes"),
        customer_id=as_uuid(query.get("customer", "")),
        due_before=now + timedelta(days=7) if query.get("due") == WEEK else None,
    )


def plan_chips(query: QueryDict, filters: PlanFilters, profile: BusinessProfile) -> list[lists.Chip]:
    """The filters of an address that a person can take away one by one."""
    wanted = filters.customer_id
    named = Customer.objects.filter(pk=wanted, profile=profile).values_list("name", flat=True).first() if wanted else ""
    words = {
        "q": lists.quoted(filters.search) if filters.search else "",
        "customer": (named or _("Customer")) if wanted else "",
        "unit": str(filters.unit.label) if filters.unit else "",
        "makes": str(filters.makes.label) if filters.makes else "",
        "due": _("Due within 7 days") if filters.due_before else "",
    }
    return lists.chips(query, words)


def plan_views(query: QueryDict, counts: Mapping[PlanStatus, int]) -> list[lists.View]:
    """The tabs above the plans: all, then a state each."""
    views = [lists.view(query, NARROWING, _("All"), {})]
    return views + [
        lists.view(query, NARROWING, str(status.label), {"status": status.value}, counts[status])
        for status in PlanStatus
    ]


class PlanFilterForm(forms.Form):
    """The boxes above the plans."""

    folded: ClassVar = ("customer", "unit", "makes", "due")

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    customer = CustomerChoice(required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("Bills every"), required=False, choices=[("", gettext_lazy("Any")), *PlanUnit.choices()]
    )
    makes = forms.ChoiceField(
        label=gettext_lazy("Makes"), required=False, choices=[("", gettext_lazy("Any")), *PlanMakes.choices()]
    )
    due = forms.ChoiceField(
        label=gettext_lazy("Next bill"),
        required=False,
        choices=[("", gettext_lazy("Any")), (WEEK, gettext_lazy("Due within 7 days"))],
    )
    status = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, profile: BusinessProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].offer(actor, profile, self["customer"].value())  # type: ignore[attr-defined]
