"""Financial reports as of a day: aging. The books are in `books`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.sheets import csv_response
from billing_assistant.core.ui.forms import DayField
from billing_assistant.core.web import actor_of, current_profile, now_of, render_page, staff_page
from payments.selectors.aging import Aging, aging
from payments.web.report_tabs import report_tabs

LISTED: Final = 300


class DayForm(forms.Form):
    """As of which day."""

    as_of = DayField(label=gettext_lazy("As of"), required=False)


@staff_page(Right.REPORTS_VIEW)
def aging_page(request: HttpRequest) -> HttpResponseBase:
    """How late is our money? As of any past day, per customer and currency, tied to the ledger."""
    form, day = day_asked(request)
    if day is None:
        return unread(request, "reports/aging.html", form, "aging")
    report = aging(actor_of(request), profile=current_profile(request), as_of=day)
    today = local_today(current_profile(request), now_of(request))
    context = {
        "report": report,
        "rows": report.rows[:LISTED],
        "more": max(len(report.rows) - LISTED, 0),
        "form": form,
        "past": report.as_of < today,
        "query": request.GET.urlencode(),
        "tabs": report_tabs("aging"),
    }
    return render_page(request, "reports/aging.html", context, fragment="reports/partials/aging.html")


@staff_page(Right.REPORTS_VIEW)
def aging_export(request: HttpRequest) -> HttpResponseBase:
    """The aging report as a CSV file."""
    report = aging(actor_of(request), profile=current_profile(request), as_of=day_or_refuse(request))
    head = [
        _("Customer number"),
        _("Customer"),
        _("Currency"),
        _("Not due yet"),
        _("1–30 days late"),
        _("31–60 days late"),
        _("61–90 days late"),
        _("Over 90 days late"),
        _("Owed"),
        _("Unapplied credit"),
        _("Net"),
    ]
    return csv_response(f"aging-{report.as_of.isoformat()}", head, _aging_lines(report))


def day_asked(request: HttpRequest) -> tuple[DayForm, date | None]:
    """The day that was asked for: today, or one in the past. None when it cannot be read, which the form says."""
    today = local_today(current_profile(request), now_of(request))
    form = DayForm({"as_of": request.GET.get("as_of") or today.isoformat()}, auto_id="filter_%s")
    if not form.is_valid():
        return form, None
    day = min(form.cleaned_data["as_of"], today)
    return DayForm({"as_of": day.isoformat()}, auto_id="filter_%s"), day


def day_or_refuse(request: HttpRequest) -> date:
    form, day = day_asked(request)
    if day is None:
        raise ValidationFailed({name: list(map(str, said)) for name, said in form.errors.items()})
    return day


def unread(request: HttpRequest, template: str, form: forms.Form, tab: str) -> HttpResponseBase:
    """A report of which a filter cannot be read: the reason at its field, and no figures of some other day."""
    context = {"form": form, "unread": True, "tabs": report_tabs(tab)}
    return render_page(request, template, context, fragment="reports/partials/unread.html", status=400)


def _aging_lines(report: Aging) -> Iterator[Sequence[object]]:
    for row in report.rows:
        amounts = (*row.line.buckets, row.line.owed, row.line.credit, row.line.net)
        currency = row.line.currency
        yield (row.number, row.name, currency, *(quantize(amount, currency) for amount in amounts))
