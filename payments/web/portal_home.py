"""The portal of a client who signed in: balance, invoices, payments. Only what is the client's own customers'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import NotFound
from billing_assistant.core.keyset import page_of
from billing_assistant.core.web import client_page, now_of, render_page, user_of
from customers.models import Customer
from customers.portal_tokens import token_of
from invoices.models import Quote
from invoices.quote_states import QuoteStatus, quote_status
from payments.selectors import portal as reads
from payments.selectors.collections import collections_of_customers
from payments.services.method_setup import setup_gateways
from payments.services.receipt_documents import has_receipt
from payments.web import portal_parts as parts
from payments.web.portal_parts import Door
from payments.web.portal_pay import pay
from payments.web.portal_plans import plans_of
from payments.web.portal_several import choosable, paying_links

PAGE: Final = 20
RECENT: Final = 10
OwnView = Callable[[HttpRequest, Door], HttpResponseBase]


@require_safe
@client_page
def home(request: HttpRequest) -> HttpResponseBase:
    """What is owed, the invoices, the payments."""
    customers = reads.customers_of_user(user_of(request))
    page = page_of(reads.invoices_of(customers), ("-issued_on", "-id"), request.GET, size=PAGE)
    now = now_of(request)
    links = paying_links(customers)
    context = {
        "profile": customers[0].profile if customers else None,
        "customers": customers,
        "balances": [(balance, links.get(balance.currency, [])) for balance in reads.balances_of(customers)],
        "page": page,
        "rows": [(invoice, parts.word_of(invoice, now)) for invoice in page.rows],
        "choosable": choosable(page.rows),
        "plans": plans_of(customers, now),
        "quotes": _quotes(customers, now),
        "subscriptions": collections_of_customers(customers),
        "payments": [(payment, has_receipt(payment)) for payment in reads.payments_of(customers)[:RECENT]],
        "pending": reads.pending_of(customers)[:RECENT],
        "saves_methods": _saves_methods(customers),
    }
    return render_page(request, "portal/home.html", context)


def _saves_methods(customers: Sequence[Customer]) -> bool:
    """Whether there is something to see on the page of payment methods."""
    able = any(setup_gateways(customer.profile_id, customer.currency) for customer in customers)
    return able or reads.methods_of(customers).exists()


def _quotes(customers: Sequence[Customer], now: datetime) -> list[tuple[Quote, QuoteStatus, str]]:
    """The latest offers with their state and the page where they are answered."""
    return [
        (
            quote,
            quote_status(quote, local_today(quote.profile, now)),
            reverse("portal:quote", args=[token_of(quote.portal_link_id)]),
        )
        for quote in reads.quotes_of(customers, now)[:RECENT]
        if quote.portal_link_id
    ]


def _own(view: OwnView) -> Callable[..., HttpResponseBase]:
    """Finds the invoice among those of the client's customers; somebody else's is as if it did not exist."""

    @client_page
    @wraps(view)
    def opened(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
        return view(request, _door(request, invoice_id))

    return opened


@require_safe
@_own
def own_invoice(request: HttpRequest, door: Door) -> HttpResponseBase:
    """An invoice of the client's customer."""
    return parts.show(request, door)


@require_safe
@_own
def own_pdf(request: HttpRequest, door: Door) -> HttpResponseBase:
    """The invoice as a PDF."""
    return parts.file_of(request, door)


@require_safe
@client_page
def own_attachment(request: HttpRequest, invoice_id: UUID, attachment_id: UUID) -> HttpResponseBase:
    """A file beside an invoice of the client's customer."""
    return parts.attachment_of(request, _door(request, invoice_id), attachment_id)


@require_POST
@_own
def own_pay(request: HttpRequest, door: Door) -> HttpResponseBase:
    """Goes to the gateway to pay all that is due, or a part."""
    return pay(request, door)


@require_POST
@_own
def own_viewed(request: HttpRequest, door: Door) -> HttpResponseBase:
    """The page was open before the client's eyes."""
    return parts.viewed(request, door)


def _door(request: HttpRequest, invoice_id: UUID) -> Door:
    invoice = reads.invoice_of(reads.customers_of_user(user_of(request)), invoice_id)
    if invoice is None:
        raise NotFound(_("There is no such invoice."))
    actor = parts.client_actor(request, invoice.customer)
    names = ("own_invoice", "own_pdf", "own_pay", "own_viewed")
    page, pdf, pay, seen = (reverse(f"portal:{name}", args=[invoice.pk]) for name in names)
    return Door(
        invoice,
        actor,
        page,
        pdf,
        pay,
        seen,
        lambda pk: reverse("portal:own_attachment", args=[invoice.pk, pk]),
        lambda pk: reverse("portal:own_receipt", args=[pk]),
        reverse("portal:methods"),
    )
