"""What a person does to a plan on its page: pause, resume, end, other lines; and higher prices for many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.lists import day_of
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    now_of,
    posted,
    render_page,
    staff_page,
)
from invoices.choices import line_categories
from invoices.models import Plan
from invoices.plan_selectors import PlanFilters, plan_get
from invoices.plan_states import PlanUnit
from invoices.plan_texts import PLACEHOLDERS
from invoices.services.plan_acts import plan_end, plan_pause, plan_resume
from invoices.services.plan_changes import LinesChanged, plan_change_lines
from invoices.services.plan_documents import line_sets, set_on
from invoices.services.plan_filling import line_input_of, plan_input_of
from invoices.services.plan_increases import ChosenPlans, Increase, plans_increase, plans_increase_preview
from invoices.web.plan_forms import IncreaseForm, LinesFromForm
from invoices.web.plan_live import change_of
from invoices.web.plan_values import PlanEditor, plan_editor, with_row

SHOWN: Final = 100


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def plan_act(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    """Pauses a plan (act=pause), has it go on (act=resume), or ends it (act=end)."""
    plan = plan_get(actor_of(request), plan_id)
    try:
        messages.success(request, _acted(request, plan))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("invoices:plan", plan.pk)


def _acted(request: HttpRequest, plan: Plan) -> str:
    actor, now, sent = actor_of(request), now_of(request), request.POST
    match sent.get("act"):
        case "pause":
            plan_pause(plan_id=plan.pk, resumes_on=day_of(sent, "resumes_on"), actor=actor, now=now)
            return _("%(number)s is paused.") % {"number": plan.number}
        case "end":
            on = day_of(sent, "on") if sent.get("when") == "on" else None
            ended = plan_end(plan_id=plan.pk, on=on, actor=actor, now=now)
            if ended.due_at is None:
                return _("%(number)s has ended.") % {"number": plan.number}
            return _("%(number)s ends as you said.") % {"number": plan.number}
    plan_resume(plan_id=plan.pk, bill_missed=sent.get("missed") == "bill", actor=actor, now=now)
    return _("%(number)s goes on.") % {"number": plan.number}


@staff_page(Right.INVOICES_DRAFT)
def plan_lines(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    """Other lines from a day on."""
    plan = plan_get(actor_of(request), plan_id)
    sets = line_sets(list(plan.lines.all()))
    today = local_today(plan, now_of(request))
    held = set_on(sets, today) if sets else None
    begun = replace(plan_input_of(plan), lines=tuple(line_input_of(line) for line in held.lines) if held else ())
    sent = posted(request)
    adding = sent is not None and "add" in sent
    given = with_row(sent) if sent is not None and adding else sent
    editor = plan_editor(plan.customer, plan, begun, sent=given, head=LinesFromForm)
    if sent is not None and not adding and editor.is_valid:
        try:
            result = _change(request, editor)
        except DomainError as error:
            editor.show(error)
        else:
            messages.success(request, _said(result))
            return redirect("invoices:plan", plan.pk)
    context = {
        "plan": plan,
        "customer": plan.customer,
        "form": editor.form,
        "lines": editor.lines,
        "blank": editor.blank(),
        "categories": line_categories(plan.profile_id),
        "placeholders": [(f"{{{name}}}", text) for name, text in PLACEHOLDERS.items()],
        "later": [one for one in sets if one.valid_from > today and one is not held],
        "live": change_of(editor),
        "back_url": reverse("invoices:plan", args=[plan.pk]),
    }
    return render_page(request, "invoices/plan_lines.html", context)


@require_POST
@staff_page(Right.INVOICES_DRAFT)
def plan_lines_ahead(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    """What would be billed next by the lines in the form. Stores nothing."""
    plan = plan_get(actor_of(request), plan_id)
    editor = plan_editor(plan.customer, plan, plan_input_of(plan), sent=posted(request), head=LinesFromForm)
    context = {"live": change_of(editor), "swapped": True}
    return render_page(request, "invoices/partials/plan_ahead.html", context)


def _change(request: HttpRequest, editor: PlanEditor) -> LinesChanged:
    values, plan = editor.form.cleaned_data, editor.plan
    return plan_change_lines(
        plan_id=plan.pk if plan else UUID(int=0),
        from_on=values["from_on"],
        lines=editor.line_inputs(),
        drops_later=values["drops_later"],
        expected_version=values["version"],
        actor=actor_of(request),
        now=now_of(request),
    )


def _said(result: LinesChanged) -> str:
    """What the change did to the period that is billed, in a sentence or two."""
    currency, words = result.plan.currency, [_("The lines are changed.")]
    if result.added:
        words.append(_("%(amount)s comes with the next invoice.") % {"amount": money_text(result.added, currency)})
    if result.taken_off:
        words.append(
            _("%(amount)s less comes with the next invoice.") % {"amount": money_text(result.taken_off, currency)}
        )
    if result.credit_note:
        amount = {"amount": money_text(result.credited, currency), "note": result.credit_note.number}
        words.append(_("%(amount)s is credited by %(note)s.") % amount)
    if result.not_credited:
        amount = {"amount": money_text(result.not_credited, currency)}
        words.append(_("%(amount)s could not be credited: the invoice has nothing left of it.") % amount)
    return " ".join(words)


@staff_page(Right.INVOICES_ISSUE)
def plan_increase(request: HttpRequest) -> HttpResponseBase:
    """Higher prices for plans that were chosen (?plan=) or that fit: shown first, then done, once."""
    profile, sent = current_profile(request), posted(request)
    ids = tuple(found for text in (sent or request.GET).getlist("plan") if (found := as_uuid(text)) is not None)
    asked = sent if sent is not None else request.GET if "percent" in request.GET else None
    first = {"from_on": _next_month(local_today(profile, now_of(request)))}
    form = IncreaseForm(asked, initial=first)
    result = None
    if asked is not None and form.is_valid():
        chosen = ChosenPlans(profile.pk, ids or None, PlanFilters(unit=_unit(form.cleaned_data["unit"])))
        values = form.cleaned_data
        key = str(sent.get("key", ""))[:100] if sent is not None else ""
        increase = Increase(values["percent"], values["from_on"], key=key)
        actor = actor_of(request)
        try:
            if sent is not None:
                done = plans_increase(chosen=chosen, increase=increase, actor=actor, now=now_of(request))
                number = len(done.plans)
                text = ngettext("Prices of %(n)d plan are changed.", "Prices of %(n)d plans are changed.", number)
                messages.success(request, text % {"n": number})
                return redirect("invoices:plans")
            result = plans_increase_preview(chosen=chosen, increase=increase, actor=actor)
        except DomainError as error:
            add_domain_error(form, error)
    context: dict[str, Any] = {
        "form": form,
        "ids": [str(one) for one in ids],
        "result": result,
        "shown": result.plans[:SHOWN] if result else [],
        "left_out": dict(result.left_out) if result else {},
        "more": max(len(result.plans) - SHOWN, 0) if result else 0,
        "key": uuid4().hex,
        "back_url": reverse("invoices:plans"),
    }
    return render_page(request, "invoices/plan_increase.html", context)


def _unit(word: str) -> PlanUnit | None:
    return PlanUnit(word) if word else None


def _next_month(day: date) -> date:
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)
