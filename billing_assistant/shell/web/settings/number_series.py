"""Number series of the chosen business profile."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, now_of, posted, render_page, staff_page
from billing_assistant.shell.web.settings.billing_forms import SeriesForm
from billing_assistant.shell.web.settings.form_page import FormPage
from invoices.rate_selectors import series_all
from invoices.services.series import series_add, series_make_default
from invoices.states import InvoiceKind

LIST = "shell:number_series"


@require_safe
@staff_page(Right.SETTINGS_EDIT)
def number_series(request: HttpRequest) -> HttpResponseBase:
    """The series, with the next number of each."""
    profile = current_profile(request)
    year = local_today(profile, now_of(request)).year
    rows = []
    for series in series_all(actor_of(request), profile_id=profile.pk):
        last = {counter.year: counter.last_number for counter in series.counters.all()}
        following = last.get(year if series.restarts_yearly else 0, 0) + 1
        rows.append((series, series.number(year=year, sequence=following) if series.in_gap_report else ""))
    return render_page(request, "shell/settings/number_series.html", {"rows": rows})


@staff_page(Right.SETTINGS_EDIT)
def number_series_new(request: HttpRequest) -> HttpResponseBase:
    """Another series."""

    def act(values: dict[str, Any]) -> str:
        series = series_add(
            profile_id=current_profile(request).pk,
            actor=actor_of(request),
            now=now_of(request),
            **(values | {"kind": InvoiceKind(values["kind"])}),
        )
        return _("Series %(code)s added.") % {"code": series.code}

    about = FormPage(_("New number series"), _("Add series"), LIST, _("Number series"))
    return about.answer(request, SeriesForm(posted(request)), act)


@require_POST
@staff_page(Right.SETTINGS_EDIT)
def number_series_default(request: HttpRequest, series_id: UUID) -> HttpResponseBase:
    """Documents that name no series take their number from this one."""
    series = series_make_default(series_id=series_id, actor=actor_of(request), now=now_of(request))
    messages.success(request, _("%(code)s is used unless another is chosen.") % {"code": series.code})
    return redirect(LIST)
