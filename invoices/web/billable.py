"""The pages of billable work: the list, a piece of work, time in a line."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    is_fragment,
    list_page,
    now_of,
    posted,
    render_page,
    staff_page,
)
from invoices.billable_selectors import billable_filtered, billable_for, billable_get, billable_sums
from invoices.billable_states import BillableState
from invoices.services.billable import billable_add, billable_dismiss, billable_take_back, billable_update
from invoices.web.billable_forms import BillableForm, TimeForm, first_values, present_values
from invoices.web.billable_query import (
    FILTERS,
    BillableFilterForm,
    billable_chips,
    billable_filters,
    billable_views,
)
from invoices.web.forms import tax_key

ORDER: Final = ("-worked_on", "-id")
KEPT: Final = ("customer", "project", "worked_on")


@require_safe
@staff_page(Right.INVOICES_VIEW)
def billable_list(request: HttpRequest) -> HttpResponseBase:
    """The work of the business profile: what is to be billed, unless another view is chosen."""
    actor, profile = actor_of(request), current_profile(request)
    mine, filters = billable_for(actor, profile_id=profile.pk), billable_filters(request.GET)
    rows = billable_filtered(mine, filters)
    context = {
        "page": list_page(request, rows, ORDER),
        "sums": billable_sums(rows),
        "chips": billable_chips(request.GET, filters, profile),
        "clear_url": lists.clear_url(request.GET, FILTERS),
        "may_draft": Right.INVOICES_DRAFT in actor.rights,
        "choosing": Right.INVOICES_DRAFT in actor.rights and filters.state is BillableState.OPEN,
    }
    if not is_fragment(request):
        context |= {
            "any": mine.exists(),
            "views": billable_views(request.GET),
            "filter_form": BillableFilterForm(request.GET, auto_id="filter_%s", actor=actor, profile=profile),
            "filters_open": any(request.GET.get(name) for name in BillableFilterForm.folded),
            "customer_id": filters.customer_id,
            "query": request.GET.urlencode(),
        }
    return render_page(request, "invoices/billable_list.html", context, fragment="invoices/partials/billable.html")


@staff_page(Right.INVOICES_DRAFT)
def billable_new(request: HttpRequest) -> HttpResponseBase:
    """The form for new work (?customer= chooses the customer)."""
    actor, profile = actor_of(request), current_profile(request)
    initial = first_values(request.GET.get("customer", ""), local_today(profile, now_of(request)))
    form = BillableForm(posted(request), actor=actor, profile=profile, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            item = billable_add(profile_id=profile.pk, data=form.input(), actor=actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("“%(text)s” is to be billed.") % {"text": item.description})
            return redirect("invoices:billable")
    return _form_page(request, form, {})


@staff_page(Right.INVOICES_DRAFT)
def billable_time(request: HttpRequest) -> HttpResponseBase:
    """Time, a form after the other: the next begins with the customer, project and day of the one before."""
    actor, profile = actor_of(request), current_profile(request)
    initial = {"worked_on": local_today(profile, now_of(request))} | {
        name: request.GET[name] for name in KEPT if request.GET.get(name)
    }
    form = TimeForm(posted(request), actor=actor, profile=profile, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            item = billable_add(profile_id=profile.pk, data=form.input(), actor=actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"text": item.description, "amount": money_text(item.amount, item.currency)}
            messages.success(request, _("“%(text)s” (%(amount)s) is to be billed.") % words)
            kept = {name: request.POST[name] for name in KEPT if request.POST.get(name)}
            return redirect(f"{reverse('invoices:billable_time')}?{urlencode(kept)}")
    return render_page(request, "invoices/billable_time.html", {"form": form, "back_url": reverse("invoices:billable")})


@staff_page(Right.INVOICES_VIEW, write=Right.INVOICES_DRAFT)
def billable_edit(request: HttpRequest, billable_id: UUID) -> HttpResponseBase:
    """A piece of work: its form while it is open, else where it went."""
    actor = actor_of(request)
    item = billable_get(actor, billable_id)
    form = BillableForm(
        posted(request),
        actor=actor,
        profile=item.profile,
        present=tax_key(item.tax_category, item.tax_rate),
        initial=present_values(item),
    )
    if request.method == "POST" and form.is_valid():
        try:
            billable_update(item_id=item.pk, data=form.input(item), actor=actor, now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("invoices:billable")
    may_draft = Right.INVOICES_DRAFT in actor.rights
    more = {
        "item": item,
        "entries": story_of(timeline(actor, subject_id=item.pk)[:20]),
        "may_edit": may_draft and item.state == BillableState.OPEN,
        "may_take_back": may_draft and item.state == BillableState.DISMISSED,
    }
    return _form_page(request, form, more)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def billable_act(request: HttpRequest, billable_id: UUID) -> HttpResponseBase:
    """Says that work is not billed (act=dismiss), or that it is after all."""
    dismissed = request.POST.get("act") == "dismiss"
    act = billable_dismiss if dismissed else billable_take_back
    item = act(item_id=billable_id, actor=actor_of(request), now=now_of(request))
    text = _("“%(text)s” is not billed. You can take it back.") if dismissed else _("“%(text)s” is to be billed.")
    messages.success(request, text % {"text": item.description})
    return redirect("invoices:billable_item", item.pk)


def _form_page(request: HttpRequest, form: BillableForm, more: dict[str, Any]) -> HttpResponseBase:
    context = {"form": form, "back_url": reverse("invoices:billable"), "may_edit": True, **more}
    return render_page(request, "invoices/billable_item.html", context)
