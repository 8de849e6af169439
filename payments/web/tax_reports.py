"""Reports about tax and numbers: output tax of a period, and what each number series gave out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.sheets import csv_response
from billing_assistant.core.ui.lists import word_of
from billing_assistant.core.web import actor_of, current_profile, render_page, staff_page
from billing_assistant.core.workbooks import workbook_response
from invoices.models import InvoiceTax
from invoices.number_selectors import numbers_report
from invoices.states import TaxCategory
from invoices.vat_selectors import VatReport, VatSection, signed, vat_lines, vat_report
from payments.web.periods import period_asked, periods
from payments.web.report_tabs import report_tabs

LISTED: Final = 300


@staff_page(Right.REPORTS_VIEW)
def vat_page(request: HttpRequest) -> HttpResponseBase:
    """Output tax of a month, a quarter or any days, tied to the ledger; ?section= and so on show the documents."""
    form, since, until = period_asked(request)
    context: dict[str, Any] = {
        "form": form,
        "tabs": report_tabs("vat"),
        "presets": periods(request, "reports:vat", since, until),
    }
    if since is None or until is None:
        context["unread"] = True
        return render_page(request, "reports/vat.html", context, fragment="reports/partials/unread.html", status=400)
    report = vat_report(actor_of(request), profile=current_profile(request), since=since, until=until)
    context |= {"report": report, "currencies": _by_currency(report), "query": request.GET.urlencode()}
    chosen = _chosen(request)
    if chosen:
        lines = vat_lines(actor_of(request), profile=current_profile(request), since=since, until=until, **chosen)
        found = list(lines[: LISTED + 1])
        context |= {"lines": found[:LISTED], "more": len(found) > LISTED, "chosen": chosen}
    return render_page(request, "reports/vat.html", context, fragment="reports/partials/vat.html")


@staff_page(Right.REPORTS_VIEW)
def vat_export(request: HttpRequest) -> HttpResponseBase:
    """Every document of the period, a line a tax rate, as CSV or (?format=xlsx) a workbook."""
    form, since, until = period_asked(request)
    if since is None or until is None:
        raise ValidationFailed({name: list(map(str, said)) for name, said in form.errors.items()})
    profile = current_profile(request)
    lines = vat_lines(actor_of(request), profile=profile, since=since, until=until)
    head = [
        _("Date"),
        _("Document"),
        _("Part"),
        _("Customer number"),
        _("Customer"),
        _("Category"),
        _("Rate"),
        _("Currency"),
        _("Base"),
        _("Tax"),
        _("Base in %(currency)s") % {"currency": profile.currency},
        _("Tax in %(currency)s") % {"currency": profile.currency},
        _("Exchange rate"),
        _("Reason"),
    ]
    name = f"tax-{since.isoformat()}-{until.isoformat()}"
    rows = _vat_cells(lines.iterator(chunk_size=500), profile.currency)
    if request.GET.get("format") == "xlsx":
        return workbook_response(name, head, rows)
    return csv_response(name, head, rows)


@staff_page(Right.REPORTS_VIEW)
def numbers_page(request: HttpRequest) -> HttpResponseBase:
    """First, last, how many, gaps, voids and dates out of order of each number series and year."""
    rows = numbers_report(actor_of(request), profile_id=current_profile(request).pk)
    context = {
        "rows": [row for row in rows if row.in_gap_report],
        "imported": [row for row in rows if not row.in_gap_report],
        "holds": all(row.holds for row in rows if row.in_gap_report),
        "tabs": report_tabs("numbers"),
    }
    return render_page(request, "reports/numbers.html", context)


@staff_page(Right.REPORTS_VIEW)
def numbers_export(request: HttpRequest) -> HttpResponseBase:
    """The gap report as CSV or (?format=xlsx) a workbook."""
    head = [
        _("Series"),
        _("Kind"),
        _("Year"),
        _("First"),
        _("Last"),
        _("Documents"),
        _("Missing"),
        _("Gaps"),
        _("Voided"),
        _("Out of order"),
        _("First date"),
        _("Last date"),
        _("In the gap report"),
    ]
    rows = [
        (
            row.code,
            row.kind.label,
            row.year or "",
            row.first,
            row.last,
            row.documents,
            row.missing,
            ", ".join(f"{first}–{last}" for first, last in row.gaps),
            row.voids,
            row.out_of_order,
            row.first_on,
            row.last_on,
            row.in_gap_report,
        )
        for row in numbers_report(actor_of(request), profile_id=current_profile(request).pk)
    ]
    name = f"numbers-{current_profile(request).slug}"
    if request.GET.get("format") == "xlsx":
        return workbook_response(name, head, rows)
    return csv_response(name, head, rows)


def _by_currency(report: VatReport) -> list[dict[str, Any]]:
    """The rows of each currency with their sums and the tie."""
    parts = []
    for tie in report.ties:
        rows = [row for row in report.rows if row.currency == tie.currency]
        base = sum((row.base for row in rows), Decimal(0))
        parts.append({"currency": tie.currency, "rows": rows, "base": base, "tie": tie})
    return parts


def _chosen(request: HttpRequest) -> dict[str, Any]:
    """Which row's documents are asked for; empty when none are."""
    section = word_of(VatSection, request.GET, "section")
    category = word_of(TaxCategory, request.GET, "category")
    try:
        rate = Decimal(request.GET.get("rate", ""))
    except InvalidOperation:
        return {}
    if section is None or category is None or not rate.is_finite():
        return {}
    return {"section": section, "category": category, "rate": rate, "currency": request.GET.get("currency", "")[:3]}


def _vat_cells(lines: Iterator[InvoiceTax], home: str) -> Iterator[Sequence[object]]:
    for line in lines:
        invoice, section = line.invoice, VatSection(line.section)  # type: ignore[attr-defined] # by vat_lines
        at_home = (line.home_base, line.home_tax)  # type: ignore[attr-defined] # by vat_lines
        yield (
            invoice.issued_on,
            invoice.number,
            section.label,
            invoice.customer.number,
            invoice.customer.name,
            TaxCategory(line.category).label,
            line.rate.normalize(),
            invoice.currency,
            quantize(signed(section, line.base), invoice.currency),
            quantize(signed(section, line.tax), invoice.currency),
            *(None if each is None else quantize(signed(section, each), home) for each in at_home),
            invoice.fx_rate,
            line.reason,
        )
