"""The list of payments and its export."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from billing_assistant.core.exports import chunked, export_response
from billing_assistant.core.filters.menu import saved_menu
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, current_profile, is_fragment, list_page, render_page, staff_page
from payments.models import Payment
from payments.selectors.open_items import parked_events
from payments.selectors.payments import PaymentFilters, payments_filtered, payments_for, payments_listed, totals_of
from payments.selectors.receipts import receipts_waiting
from payments.web.query import SORTS, FilterForm, chips_of, clear_url, filters_of, sort_of, views_of


@staff_page(Right.PAYMENTS_VIEW)
def payment_list(request: HttpRequest) -> HttpResponseBase:
    """All payments of the business profile, searched, filtered and sorted."""
    actor, profile = actor_of(request), current_profile(request)
    filters, sort = filters_of(request.GET), sort_of(request.GET)
    mine = payments_for(actor, profile_id=profile.pk)
    rows = payments_filtered(mine, filters)
    page = list_page(request, payments_listed(rows), SORTS[sort])
    context = {
        "page": page,
        "totals": totals_of(actor, rows, filters, profile.pk) if page.rows else [],
        "chips": chips_of(request.GET, filters),
        "clear_url": clear_url(request.GET),
        "narrowed": filters != PaymentFilters(),
        "saved": saved_menu(request, "payments"),
        "query": request.GET.urlencode(),
        "may_record": Right.PAYMENTS_RECORD in actor.rights,
    }
    if not is_fragment(request):
        context |= {
            "any": bool(page.rows) or mine.exists(),
            "views": views_of(request.GET),
            "filter_form": FilterForm(request.GET or None, auto_id="filter_%s"),
            "filters_open": any(request.GET.get(name) for name in FilterForm.folded),
            "parked": parked_events(actor, profile.pk).count(),
            "nameless": receipts_waiting(actor, profile.pk).count(),
        }
    return render_page(request, "payments/list.html", context, fragment="payments/partials/list.html")


@staff_page(Right.PAYMENTS_VIEW)
def payment_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is filtered, all of it: a CSV file, or a workbook with ?format=xlsx."""
    actor, profile = actor_of(request), current_profile(request)
    rows = payments_filtered(payments_for(actor, profile_id=profile.pk), filters_of(request.GET))
    head = [
        _("Number"),
        _("Received on"),
        _("Customer"),
        _("Customer number"),
        _("Method"),
        _("Reference"),
        _("Status"),
        _("Currency"),
        _("Amount"),
        _("Applied"),
        _("Unapplied"),
    ]
    lines = chunked(rows, SORTS["-received"], lambda found: map(_line, found))
    return export_response(request, f"payments-{profile.slug}", head, lines)


def _line(row: Payment) -> Sequence[object]:
    amounts = (row.amount, row.amount_allocated, row.unapplied)
    return (
        row.number,
        row.received_on,
        row.customer.name,
        row.customer.number,
        row.method_word.label,
        row.reference,
        row.status_word.label,
        row.currency,
        *(quantize(amount, row.currency) for amount in amounts),
    )
