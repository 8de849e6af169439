"""The pages of recurring plans: the list, the form with what comes next beside it, and a plan with its story."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.actors import Actor
from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, ValidationFailed
from billing_assistant.core.filters.menu import saved_menu
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import (
    actor_of,
    current_profile,
    is_fragment,
    list_page,
    now_of,
    posted,
    render_page,
    staff_page,
)
from customers.models import Customer
from customers.selectors import customer_get, customers_for
from invoices.choices import line_categories
from invoices.models import Plan
from invoices.plan_figure_selectors import plan_figures
from invoices.plan_notes import notes_of
from invoices.plan_selectors import (
    PlanFilters,
    lines_of_plans,
    periods_of,
    plan_get,
    plans_filtered,
    plans_for,
)
from invoices.plan_states import PlanStatus
from invoices.plan_texts import PLACEHOLDERS
from invoices.selectors import invoice_get
from invoices.services.plan_acts import periods_missed
from invoices.services.plan_documents import full_totals, line_sets, set_on
from invoices.services.plan_filling import line_input_of, plan_input_of
from invoices.services.plan_ground import may_change
from invoices.services.plan_input import PlanInput
from invoices.services.plan_origins import plan_input_from_invoice
from invoices.services.plan_preview import plan_preview
from invoices.services.plans import is_billed, plan_create, plan_update
from invoices.web.billable_forms import WorkForm
from invoices.web.plan_live import ahead_of
from invoices.web.plan_query import (
    FILTERS,
    SORTS,
    PlanFilterForm,
    plan_chips,
    plan_filters,
    plan_views,
    sort_of,
)
from invoices.web.plan_values import PlanEditor, first_input, plan_editor, plan_typed, with_row

AHEAD: Final = 6
STORY: Final = 20


@require_safe
@staff_page(Right.INVOICES_VIEW)
def plan_list(request: HttpRequest) -> HttpResponseBase:
    """The plans of the business profile, searched, filtered and sorted."""
    actor, profile, now = actor_of(request), current_profile(request), now_of(request)
    mine = plans_for(actor).filter(profile=profile)
    filters = plan_filters(request.GET, now)
    found, sort = plans_filtered(mine, filters), sort_of(request.GET)
    if "due" in sort:
        found = found.filter(due_at__isnull=False)
    page = list_page(request, found, SORTS[sort])
    context = {
        "page": page,
        "rows": _rows(list(page.rows), local_today(profile, now)),
        "chips": plan_chips(request.GET, filters, profile),
        "clear_url": lists.clear_url(request.GET, FILTERS),
        "narrowed": filters != PlanFilters(),
        "saved": saved_menu(request, "plans"),
        "may_draft": Right.INVOICES_DRAFT in actor.rights,
        "may_issue": Right.INVOICES_ISSUE in actor.rights,
    }
    if not is_fragment(request):
        week = now + timedelta(days=7)
        figures = plan_figures(actor, profile_id=profile.pk, day=local_today(profile, now), due_before=week)
        context |= {
            "figures": figures,
            "counts": {status.value: number for status, number in figures.counts.items()},
            "views": plan_views(request.GET, figures.counts),
            "filter_form": PlanFilterForm(request.GET, auto_id="filter_%s", actor=actor, profile=profile),
            "filters_open": any(request.GET.get(name) for name in PlanFilterForm.folded),
            "query": request.GET.urlencode(),
            "customer_id": filters.customer_id,
        }
    return render_page(request, "invoices/plan_list.html", context, fragment="invoices/partials/plans.html")


@staff_page(Right.INVOICES_DRAFT)
def plan_new(request: HttpRequest) -> HttpResponseBase:
    """A new plan: first the customer (?customer=), or all from an invoice (?invoice=)."""
    actor = actor_of(request)
    if origin := request.GET.get("invoice", ""):
        invoice = invoice_get(actor, origin)
        return _edited(request, invoice.customer, None, plan_input_from_invoice(invoice))
    if wanted := request.GET.get("customer", ""):
        customer = customer_get(actor, wanted)
        return _edited(request, customer, None, first_input(customer))
    return _choose_customer(request)


@staff_page(Right.INVOICES_VIEW, write=Right.INVOICES_DRAFT)
def plan_edit(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    """The form of a plan; of one that was billed, its lines change from a day on instead."""
    plan = plan_get(actor_of(request), plan_id)
    if request.method != "POST" and (plan.status == PlanStatus.ENDED or not may_change(actor_of(request), plan)):
        return redirect("invoices:plan", plan.pk)
    first = line_sets(list(plan.lines.all()))[:1]
    lines = tuple(line_input_of(line) for line in first[0].lines) if first and not is_billed(plan) else ()
    data = plan_input_of(plan)
    return _edited(request, plan.customer, plan, PlanInput(**{**_values(data), "lines": lines}))


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def plan_ahead(request: HttpRequest) -> HttpResponseBase:
    """What stands in the form as dates and amounts (?customer= or ?plan=). Stores nothing."""
    actor = actor_of(request)
    plan = plan_get(actor, request.GET["plan"]) if request.GET.get("plan") else None
    customer = plan.customer if plan else customer_get(actor, request.GET.get("customer", ""))
    billed = plan is not None and is_billed(plan)
    begun = plan_input_of(plan) if plan else first_input(customer)
    editor = plan_editor(customer, plan, begun, sent=posted(request), billed=billed)
    context = {"live": ahead_of(editor, now_of(request)), "swapped": True}
    return render_page(request, "invoices/partials/plan_ahead.html", context)


@require_safe
@staff_page(Right.INVOICES_VIEW)
def plan_detail(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    """A plan: what it bills next, its lines and how they changed, what was billed, and what happened."""
    actor, now = actor_of(request), now_of(request)
    plan = plan_get(actor, plan_id)
    today = local_today(plan, now)
    sets = line_sets(list(plan.lines.all()))
    held = set_on(sets, today) if sets else None
    others = [(one, _total(plan, one.lines)) for one in sets if one is not held]
    context = {
        "plan": plan,
        "held": held,
        "held_total": _total(plan, held.lines) if held else None,
        "planned": [pair for pair in others if held and pair[0].valid_from > held.valid_from],
        "earlier": [pair for pair in reversed(others) if held and pair[0].valid_from < held.valid_from],
        "ahead": plan_preview(plan, count=AHEAD),
        "open_changes": list(plan.adjustments.filter(period__isnull=True)),
        "missed": periods_missed(plan, today) if plan.status in {PlanStatus.PAUSED, PlanStatus.PARKED} else [],
        "page": list_page(request, periods_of(plan), ("-starts_on", "-id")),
        "entries": story_of(timeline(actor, subject_id=plan.pk)[:STORY]),
        "notes": notes_of(plan),
        "may_change": may_change(actor, plan) and plan.status != PlanStatus.ENDED,
        "may_draft": Right.INVOICES_DRAFT in actor.rights,
    }
    return render_page(request, "invoices/plan_detail.html", context, fragment="invoices/partials/plan_periods.html")


def _edited(request: HttpRequest, customer: Customer, plan: Plan | None, begun: PlanInput) -> HttpResponseBase:
    sent, billed = posted(request), plan is not None and is_billed(plan)
    if sent is None:
        return _page(request, plan_editor(customer, plan, begun, billed=billed), billed=billed)
    if "add" in sent:
        return _page(request, plan_editor(customer, plan, begun, sent=with_row(sent), billed=billed), billed=billed)
    editor = plan_editor(customer, plan, begun, sent=sent, billed=billed)
    if editor.form.is_valid() and (billed or editor.lines.is_valid()):
        try:
            saved = _save(request, editor, billed=billed)
        except DomainError as error:
            editor.show(error)
        else:
            text = _("%(number)s saved.") if plan else _("%(number)s bills from now on by itself.")
            messages.success(request, text % {"number": saved.number})
            return redirect("invoices:plan", saved.pk)
    return _page(request, editor, billed=billed)


def _save(request: HttpRequest, editor: PlanEditor, *, billed: bool) -> Plan:
    actor, now, data = actor_of(request), now_of(request), plan_typed(editor)
    if editor.plan is None:
        return plan_create(customer_id=editor.customer.pk, data=data, actor=actor, now=now)
    if billed:
        data = PlanInput(**{**_values(data), "lines": ()})
    elif not data.lines:
        raise ValidationFailed({"lines": [_("A plan bills at least one line.")]})
    version = editor.form.cleaned_data.get("version")
    return plan_update(plan_id=editor.plan.pk, data=data, expected_version=version, actor=actor, now=now)


def _values(data: PlanInput) -> dict[str, Any]:
    return {name: getattr(data, name) for name in PlanInput.__slots__}


class CustomerForm(WorkForm):
    """Whom a new plan is for."""


def _choose_customer(request: HttpRequest) -> HttpResponseBase:
    actor, profile = actor_of(request), current_profile(request)
    form: forms.Form = CustomerForm(posted(request), actor=actor, profile=profile)
    if request.method == "POST" and form.is_valid():
        return redirect(f"{reverse('invoices:plan_new')}?customer={form.cleaned_data['customer'].pk}")
    return render_page(request, "invoices/plan_customer.html", {"form": form, "any": _any_customer(actor, profile)})


def _any_customer(actor: Actor, profile: BusinessProfile) -> bool:
    return customers_for(actor, profile_id=profile.pk).exists()


def _rows(plans: list[Plan], today: Any) -> list[tuple[Plan, Any]]:
    """Plans with what a full period comes to today, with tax."""
    lines = lines_of_plans(plans)
    found = []
    for plan in plans:
        sets = line_sets(lines[plan.pk])
        found.append((plan, _total(plan, set_on(sets, today).lines) if sets else None))
    return found


def _total(plan: Plan, lines: Any) -> Any:
    try:
        return full_totals(plan, lines).total
    except ValidationFailed:
        return None


def _page(request: HttpRequest, editor: PlanEditor, *, billed: bool) -> HttpResponseBase:
    which = f"?plan={editor.plan.pk}" if editor.plan else f"?customer={editor.customer.pk}"
    context = {
        "plan": editor.plan,
        "customer": editor.customer,
        "form": editor.form,
        "lines": editor.lines,
        "blank": editor.blank(),
        "billed": billed,
        "categories": line_categories(editor.customer.profile_id),
        "placeholders": [(f"{{{name}}}", text) for name, text in PLACEHOLDERS.items()],
        "live": ahead_of(editor, now_of(request)),
        "which": which,
        "back_url": reverse("invoices:plan", args=[editor.plan.pk]) if editor.plan else reverse("invoices:plans"),
    }
    return render_page(request, "invoices/plan_edit.html", context)
