"""Invoices that providers made by themselves: the list, one of them, whose it is, and asking the provider again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from billing_assistant.core.currencies import CURRENCIES
from billing_assistant.core.errors import DomainError
from billing_assistant.core.exports import chunked, export_response
from billing_assistant.core.ids import as_uuid
from billing_assistant.core.money import quantize
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui import lists
from billing_assistant.core.ui.lists import LONGEST_SEARCH, View, text_of, word_of
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import (
    actor_of,
    current_profile,
    is_fragment,
    list_page,
    now_of,
    render_page,
    staff_page,
)
from customers.selectors import customers_for
from payments.models import ExternalInvoice
from payments.selectors.external_invoices import (
    ExternalInvoiceFilters,
    external_invoice_get,
    external_invoices_filtered,
    external_invoices_for,
)
from payments.services.external_invoice_reading import external_invoice_ask_now
from payments.services.external_invoices import external_invoice_link
from payments.states import ExternalInvoiceState

ORDER: Final = ("-made_at", "-id")
NARROWING: Final = ("q", "status", "currency", "nobodys")
LISTED: Final = 50


class SearchForm(forms.Form):
    """The box above the list."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=LONGEST_SEARCH, widget=forms.SearchInput
    )
    status = forms.CharField(required=False, widget=forms.HiddenInput)
    nobodys = forms.CharField(required=False, widget=forms.HiddenInput)


@staff_page(Right.PAYMENTS_VIEW)
def external_invoice_list(request: HttpRequest) -> HttpResponseBase:
    """All of the business profile, searched and narrowed by the views above."""
    mine = external_invoices_for(actor_of(request), current_profile(request).pk)
    page = list_page(request, external_invoices_filtered(mine, _filters(request.GET)), ORDER)
    context = {"page": page, "clear_url": lists.clear_url(request.GET, NARROWING)}
    if not is_fragment(request):
        context |= {
            "any": bool(page.rows) or mine.exists(),
            "views": _views(request.GET),
            "search": SearchForm(request.GET or None, auto_id="find_%s"),
            "query": request.GET.urlencode(),
        }
    fragment = "payments/partials/external_invoices.html"
    return render_page(request, "payments/external_invoices.html", context, fragment=fragment)


@staff_page(Right.PAYMENTS_VIEW)
def external_invoice_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is narrowed, all of it: a CSV file, or a workbook with ?format=xlsx."""
    actor, profile = actor_of(request), current_profile(request)
    rows = external_invoices_filtered(external_invoices_for(actor, profile.pk), _filters(request.GET))
    head = [
        _("Number"),
        _("Provider"),
        _("Made"),
        _("Customer"),
        _("Payer"),
        _("E-mail"),
        _("Status"),
        _("Due on"),
        _("Next try"),
        _("Currency"),
        _("Total"),
        _("Paid"),
        _("Due"),
    ]
    lines = chunked(rows, ORDER, lambda found: map(_line, found))
    return export_response(request, f"provider-invoices-{profile.slug}", head, lines)


@staff_page(Right.PAYMENTS_VIEW)
def external_invoice_detail(request: HttpRequest, external_invoice_id: UUID) -> HttpResponseBase:
    """One of them, with what happened."""
    actor = actor_of(request)
    row = external_invoice_get(actor, external_invoice_id)
    may = Right.PAYMENTS_RECORD in actor.rights
    context = {
        "row": row,
        "may": may,
        "customers": customers_for(actor, profile_id=row.profile_id).order_by("name")[:LISTED] if may else [],
        "source": reverse("customers:options"),
        "entries": story_of(timeline(actor, subject_id=row.pk)[:30]),
    }
    return render_page(request, "payments/external_invoice.html", context)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def external_invoice_customer(request: HttpRequest, external_invoice_id: UUID) -> HttpResponseBase:
    """Says whose it is."""
    actor = actor_of(request)
    row = external_invoice_get(actor, external_invoice_id)
    customer = as_uuid(request.POST.get("customer", ""))
    if customer is None:
        messages.error(request, _("Choose a customer."))
    else:
        linked = external_invoice_link(invoice_id=row.pk, customer_id=customer, actor=actor, now=now_of(request))
        name = linked.customer.name if linked.customer else ""
        messages.success(request, _("All invoices of this payer are linked to %(name)s.") % {"name": name})
    return redirect("payments:external_invoice", row.pk)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def external_invoice_ask(request: HttpRequest, external_invoice_id: UUID) -> HttpResponseBase:
    """Reads it again from its provider."""
    row = external_invoice_get(actor_of(request), external_invoice_id)
    try:
        row = external_invoice_ask_now(invoice_id=row.pk, actor=actor_of(request), now=now_of(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.info(request, _("The provider was asked: %(state)s.") % {"state": row.status_word.label})
    return redirect("payments:external_invoice", row.pk)


def _filters(query: Mapping[str, str]) -> ExternalInvoiceFilters:
    currency = query.get("currency", "").upper()
    return ExternalInvoiceFilters(
        search=text_of(query),
        status=word_of(ExternalInvoiceState, query, "status"),
        currency=currency if currency in CURRENCIES else "",
        nobodys=query.get("nobodys") == "1",
    )


def _views(query: QueryDict) -> list[View]:
    views: list[tuple[str, dict[str, str]]] = [(_("All"), {}), (_("Nobody’s yet"), {"nobodys": "1"})]
    views += [(str(state.label), {"status": state.value}) for state in ExternalInvoiceState]
    return [lists.view(query, NARROWING, label, wanted) for label, wanted in views]


def _line(row: ExternalInvoice) -> Sequence[object]:
    return (
        row.number or row.external_id,
        row.provider,
        row.made_at.date(),
        row.customer.name if row.customer else "",
        row.payer_name,
        row.payer_email,
        row.status_word.label,
        row.due_at.date() if row.due_at else "",
        row.next_try_at.date() if row.next_try_at else "",
        row.currency,
        *(quantize(amount, row.currency) for amount in (row.total, row.amount_paid, row.amount_due)),
    )
