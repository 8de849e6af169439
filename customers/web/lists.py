"""The list of customers, its export, and the options of a customer box."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from billing_assistant.core.filters.menu import saved_menu
from billing_assistant.core.models import BusinessProfile
from billing_assistant.core.money import Money, quantize
from billing_assistant.core.navigation import url_or_none
from billing_assistant.core.rights import Right
from billing_assistant.core.sheets import csv_response
from billing_assistant.core.ui.components.buttons import row_menus
from billing_assistant.core.ui.lists import text_of
from billing_assistant.core.web import (
    actor_of,
    current_profile,
    is_fragment,
    page_size,
    render_page,
    staff_page,
    with_sizes,
)
from billing_assistant.core.workbooks import workbook_response
from customers import selectors
from customers.figure_selectors import customer_stats, totals_filtered
from customers.models import Customer
from customers.ordering import customers_page, customers_slice
from customers.selectors import CustomerFilters
from customers.web.query import FilterForm, chips_of, clear_url, filters_of, sort_of, views_of

EXPORT_CHUNK: Final = 500
BATCH: Final = "invoices:batch_new"
"""The page of a higher floor that bills those who are chosen."""
OPTIONS: Final = 20
MORE_COLUMNS: Final = {
    "secondary_email": gettext_lazy("Second e-mail"),
    "secondary_phone": gettext_lazy("Second phone"),
    "street": gettext_lazy("Street"),
    "city": gettext_lazy("City"),
    "postal_code": gettext_lazy("Postal code"),
    "secondary_street": gettext_lazy("Second street"),
    "secondary_city": gettext_lazy("Second city"),
    "secondary_postal_code": gettext_lazy("Second postal code"),
    "secondary_country": gettext_lazy("Second country"),
    "business_type": gettext_lazy("Kind of business"),
    "credit_limit": gettext_lazy("Credit limit"),
    "currency": gettext_lazy("Customer currency"),
    "language": gettext_lazy("Language"),
    "include_tax": gettext_lazy("Charge tax"),
    "send_reminders": gettext_lazy("Send reminders"),
    "auto_send_invoices": gettext_lazy("Send invoices without asking"),
    "invoice_template": gettext_lazy("Invoice style"),
    "notes": gettext_lazy("Notes"),
}
"""What an import of the file elsewhere needs to make an equal customer; bank accounts stay here."""
XLSX: Final = "xlsx"


@staff_page(Right.CUSTOMERS_VIEW)
def customer_list(request: HttpRequest) -> HttpResponseBase:
    """All customers of the business profile, searched, filtered and sorted."""
    actor, profile = actor_of(request), current_profile(request)
    filters = filters_of(request.GET, profile.currency)
    rows = selectors.customers_filtered(selectors.customers_for(actor, profile_id=profile.pk), filters)
    page = with_sizes(
        customers_page(
            rows,
            sort_of(request.GET),
            request.GET,
            profile_id=profile.pk,
            size=page_size(request),
            columns=selectors.LISTED,
        )
    )
    stats = customer_stats(actor, profile_id=profile.pk)
    context = {
        "page": page,
        "rows": [(row.customer, row.account) for row in selectors.rows_of(page.rows)],
        "menus": row_menus(_links(actor.rights, may_draft=True)),
        "menus_suspended": row_menus(_links(actor.rights, may_draft=False)),
        "totals": totals_filtered(actor, filters, stats, profile_id=profile.pk),
        "chips": chips_of(request.GET, filters),
        "clear_url": clear_url(request.GET),
        "narrowed": filters != CustomerFilters(),
        "saved": saved_menu(request, "customers"),
        "query": request.GET.urlencode(),
        "may_edit": Right.CUSTOMERS_EDIT in actor.rights,
        "may_import": Right.DATA_IMPORT in actor.rights,
        "batch_url": url_or_none(BATCH) or "" if Right.INVOICES_DRAFT in actor.rights else "",
    }
    if not is_fragment(request):
        counts = {"total": stats.total, "overdue": stats.overdue, "suspended": stats.suspended}
        context |= {
            "stats": stats,
            "nothing": Money.zero(profile.currency),
            "views": views_of(request.GET, counts),
            "filter_form": FilterForm(request.GET or None, currency=profile.currency, auto_id="filter_%s"),
            "filters_open": any(request.GET.get(name) for name in FilterForm.folded),
        }
    return render_page(request, "customers/list.html", context, fragment="customers/partials/list.html")


def _links(rights: Collection[Right], *, may_draft: bool) -> list[tuple[str, str, str]]:
    """The pages that the menu of a row leads to, each with its icon and its word."""
    links = [("customers:detail", "eye", pgettext("verb", "View"))]
    if Right.CUSTOMERS_EDIT in rights:
        links.append(("customers:edit", "pencil", _("Edit")))
    if may_draft and Right.INVOICES_DRAFT in rights:
        links.append(("customers:invoice_new", "file-plus", _("Create invoice")))
    return links


@staff_page(Right.CUSTOMERS_VIEW)
def customer_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is filtered and sorted, all of it: a CSV file, or a workbook with ?format=xlsx."""
    actor, profile = actor_of(request), current_profile(request)
    filters = filters_of(request.GET, profile.currency)
    rows = selectors.customers_filtered(selectors.customers_for(actor, profile_id=profile.pk), filters)
    head = [
        _("Number"),
        _("Name"),
        _("E-mail"),
        _("Phone"),
        _("Country"),
        _("Tax number"),
        _("Status"),
        _("Payment status"),
        _("Payment terms"),
        _("Pays by"),
        _("Billing cycle"),
        _("Tags"),
        _("Invoices"),
        _("Last invoice"),
        _("Currency"),
        _("Billed"),
        _("Paid"),
        _("Outstanding"),
        _("Unapplied credit"),
        *map(str, MORE_COLUMNS.values()),
    ]
    respond = workbook_response if request.GET.get("format") == XLSX else csv_response
    return respond(f"customers-{profile.slug}", head, _export(rows, sort_of(request.GET), profile))


