"""The portal: several invoices paid at once, in full or in part, and the page to which the client comes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.money import ZERO
from billing_assistant.core.web import (
    add_domain_error,
    client_page,
    go_to,
    is_fragment,
    leave_to,
    now_of,
    render_page,
    user_of,
)
from customers.models import Customer
from integrations.registry import page_gateways, prompt_gateway_for
from invoices.models import Invoice
from payments.models import Checkout
from payments.selectors import portal as reads
from payments.services.checkouts import checkout_open
from payments.services.last_look import in_flight_of
from payments.services.prompts import prompt_open
from payments.states import CheckoutState
from payments.web.forms import PREFIX, AllocationBoxes
from payments.web.portal_forms import BY_PHONE, SeveralForm
from payments.web.portal_parts import client_actor, go_on_url, may_still_end, payable_of
from payments.web.portal_pay import remember, return_urls

MOST_AT_ONCE: Final = 20
LOOKED_AT: Final = 200
RUNNING = frozenset({CheckoutState.PROCESSING, CheckoutState.UNKNOWN})


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def several(request: HttpRequest) -> HttpResponseBase:
    """What is to be paid of each chosen invoice, and with what; then on to the page of the provider, or the phone."""
    invoices = _chosen(request)
    refused = _refusal(invoices)
    if refused:
        messages.error(request, refused)
        return redirect("portal:home")
    first = invoices[0]
    able = page_gateways(first.profile_id, first.currency)
    asks = prompt_gateway_for(first.profile_id, first.currency)
    data = request.POST if request.method == "POST" else None
    form = SeveralForm(data, customer=first.customer, gateways=able, prompts=asks)
    boxes = AllocationBoxes(invoices, data, {invoice.pk: payable_of(invoice) for invoice in invoices})
    if data is not None and form.is_valid() and boxes.is_valid() and any(boxes.wanted.values()):
        try:
            return _begun(request, form, boxes, first)
        except DomainError as error:
            add_domain_error(form, error)
    for wrong in boxes.errors:
        form.add_error(None, wrong)
    if data is not None and not form.errors:
        form.add_error(None, _("Write an amount beside an invoice first."))
    context = {
        "profile": first.profile,
        "customer": first.customer,
        "form": form,
        "boxes": boxes,
        "currency": first.currency,
        "total": sum((payable_of(invoice) for invoice in invoices), ZERO),
        "by_phone": BY_PHONE,
    }
    status = 400 if form.errors else 200
    return render_page(request, "portal/several.html", context, status=status)


@require_safe
@client_page
def together(request: HttpRequest, checkout_id: UUID) -> HttpResponseBase:
    """How a payment of several invoices stands, and what can be done next. While it is open the page asks again."""
    checkout = reads.checkout_of(reads.customers_of_user(user_of(request)), checkout_id)
    if checkout is None:
        raise NotFound(_("There is no such payment."))
    now = now_of(request)
    turned_back = "cancelled" in request.GET
    waits = checkout.status in RUNNING or (may_still_end(checkout, now) and not turned_back)
    if is_fragment(request):
        return HttpResponse(status=204) if waits else HttpResponse(headers={"HX-Refresh": "true"})
    parts = list(checkout.parts.select_related("invoice__profile").order_by("id"))
    open_ones = [part.invoice_id for part in parts if payable_of(part.invoice) > 0]
    context = {
        "profile": checkout.profile,
        "checkout": checkout,
        "parts": parts,
        "waiting": [checkout] if waits else [],
        "came_back": checkout,
        "turned_back": turned_back,
        "go_on_url": go_on_url(checkout, now),
        "again_url": several_url(open_ones) if open_ones and not waits else "",
    }
    return render_page(request, "portal/together.html", context)


@dataclass(frozen=True, slots=True)
class PayingLink:
    """Where a client pays what one of its customers owes in a currency."""

    customer: Customer
    url: str
    count: int


def paying_links(customers: Sequence[Customer]) -> dict[str, list[PayingLink]]:
    """For each currency the ways to what is due online, at most the `MOST_AT_ONCE` invoices that are due first."""
    links: dict[str, list[PayingLink]] = {}
    for customer in customers:
        owing: dict[str, list[UUID]] = {}
        rows = list(reads.owing_of([customer]).values_list("pk", "currency", "amount_due")[:LOOKED_AT])
        moving = in_flight_of(pk for pk, _currency, _due in rows)
        for pk, currency, due in rows:
            if due > moving.get(pk, ZERO):
                owing.setdefault(currency, []).append(pk)
        for currency, found in owing.items():
            if not page_gateways(customer.profile_id, currency) and not prompt_gateway_for(
                customer.profile_id, currency
            ):
                continue
            first = found[:MOST_AT_ONCE]
            url = several_url(first) if len(first) > 1 else reverse("portal:own_invoice", args=first)
            links.setdefault(currency, []).append(PayingLink(customer, url, len(first)))
    return links


def choosable(invoices: Iterable[Invoice]) -> set[UUID]:
    """The invoices of a page of the list that can be paid online together with others; empty when there is only one."""
    online: dict[tuple[UUID, str], bool] = {}
    found = set()
    for invoice in invoices:
        key = (invoice.profile_id, invoice.currency)
        if payable_of(invoice) <= 0:
            continue
        if key not in online:
            online[key] = bool(page_gateways(*key)) or prompt_gateway_for(*key) is not None
        if online[key]:
            found.add(invoice.pk)
    return found if len(found) > 1 else set()


def several_url(invoice_ids: Sequence[UUID]) -> str:
    """The page on which these invoices are paid together."""
    return f"{reverse('portal:several')}?{urlencode([('invoice', str(each)) for each in invoice_ids])}"


def _begun(request: HttpRequest, form: SeveralForm, boxes: AllocationBoxes, first: Invoice) -> HttpResponseBase:
    """Opens the payment and goes there. Raises what `checkout_open` and `prompt_open` raise."""
    wanted: dict[UUID, Decimal] = {key: amount for key, amount in boxes.wanted.items() if amount}
    actor, now, by = client_actor(request, first.customer), now_of(request), form.cleaned_data["by"]
    if by == BY_PHONE:
        phone = form.cleaned_data["phone"]
        checkout = prompt_open(parts=wanted, customer_id=first.customer_id, phone=phone, actor=actor, now=now)
        return go_to(request, _page_of(checkout))
    checkout = checkout_open(
        parts=wanted, customer_id=first.customer_id, gateway_name=by, urls=return_urls(), actor=actor, now=now
    )
    remember(request, checkout.pk, _page_of(checkout))
    return leave_to(request, checkout.url)


def _page_of(checkout: Checkout) -> str:
    return reverse("portal:together", args=[checkout.pk])


def _chosen(request: HttpRequest) -> list[Invoice]:
    """The invoices that were named, as far as they are the client's and something is due on them."""
    if request.method == "POST":
        named = [name.removeprefix(PREFIX) for name in request.POST if name.startswith(PREFIX)]
    else:
        named = request.GET.getlist("invoice")
    wanted = set()
    for each in named:
        try:
            wanted.add(UUID(each))
        except ValueError:
            continue
    found = reads.owing_of(reads.customers_of_user(user_of(request))).filter(pk__in=wanted)
    return [invoice for invoice in found.select_related("profile", "customer__profile") if payable_of(invoice) > 0]


def _refusal(invoices: Sequence[Invoice]) -> str:
    """Why these invoices cannot be paid together; empty when they can."""
    if not invoices:
        return _("Choose invoices on which something is due.")
    if len({invoice.currency for invoice in invoices}) > 1:
        return _("Invoices in one currency can be paid together.")
    if len({invoice.customer_id for invoice in invoices}) > 1:
        return _("Invoices to one company can be paid together.")
    key = (invoices[0].profile_id, invoices[0].currency)
    if not page_gateways(*key) and prompt_gateway_for(*key) is None:
        return _("Online payment is not available for this invoice.")
    return ""
