"""Statistics about customers: who brings in what, how it is paid, what is late, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from babel.dates import format_date
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.money import ZERO, quantize, quantize_places
from billing_assistant.core.rights import Right
from billing_assistant.core.sheets import csv_response
from billing_assistant.core.ui import charts, formats
from billing_assistant.core.ui.lists import View, word_of
from billing_assistant.core.web import actor_of, current_profile, now_of, render_page, staff_page
from billing_assistant.shell.links import url_to
from billing_assistant.shell.selectors.customer_figures import Earner, Figures
from billing_assistant.shell.selectors.customer_figures_kept import figures_for
from billing_assistant.shell.selectors.figure_periods import PeriodWord
from billing_assistant.shell.selectors.home import BUCKET_WORDS
from customers.models import Customer

SLICES: Final = 6


@staff_page(Right.REPORTS_VIEW)
def customer_stats(request: HttpRequest) -> HttpResponseBase:
    """The figures as pictures and tables: ?period= and ?currency= choose them, POST works out kept ones anew."""
    if request.method == "POST":
        figures = _figures(request, anew=True)
        query = urlencode({"period": _period(request).value, "currency": figures.currency})
        return redirect(f"{reverse('customers:stats')}?{query}")
    figures, profile = _figures(request), current_profile(request)
    context = {
        "figures": figures,
        "any": bool(figures.currencies) or Customer.objects.filter(profile=profile).exists(),
        "periods": _periods(request, figures.currency),
        "currencies": _currencies(request, {*figures.currencies, profile.currency}, figures.currency),
        "query": request.GET.urlencode(),
        "old": figures.as_of < now_of(request),
        **_pictures(figures),
        **_tables(request, figures),
    }
    return render_page(request, "shell/customer_stats.html", context)


@staff_page(Right.REPORTS_VIEW)
def customer_stats_export(request: HttpRequest) -> HttpResponseBase:
    """The figures of the page as a CSV file, one a line."""
    figures = _figures(request)
    head = [_("Figure"), _("Of"), _("Number"), _("Currency"), _("Value")]
    name = f"customer-statistics-{figures.period.until.isoformat()}-{figures.currency}"
    return csv_response(name, head, _lines(figures))


def _figures(request: HttpRequest, *, anew: bool = False) -> Figures:
    profile, wanted = current_profile(request), request.GET.get("currency", "").upper()
    currency = wanted if wanted in CURRENCIES else profile.currency
    return figures_for(
        actor_of(request), profile=profile, currency=currency, word=_period(request), now=now_of(request), anew=anew
    )


def _period(request: HttpRequest) -> PeriodWord:
    return word_of(PeriodWord, request.GET, "period") or PeriodWord.YEAR


def _periods(request: HttpRequest, currency: str) -> list[View]:
    chosen = _period(request)
    return [
        View(str(word.label), f"?{urlencode({'period': word.value, 'currency': currency})}", word is chosen)
        for word in PeriodWord
    ]


def _currencies(request: HttpRequest, codes: set[str], chosen: str) -> list[View]:
    period = _period(request).value
    return [
        View(code, f"?{urlencode({'period': period, 'currency': code})}", code == chosen)
        for code in sorted({*codes, chosen})
    ]


def _pictures(figures: Figures) -> dict[str, Any]:
    """The four charts. One that would show nothing is left out."""
    months = [_month(month.first) for month in figures.months]
    named = [earner for earner in figures.top[:SLICES] if earner.revenue > 0]
    rest = figures.positive - sum((earner.revenue for earner in named), ZERO)
    moved = any(month.billed or month.received for month in figures.months)
    return {
        "ring": charts.ring([_slice(earner) for earner in named], (_("All others"), rest)) if named else [],
        "ring_amounts": [earner.revenue for earner in named] + ([rest] if rest > 0 else []),
        "plot": charts.plot(
            months,
            [
                (_("Received"), [month.received for month in figures.months]),
                (_("Billed"), [month.billed for month in figures.months]),
            ],
        )
        if moved
        else None,
        "months": list(zip(months, figures.months, strict=True)),
        "columns": charts.columns([(_month(month.first), month.acquired) for month in figures.months]),
        "acquired": sum(month.acquired for month in figures.months),
        "stacks": [_stack(code, amounts) for code, amounts in figures.agings.items()],
    }


def _slice(earner: Earner) -> tuple[str, Decimal, str]:
    return earner.name, earner.revenue, reverse("customers:detail", args=[earner.customer_id])


def _stack(currency: str, amounts: Sequence[Decimal]) -> dict[str, Any]:
    parts = list(zip(map(str, BUCKET_WORDS.values()), amounts, strict=True))
    return {"currency": currency, "total": sum(amounts, ZERO), "pieces": charts.stack(parts)}


def _tables(request: HttpRequest, figures: Figures) -> dict[str, Any]:
    rights = actor_of(request).rights
    return {
        "earners": [(earner, _share(earner.revenue, figures.positive)) for earner in figures.top],
        "late": [
            {
                "late": late,
                "message": url_to("messages:write", late.customer_id) if Right.MESSAGES_SEND in rights else "",
                "payment": url_to("payments:new", customer=late.customer_id) if Right.PAYMENTS_RECORD in rights else "",
            }
            for late in figures.late
        ],
        "shares": _shares(figures),
    }


def _shares(figures: Figures) -> list[tuple[str, int, Decimal, Decimal]]:
    """How many settled invoices were how late: count, share, and the share in the period before."""
    words = (_("In time"), _("1–30 days late"), _("31–60 days late"), _("More than 60 days late"))
    now, before = figures.behaviour, figures.before
    return [
        (word, count, now.share(count), before.share(past))
        for word, count, past in zip(words, now.counts, before.counts, strict=True)
    ]


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return quantize_places(part * 100 / whole, 1) if whole > 0 and part > 0 else None


def _month(first: date) -> str:
    return format_date(first, "MMM", locale=formats.locale_of())


def _lines(figures: Figures) -> Iterator[Sequence[object]]:
    currency = figures.currency

    def amount(value: Decimal, code: str = currency) -> tuple[str, Decimal]:
        return code, quantize(value, code)

    yield (_("Revenue"), "", "", *amount(figures.revenue))
    for earner in figures.top:
        yield (_("Revenue"), earner.name, earner.number, *amount(earner.revenue))
    for month in figures.months:
        yield (_("Billed"), f"{month.first:%Y-%m}", "", *amount(month.billed))
        yield (_("Received"), f"{month.first:%Y-%m}", "", *amount(month.received))
        yield (_("New customers"), f"{month.first:%Y-%m}", "", "", month.acquired)
    for code, amounts in figures.agings.items():
        for word, value in zip(BUCKET_WORDS.values(), amounts, strict=True):
            yield (_("Outstanding"), str(word), "", *amount(value, code))
    for late in figures.late:
        yield (_("Overdue"), late.name, late.number, *amount(late.amount))
    yield (_("Days to pay"), "", "", "", figures.behaviour.days)
    yield from _behaviour_lines(_shares(figures))


def _behaviour_lines(shares: Sequence[tuple[str, int, Decimal, Decimal]]) -> Iterator[Sequence[object]]:
    for word, count, _share_now, _share_before in shares:
        yield (_("Invoices settled"), word, "", "", count)