@staff_page(Right.CUSTOMERS_VIEW)
def customer_options(request: HttpRequest) -> HttpResponseBase:
    """The first customers that match ?q=, as option elements for a box that searches."""
    profile = current_profile(request)
    rows = selectors.customers_filtered(
        selectors.customers_for(actor_of(request), profile_id=profile.pk), CustomerFilters(search=text_of(request.GET))
    )
    found = customers_slice(rows, "name", profile_id=profile.pk, limit=OPTIONS)
    return render_page(request, "customers/partials/options.html", {"customers": found})


def _export(rows: QuerySet[Customer], sort: str, profile: BusinessProfile) -> Iterator[Sequence[object]]:
    """A line a customer and currency, read in chunks."""
    query: dict[str, str] = {}
    while True:
        page = customers_page(rows, sort, query, profile_id=profile.pk, size=EXPORT_CHUNK)
        for row in selectors.rows_of(page.rows):
            yield from _lines(row.customer, row.account)
        if not page.next_cursor:
            return
        query = {"after": page.next_cursor}


def _lines(customer: Customer, account: selectors.Account) -> Iterator[Sequence[object]]:
    who = (
        customer.number,
        customer.name,
        customer.email,
        customer.phone,
        customer.country,
        customer.tax_id,
        customer.status_word.label,
        customer.payment_status_word.label,
        customer.get_payment_terms_display(),
        customer.get_preferred_payment_method_display(),
        customer.get_billing_cycle_display(),
        ", ".join(customer.tags),
        account.total_invoices,
        account.last_invoice_on,
    )
    more = [_more(customer, name) for name in MORE_COLUMNS]
    for balance in account.by_currency:
        amounts = (balance.billed, balance.paid, balance.outstanding, balance.unapplied)
        yield (*who, balance.currency, *(quantize(amount, balance.currency) for amount in amounts), *more)


def _more(customer: Customer, name: str) -> object:
    if name == "credit_limit" and customer.credit_limit is not None:
        return quantize(customer.credit_limit, customer.currency)
    if name == "invoice_template":
        return customer.get_invoice_template_display()
    return getattr(customer, name)
