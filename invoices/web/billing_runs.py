"""The pages of the billing run: what runs did, one run live, what the next would do, and the switch of the engine."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, list_page, now_of, render_page, staff_page
from invoices.billing_selectors import (
    plans_due_for,
    run_figures,
    run_get,
    run_parked,
    run_periods,
    runs_for,
    sees_whole,
)
from invoices.plan_calendar import moment
from invoices.services.billing_engine import dry_run, engine_pause, engine_resume, engine_state, run_open, run_wake

BY_NUMBER: Final = ("-number",)
BY_ID: Final = ("-id",)
MOST_AHEAD: Final = timedelta(days=366)


class DryRunForm(forms.Form):
    """Up to which day a run is tried."""

    until = forms.DateField(
        label=gettext_lazy("Everything that is due until"), widget=forms.DateInput({"type": "date"})
    )


class PauseForm(forms.Form):
    """Why the engine stops."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=240)


@require_safe
@staff_page(Right.INVOICES_VIEW)
def runs(request: HttpRequest) -> HttpResponseBase:
    """All runs, what is due now, and the switch."""
    actor, now = actor_of(request), now_of(request)
    context = {
        "page": list_page(request, runs_for(actor), BY_NUMBER),
        "engine": engine_state(),
        "due": plans_due_for(actor, now),
        "whole": sees_whole(actor),
        "pause_form": PauseForm(auto_id="pause_%s"),
        "dry_form": DryRunForm(initial={"until": local_today(current_profile(request), now)}, auto_id="dry_%s"),
        "may_switch": Right.SETTINGS_EDIT in actor.rights and sees_whole(actor),
        "may_run": Right.INVOICES_ISSUE in actor.rights,
    }
    return render_page(request, "invoices/billing_runs.html", context)


@require_safe
@staff_page(Right.INVOICES_VIEW)
def run(request: HttpRequest, run_number: int) -> HttpResponseBase:
    """One run: its figures, renewed while it is under way, who needs a person, and what was billed."""
    actor = actor_of(request)
    one = run_get(actor, run_number)
    context = {
        "run": one,
        "figures": run_figures(one) if sees_whole(actor) else None,
        "engine": engine_state(),
        "parked": run_parked(actor, one),
        "page": list_page(request, run_periods(actor, one), BY_ID),
    }
    return render_page(request, "invoices/billing_run.html", context, fragment="invoices/partials/billing_run.html")


@require_safe
@staff_page(Right.INVOICES_ISSUE)
def try_run(request: HttpRequest) -> HttpResponseBase:
    """What a run would bill until the end of a day, for the business profiles that the person sees."""
    now, profile = now_of(request), current_profile(request)
    form = DryRunForm(request.GET or {"until": local_today(profile, now)}, auto_id="dry_%s")
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        until = moment(form.cleaned_data["until"] + timedelta(days=1), time(0), profile.time_zone)
        if until > now + MOST_AHEAD:
            form.add_error("until", _("Choose a day within a year from now."))
        else:
            context["found"] = dry_run(until=_just_before(until), actor=actor_of(request))
    return render_page(request, "invoices/billing_dry_run.html", context)


@require_POST
@staff_page(Right.INVOICES_ISSUE)
def run_now(request: HttpRequest) -> HttpResponseBase:
    """Begins what the clock would begin within the minute."""
    now = now_of(request)
    one = run_open(now=now, actor=actor_of(request))
    if one is None:
        messages.info(request, _("No plan is due, or the engine is paused."))
        return redirect("invoices:billing_runs")
    run_wake(one, now=now)
    return redirect("invoices:billing_run", one.number)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def switch(request: HttpRequest) -> HttpResponseBase:
    """Pauses the engine, with a reason, or lets it go on."""
    actor, now = actor_of(request), now_of(request)
    try:
        if request.POST.get("act") == "resume":
            engine_resume(actor=actor, now=now)
            messages.success(request, _("The engine goes on. What became due meanwhile is billed within a minute."))
        else:
            engine_pause(reason=request.POST.get("reason", ""), actor=actor, now=now)
            messages.success(request, _("The engine is paused. No plan is billed until it is resumed."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("invoices:billing_runs")


def _just_before(moment_after: datetime) -> datetime:
    return moment_after - timedelta(microseconds=1)
