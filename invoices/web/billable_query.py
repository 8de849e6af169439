"""The addresses of billable work as filters, chips and views."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.actors import Actor
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.formats import day_text
from billing_assistant.core.ui.forms import DayField
from billing_assistant.core.ui.lists import LONGEST_SEARCH, day_of, text_of, word_of
from customers.models import Customer
from invoices.billable_selectors import BillableFilters
from invoices.billable_states import BillableKind, BillableState
from invoices.services.billable_input import LONGEST
from invoices.web.billable_forms import CustomerChoice

FILTERS: Final = ("q", "customer", "kind", "project", "since", "until")
NARROWING: Final = (*FILTERS, "state")
ANY: Final = "any"


def billable_filters(query: QueryDict) -> BillableFilters:
    """The work that an address asks for: what is to be billed, unless another view is chosen."""
    state = word_of(BillableState, query, "state")
    return BillableFilters(
        search=text_of(query),
        customer_id=as_uuid(query.get("customer", "")),
        kind=word_of(BillableKind, query, "kind"),
        state=None if query.get("state") == ANY else state or BillableState.OPEN,
        project=text_of(query, "project"),
        since=day_of(query, "since"),
        until=day_of(query, "until"),
    )


def billable_chips(query: QueryDict, filters: BillableFilters, profile: BusinessProfile) -> list[lists.Chip]:
    """The filters of an address that a person can take away one by one."""
    wanted = filters.customer_id
    named = Customer.objects.filter(pk=wanted, profile=profile).values_list("name", flat=True).first() if wanted else ""
    words = {
        "q": lists.quoted(filters.search) if filters.search else "",
        "customer": (named or _("Customer")) if wanted else "",
        "kind": str(filters.kind.label) if filters.kind else "",
        "project": filters.project,
        "since": _("Since %(day)s") % {"day": day_text(filters.since)} if filters.since else "",
        "until": _("Until %(day)s") % {"day": day_text(filters.until)} if filters.until else "",
    }
    return lists.chips(query, words)


def billable_views(query: QueryDict) -> list[lists.View]:
    """The tabs above the work: a state each."""
    views: list[tuple[str, dict[str, str]]] = [(str(BillableState.OPEN.label), {})]
    views += [(str(state.label), {"state": state.value}) for state in BillableState if state is not BillableState.OPEN]
    return [lists.view(query, NARROWING, label, wanted) for label, wanted in [*views, (_("All"), {"state": ANY})]]


class BillableFilterForm(forms.Form):
    """The boxes above the work."""

    folded: ClassVar = ("customer", "kind", "project", "since", "until")

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    customer = CustomerChoice(required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("Any")), *BillableKind.choices()]
    )
    project = forms.CharField(label=gettext_lazy("Project"), required=False, max_length=LONGEST["project"])
    since = DayField(label=gettext_lazy("Done since"), required=False)
    until = DayField(label=gettext_lazy("Done until"), required=False)
    state = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, profile: BusinessProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer"].offer(actor, profile, self["customer"].value())  # type: ignore[attr-defined]
