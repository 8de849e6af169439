"""The lists of invoices and of drafts, and the export."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from billing_assistant.core.clock import local_today
from billing_assistant.core.filters.menu import saved_menu
from billing_assistant.core.money import Money
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.lists import clear_url
from billing_assistant.core.web import (
    actor_of,
    current_profile,
    is_fragment,
    list_page,
    now_of,
    render_page,
    staff_page,
)
from invoices.models import Invoice
from invoices.selectors import (
    DraftFilters,
    InvoiceFilters,
    drafts_filtered,
    drafts_for,
    drafts_listed,
    invoices_filtered,
    invoices_for,
    invoices_listed,
)
from invoices.states import OPEN_DRAFTS, InvoiceKind, InvoiceState, invoice_status
from invoices.web import query

EXPORT_CHUNK: Final = 500


@staff_page(Right.INVOICES_VIEW)
def invoice_list(request: HttpRequest) -> HttpResponseBase:
    """Issued documents of the business profile, searched, filtered and sorted."""
    actor, profile = actor_of(request), current_profile(request)
    today, sort = local_today(profile, now_of(request)), query.sort_of(request.GET)
    mine = invoices_for(actor).filter(profile=profile)
    filters = query.invoice_filters(request.GET)
    found = invoices_listed(invoices_filtered(mine, filters, today))
    page = list_page(request, found, query.SORTS[sort])
    context = {
        "page": page,
        "rows": [(invoice, shown_status(invoice, today)) for invoice in page.rows],
        "totals": page_totals(page.rows),
        "chips": query.invoice_chips(request.GET, filters),
        "clear_url": clear_url(request.GET, query.INVOICE_FILTERS),
        "narrowed": filters != InvoiceFilters(),
        "saved": saved_menu(request, "invoices"),
        "query": request.GET.urlencode(),
        "may_draft": Right.INVOICES_DRAFT in actor.rights,
        "may_send": Right.INVOICES_SEND in actor.rights,
    }
    if not is_fragment(request):
        context |= {
            "any": bool(page.rows) or mine.exists(),
            "views": query.invoice_views(request.GET),
            "filter_form": query.InvoiceFilterForm(request.GET or None, auto_id="filter_%s"),
            "filters_open": any(request.GET.get(name) for name in query.InvoiceFilterForm.folded),
        }
    return render_page(request, "invoices/list.html", context, fragment="invoices/partials/list.html")


def shown_status(invoice: Invoice, today: date) -> object:
    """The word for a document in a list: a credit note is what it is, an invoice what it is today."""
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        return InvoiceKind.CREDIT_NOTE if invoice.state == InvoiceState.ISSUED else InvoiceState(invoice.state)
    return invoice_status(invoice, today)


def page_totals(rows: Sequence[Invoice]) -> list[tuple[Money, Money]]:
    """Total and due of the rows of a page, a pair a currency; credit notes and void documents do not count."""
    found: dict[str, tuple[Money, Money]] = {}
    for row in rows:
        if row.kind == InvoiceKind.INVOICE and row.state != InvoiceState.VOID:
            total, due = found.get(row.currency, (Money.zero(row.currency), Money.zero(row.currency)))
            found[row.currency] = (total + Money(row.total, row.currency), due + Money(row.amount_due, row.currency))
    return [found[currency] for currency in sorted(found)]


@staff_page(Right.INVOICES_VIEW)
def draft_list(request: HttpRequest) -> HttpResponseBase:
    """Drafts of the business profile, newest first: those that are open unless another view is chosen."""
    actor, profile = actor_of(request), current_profile(request)
    mine = drafts_for(actor).filter(profile=profile)
    filters = query.draft_filters(request.GET)
    page = list_page(request, drafts_listed(drafts_filtered(mine, filters)), ("-id",))
    context = {
        "page": page,
        "chips": query.draft_chips(request.GET, filters),
        "clear_url": clear_url(request.GET, ("q", "made")),
        "narrowed": filters != DraftFilters(statuses=OPEN_DRAFTS),
        "saved": saved_menu(request, "drafts"),
        "query": request.GET.urlencode(),
        "may_draft": Right.INVOICES_DRAFT in actor.rights,
        "choosing": Right.INVOICES_ISSUE in actor.rights and set(filters.statuses) & set(OPEN_DRAFTS),
        "may_send": Right.INVOICES_SEND in actor.rights,
    }
    if not is_fragment(request):
        context |= {
            "any": bool(page.rows) or mine.exists(),
            "views": query.draft_views(request.GET),
            "filter_form": query.DraftFilterForm(request.GET or None, auto_id="filter_%s"),
            "filters_open": any(request.GET.get(name) for name in query.DraftFilterForm.folded),
        }
    return render_page(request, "invoices/draft_list.html", context, fragment="invoices/partials/draft_list.html")
