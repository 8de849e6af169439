"""Invoices, their lines, the catalogue and billable work as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.exports import chunked, export_response
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import text_of
from billing_assistant.core.web import actor_of, current_profile, now_of, staff_page
from invoices.billable_selectors import billable_filtered, billable_for
from invoices.models import BillableItem, CatalogueItem, Invoice
from invoices.selectors import catalogue_filtered, catalogue_for, invoices_filtered, invoices_for, prices_of
from invoices.states import CatalogueKind, TaxCategory
from invoices.web import query
from invoices.web.billable_query import billable_filters
from invoices.web.lists import shown_status

ORDER = query.SORTS["-issued"]


@staff_page(Right.INVOICES_VIEW)
def invoice_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is filtered, all of it: a CSV file, or a workbook with ?format=xlsx."""
    today = local_today(current_profile(request), now_of(request))
    head = [
        _("Number"),
        _("Kind"),
        _("Status"),
        _("Customer"),
        _("Customer number"),
        _("Issued"),
        _("Due"),
        _("Currency"),
        _("Subtotal"),
        _("Discount"),
        _("Tax"),
        _("Total"),
        _("Paid"),
        _("Credited"),
        _("Amount due"),
    ]
    rows = chunked(_asked(request, today), ORDER, lambda found: (_document(row, today) for row in found))
    return export_response(request, f"invoices-{current_profile(request).slug}", head, rows)


@staff_page(Right.INVOICES_VIEW)
def invoice_lines_export(request: HttpRequest) -> HttpResponseBase:
    """The lines of the documents of the list, a row a line."""
    today = local_today(current_profile(request), now_of(request))
    head = [
        _("Invoice number"),
        _("Kind"),
        _("Issued"),
        _("Customer number"),
        _("Customer"),
        _("Position"),
        _("Description"),
        _("Quantity"),
        _("Unit"),
        _("Unit price"),
        _("Currency"),
        _("Tax rate in per cent"),
        _("Amount"),
    ]
    rows = chunked(_asked(request, today), ORDER, _document_lines)
    return export_response(request, f"invoice-lines-{current_profile(request).slug}", head, rows)


@staff_page(Right.INVOICES_VIEW)
def catalogue_export(request: HttpRequest) -> HttpResponseBase:
    """The catalogue as it is searched: a row an item and currency, as the import reads it."""
    profile = current_profile(request)
    mine = catalogue_for(actor_of(request), profile_id=profile.pk)
    offered = {"yes": True, "no": False}.get(request.GET.get("offered", ""))
    items = catalogue_filtered(mine, search=text_of(request.GET), offered=offered)
    head = [
        _("Code"),
        _("Name"),
        _("Kind"),
        _("Text on invoices"),
        _("Unit"),
        _("Tax category"),
        _("Tax rate in per cent"),
        _("Offered"),
        _("Currency"),
        _("Price"),
    ]
    rows = chunked(items, ("name", "id"), lambda found: (line for item in found for line in _item_lines(item)))
    return export_response(request, f"catalogue-{profile.slug}", head, rows)


@staff_page(Right.INVOICES_VIEW)
def billable_export(request: HttpRequest) -> HttpResponseBase:
    """Billable work as it is filtered, all of it."""
    profile = current_profile(request)
    mine = billable_for(actor_of(request), profile_id=profile.pk)
    head = [
        _("Date"),
        _("Customer number"),
        _("Customer"),
        _("Kind"),
        _("Description"),
        _("Project"),
        _("Quantity"),
        _("Unit"),
        _("Rate"),
        _("Currency"),
        _("Amount"),
        _("State"),
        _("Draft"),
        _("Invoice"),
        _("Source"),
        _("Its id there"),
    ]
    asked = billable_filtered(mine, billable_filters(request.GET))
    rows = chunked(asked, ("-worked_on", "-id"), lambda found: map(_work, found))
    return export_response(request, f"billable-work-{profile.slug}", head, rows)


def _asked(request: HttpRequest, today: date) -> QuerySet[Invoice]:
    mine = invoices_for(actor_of(request)).filter(profile=current_profile(request))
    return invoices_filtered(mine, query.invoice_filters(request.GET), today)


def _document(row: Invoice, today: date) -> Sequence[object]:
    amounts = (row.subtotal, row.discount_total, row.tax_total, row.total)
    settled = (row.amount_paid, row.amount_credited, row.amount_due)
    return (
        row.number,
        row.get_kind_display(),
        shown_status(row, today).label,  # type: ignore[attr-defined]
        row.buyer["name"],
        row.customer.number,
        row.issued_on,
        row.due_on,
        row.currency,
        *(quantize(amount, row.currency) for amount in (*amounts, *settled)),
    )


def _document_lines(rows: Sequence[Invoice]) -> Iterator[Sequence[object]]:
    prefetch_related_objects(list(rows), "lines")
    for row in rows:
        for line in row.lines.all():
            yield (
                row.number,
                row.get_kind_display(),
                row.issued_on,
                row.customer.number,
                row.buyer["name"],
                line.position,
                line.description,
                line.quantity.normalize(),
                line.unit,
                line.unit_price.normalize(),
                row.currency,
                line.tax_rate.normalize(),
                quantize(line.amount, row.currency),
            )


def _work(item: BillableItem) -> Sequence[object]:
    return (
        item.worked_on,
        item.customer.number,
        item.customer.name,
        item.kind_word.label,
        item.description,
        item.project,
        item.quantity.normalize(),
        item.unit,
        item.unit_price.normalize(),
        item.currency,
        quantize(item.amount, item.currency),
        item.state_word.label,
        item.draft.number if item.draft else "",
        item.invoice.number if item.invoice else "",
        item.source,
        item.external_id,
    )


def _item_lines(item: CatalogueItem) -> Iterator[Sequence[object]]:
    said = (
        item.code,
        item.name,
        CatalogueKind(item.kind).label,
        item.description,
        item.unit,
        TaxCategory(item.tax_category).label,
        item.tax_rate.normalize(),
        item.is_active,
    )
    prices = sorted(prices_of(item).items())
    for currency, price in prices:
        yield (*said, currency, price.normalize())
    if not prices:
        yield (*said, "", None)
