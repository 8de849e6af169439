"""The report of sales: what each item, category or customer brought in a period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from billing_assistant.core.errors import ValidationFailed
from billing_assistant.core.exports import export_response
from billing_assistant.core.money import quantize, quantize_places
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import View, word_of
from billing_assistant.core.web import actor_of, current_profile, render_page, staff_page
from invoices.sales_selectors import SalesBy, SalesReport, SalesRow, sales_report
from payments.web.periods import period_asked, periods
from payments.web.report_tabs import report_tabs


@staff_page(Right.REPORTS_VIEW)
def sales_page(request: HttpRequest) -> HttpResponseBase:
    """Net sales of a month, a quarter or any days; ?by= chooses items, categories or customers."""
    form, since, until = period_asked(request)
    by = word_of(SalesBy, request.GET, "by") or SalesBy.ITEM
    context: dict[str, Any] = {
        "form": form,
        "tabs": report_tabs("sales"),
        "by": by,
        "presets": periods(request, "reports:sales", since, until, by=by.value),
    }
    if since is None or until is None:
        context["unread"] = True
        return render_page(request, "reports/sales.html", context, fragment="reports/partials/unread.html", status=400)
    report = sales_report(actor_of(request), profile=current_profile(request), since=since, until=until, by=by)
    base = f"{reverse('reports:sales')}?from={since}&until={until}&by="
    context |= {
        "report": report,
        "currencies": [_in_currency(report, currency) for currency in report.currencies],
        "choices": [View(str(one.label), f"{base}{one.value}", one is by) for one in SalesBy],
        "export_url": f"{reverse('reports:sales_export')}?from={since}&until={until}&by={by.value}",
    }
    return render_page(request, "reports/sales.html", context, fragment="reports/partials/sales.html")


@staff_page(Right.REPORTS_VIEW)
def sales_export(request: HttpRequest) -> HttpResponseBase:
    """The report as CSV or (?format=xlsx) a workbook."""
    form, since, until = period_asked(request)
    if since is None or until is None:
        raise ValidationFailed({name: list(map(str, said)) for name, said in form.errors.items()})
    by = word_of(SalesBy, request.GET, "by") or SalesBy.ITEM
    report = sales_report(actor_of(request), profile=current_profile(request), since=since, until=until, by=by)
    head = [str(by.label), _("Currency"), _("Documents"), _("Quantity"), _("Unit"), _("Net")]
    rows = (
        (
            row.name,
            row.currency,
            row.documents,
            None if row.quantity is None else row.quantity.normalize(),
            row.unit,
            quantize(row.net, row.currency),
        )
        for row in report.rows
    )
    return export_response(request, f"sales-{by.value}-{since}-{until}", head, rows)


def _in_currency(report: SalesReport, currency: str) -> dict[str, Any]:
    """The rows of a currency, each with its share of the sum in per cent; none where the sum is not above zero."""
    rows = [row for row in report.rows if row.currency == currency]
    net = report.net(currency)
    return {"currency": currency, "net": net, "rows": [(row, _share(row, net)) for row in rows]}


def _share(row: SalesRow, net: Decimal) -> int | None:
    return int(quantize_places(row.net * 100 / net, 0)) if net > 0 else None
