"""Paying one invoice from its page in the portal: on a provider's page or on the phone, and coming back."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from billing_assistant.core.errors import DomainError
from billing_assistant.core.web import add_domain_error, go_to, leave_to, now_of
from integrations.registry import page_gateways
from payments.services.checkouts import ReturnUrls, checkout_open
from payments.services.prompts import prompt_open
from payments.web.portal_forms import BY_PHONE, PayForm
from payments.web.portal_parts import Door, payable_of, show
from payments.web.portal_prompts import PromptForm, prompt_gateway

RETURNS: Final = "portal_returns"
KEPT: Final = 20


def pay(request: HttpRequest, door: Door) -> HttpResponseBase:
    """Opens a payment page for what was chosen and goes there; a refusal shows the invoice with the reason."""
    if request.POST.get("by") == BY_PHONE:
        return pay_by_phone(request, door)
    invoice = door.invoice
    gateways = page_gateways(invoice.profile_id, invoice.currency)
    form = PayForm(request.POST, invoice=invoice, payable=payable_of(invoice), gateways=gateways)
    if not form.is_valid():
        return show(request, door, form)
    try:
        checkout = checkout_open(
            parts={invoice.pk: form.chosen()},
            customer_id=invoice.customer_id,
            gateway_name=form.cleaned_data["gateway"],
            urls=return_urls(),
            actor=door.actor,
            now=now_of(request),
        )
    except DomainError as error:
        add_domain_error(form, error)
        invoice.refresh_from_db()
        return show(request, door, form)
    remember(request, checkout.pk, door.page_url)
    return leave_to(request, checkout.url)


def pay_by_phone(request: HttpRequest, door: Door) -> HttpResponseBase:
    """Sends a prompt to the client's phone and shows the page that waits for it."""
    invoice = door.invoice
    payable = payable_of(invoice)
    gateway = prompt_gateway(invoice, payable)
    if gateway is None:
        return show(request, door)
    form = PromptForm(request.POST, invoice=invoice, gateway=gateway, payable=payable)
    if not form.is_valid():
        return show(request, door, prompt_form=form)
    try:
        checkout = prompt_open(
            parts={invoice.pk: form.cleaned_data["amount"]},
            customer_id=invoice.customer_id,
            phone=form.cleaned_data["phone"],
            actor=door.actor,
            now=now_of(request),
        )
    except DomainError as error:
        add_domain_error(form, error)
        invoice.refresh_from_db()
        return show(request, door, prompt_form=form)
    return go_to(request, f"{door.page_url}?checkout={checkout.pk}")


def came_from(request: HttpRequest, visit_id: UUID) -> str:
    """The page from which this browser went to a gateway's page; empty when it was another browser."""
    return str(request.session.get(RETURNS, {}).get(str(visit_id), ""))


def remember(request: HttpRequest, visit_id: UUID, page_url: str) -> None:
    """Where this browser goes on to when it comes back: the gateway is never told the link."""
    kept = dict(request.session.get(RETURNS, {}))
    kept[str(visit_id)] = page_url
    request.session[RETURNS] = dict(list(kept.items())[-KEPT:])


def return_urls() -> ReturnUrls:
    """Where a gateway sends the client back to."""
    return ReturnUrls(success=_return_url, cancel=lambda key: f"{_return_url(key)}?cancelled=1")


def _return_url(checkout_id: UUID) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:return', args=[checkout_id])}"
