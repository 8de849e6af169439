"""The period that a report is about: a form with two days, and the usual periods as choices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.clock import local_today
from billing_assistant.core.ui.forms import DayField
from billing_assistant.core.ui.lists import View
from billing_assistant.core.web import current_profile, now_of

QUARTER: Final = 3
DECEMBER: Final = 12


class PeriodForm(forms.Form):
    """From when until when, both inclusive."""

    field_order = ("from", "until")
    until = DayField(label=gettext_lazy("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = DayField(label=gettext_lazy("From"))
        self.order_fields(self.field_order)

    @property
    def since(self) -> forms.BoundField:
        return self["from"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("from") and values.get("until") and values["until"] < values["from"]:
            self.add_error("until", _("The period ends before it begins."))
        return values


def period_asked(request: HttpRequest) -> tuple[PeriodForm, date | None, date | None]:
    """What was asked for, by default this month. None when it cannot be read, which the form says."""
    first, last = _month(local_today(current_profile(request), now_of(request)))
    asked = {
        "from": request.GET.get("from") or first.isoformat(),
        "until": request.GET.get("until") or last.isoformat(),
    }
    form = PeriodForm(asked, auto_id="filter_%s")
    if not form.is_valid():
        return form, None, None
    return form, form.cleaned_data["from"], form.cleaned_data["until"]


def periods(request: HttpRequest, page: str, since: date | None, until: date | None, **kept: str) -> list[View]:
    """Months, quarters and the year as choices of a page, with the one that is shown marked."""
    today = local_today(current_profile(request), now_of(request))
    month, quarter = _month(today), _quarter(today)
    named = (
        (_("This month"), month),
        (_("Last month"), _month(month[0] - timedelta(days=1))),
        (_("This quarter"), quarter),
        (_("Last quarter"), _quarter(quarter[0] - timedelta(days=1))),
        (_("This year"), (today.replace(month=1, day=1), today.replace(month=12, day=31))),
    )
    return [
        View(
            label,
            f"{reverse(page)}?{urlencode({'from': first.isoformat(), 'until': last.isoformat(), **kept})}",
            (since, until) == (first, last),
        )
        for label, (first, last) in named
    ]


def _month(day: date) -> tuple[date, date]:
    return day.replace(day=1), _last_of(day.year, day.month)


def _quarter(day: date) -> tuple[date, date]:
    begins = (day.month - 1) // QUARTER * QUARTER + 1
    return date(day.year, begins, 1), _last_of(day.year, begins + QUARTER - 1)


def _last_of(year: int, month: int) -> date:
    following = date(year + 1, 1, 1) if month == DECEMBER else date(year, month + 1, 1)
    return following - timedelta(days=1)
