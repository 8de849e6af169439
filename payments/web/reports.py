"""Financial reports: aging, journal, trial balance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.keyset import page_of
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.sheets import csv_response
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.forms import DayField
from billing_assistant.core.ui.lists import Chip, day_of
from billing_assistant.core.web import actor_of, current_profile, now_of, render_page, staff_page
from billing_assistant.ledger.kinds import EntryKind
from billing_assistant.ledger.models import JournalEntry
from billing_assistant.ledger.selectors import journal, trial_balance
from payments.selectors.aging import Aging, aging
from payments.web.report_tabs import report_tabs

LISTED: Final = 300
EXPORT_CHUNK: Final = 500
ORDER: Final = ("-booked_on", "-id")


class DayForm(forms.Form):
    """As of which day."""

    as_of = DayField(label=gettext_lazy("As of"), required=False)


class JournalForm(forms.Form):
    """The boxes above the journal."""

    q = forms.CharField(label=gettext_lazy("Document"), required=False, max_length=60, widget=forms.SearchInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Entry"), required=False, choices=[("", gettext_lazy("Any")), *EntryKind.choices()]
    )
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("Until"), required=False)


@staff_page(Right.REPORTS_VIEW)
def aging_page(request: HttpRequest) -> HttpResponseBase:
    """How late is our money? As of any past day, per customer and currency, tied to the ledger."""
    form, day = _day(request)
    if day is None:
        return _unread(request, "reports/aging.html", form, "aging")
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
    report = aging(actor_of(request), profile=current_profile(request), as_of=_day_or_refuse(request))
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


@staff_page(Right.REPORTS_VIEW)
def ledger_page(request: HttpRequest) -> HttpResponseBase:
    """The journal, newest first, of everything or of one document."""
    form = JournalForm(request.GET or None, auto_id="filter_%s")
    if form.is_bound and not form.is_valid():
        return _unread(request, "reports/ledger.html", form, "ledger")
    page = page_of(_entries(request), ORDER, request.GET)
    context = {
        "page": page,
        "chips": _chips(request),
        "clear_url": reverse("reports:ledger"),
        "form": form,
        "query": request.GET.urlencode(),
        "tabs": report_tabs("ledger"),
    }
    return render_page(request, "reports/ledger.html", context, fragment="reports/partials/journal.html")


@staff_page(Right.REPORTS_VIEW)
def ledger_export(request: HttpRequest) -> HttpResponseBase:
    """The journal as it is filtered, a line a side, as a CSV file."""
    head = [
        _("Date"),
        _("Entry"),
        _("Document"),
        _("Memo"),
        _("Account"),
        _("Currency"),
        _("Debit"),
        _("Credit"),
        _("By"),
    ]
    _refuse_unread(JournalForm(request.GET))
    name = f"journal-{current_profile(request).slug}"
    return csv_response(name, head, _journal_lines(_entries(request)))


@staff_page(Right.REPORTS_VIEW)
def trial_balance_page(request: HttpRequest) -> HttpResponseBase:
    """Sums by account as of a day: debits equal credits in every currency."""
    form, as_of = _day(request)
    if as_of is None:
        return _unread(request, "reports/trial_balance.html", form, "trial-balance")
    profile = current_profile(request)
    rows = trial_balance(actor_of(request), profile_id=profile.pk, as_of=as_of)
    by_currency: dict[str, dict[str, Any]] = {}
    for row in rows:
        if not (row.debit or row.credit):
            continue
        found = by_currency.setdefault(row.currency, {"rows": [], "debit": 0, "credit": 0})
        found["rows"].append(row)
        found["debit"] += row.debit
        found["credit"] += row.credit
    context = {
        "as_of": as_of,
        "by_currency": by_currency,
        "form": form,
        "tabs": report_tabs("trial-balance"),
    }
    return render_page(request, "reports/trial_balance.html", context, fragment="reports/partials/trial_balance.html")


def _day(request: HttpRequest) -> tuple[DayForm, date | None]:
    """The day that was asked for: today, or one in the past. None when it cannot be read, which the form says."""
    today = local_today(current_profile(request), now_of(request))
    form = DayForm({"as_of": request.GET.get("as_of") or today.isoformat()}, auto_id="filter_%s")
    if not form.is_valid():
        return form, None
    day = min(form.cleaned_data["as_of"], today)
    return DayForm({"as_of": day.isoformat()}, auto_id="filter_%s"), day


def _day_or_refuse(request: HttpRequest) -> date:
    form, day = _day(request)
    if day is None:
        raise ValidationFailed({name: list(map(str, said)) for name, said in form.errors.items()})
    return day


def _refuse_unread(form: forms.Form) -> None:
    if not form.is_valid():
        raise ValidationFailed({name: list(map(str, said)) for name, said in form.errors.items()})


def _unread(request: HttpRequest, template: str, form: forms.Form, tab: str) -> HttpResponseBase:
    """A report of which a filter cannot be read: the reason at its field, and no figures of some other day."""
    context = {"form": form, "unread": True, "tabs": report_tabs(tab)}
    return render_page(request, template, context, fragment="reports/partials/unread.html", status=400)


def _aging_lines(report: Aging) -> Iterator[Sequence[object]]:
    for row in report.rows:
        amounts = (*row.line.buckets, row.line.owed, row.line.credit, row.line.net)
        currency = row.line.currency
        yield (row.number, row.name, currency, *(quantize(amount, currency) for amount in amounts))


def _entries(request: HttpRequest) -> QuerySet[JournalEntry]:
    rows = journal(actor_of(request)).filter(profile=current_profile(request))
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:60]
    if text:
        rows = rows.filter(Q(document_number__iexact=text) | Q(memo__iexact=text))
    if request.GET.get("kind") in {kind.value for kind in EntryKind}:
        rows = rows.filter(kind=request.GET["kind"])
    since, until = day_of(request.GET, "since"), day_of(request.GET, "until")
    if since:
        rows = rows.filter(booked_on__gte=since)
    return rows.filter(booked_on__lte=until) if until else rows


def _journal_lines(rows: QuerySet[JournalEntry]) -> Iterator[Sequence[object]]:
    asked: dict[str, str] = {}
    while True:
        page = page_of(rows, ORDER, asked, size=EXPORT_CHUNK)
        for entry in page.rows:
            what = (entry.booked_on, entry.get_kind_display(), entry.document_number, entry.memo)
            for line in entry.lines.all():
                sides = (quantize(line.debit, line.currency), quantize(line.credit, line.currency))
                yield (*what, line.account.get_kind_display(), line.currency, *sides, entry.actor_label)
        if not page.next_cursor:
            return
        asked = {"after": page.next_cursor}


def _chips(request: HttpRequest) -> list[Chip]:
    words = {
        "q": request.GET.get("q", "").strip()[:60],
        "kind": next((str(k.label) for k in EntryKind if k.value == request.GET.get("kind")), ""),
        "since": _("From %(day)s") % {"day": request.GET["since"]} if day_of(request.GET, "since") else "",
        "until": _("Until %(day)s") % {"day": request.GET["until"]} if day_of(request.GET, "until") else "",
    }
    return lists.chips(request.GET, words)
