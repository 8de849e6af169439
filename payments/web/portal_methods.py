"""The portal: what a client has saved for paying, autopay with consent, taking both back."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core import queue
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.web import client_page, leave_to, now_of, render_page, user_of
from customers.models import Customer
from payments.models import SavedMethod
from payments.selectors import portal as reads
from payments.services.method_setup import setup_gateways, setup_open
from payments.services.saved_methods import autopay_revoke, method_remove
from payments.web.portal_consent import consent_of, consent_take
from payments.web.portal_parts import client_actor

PAGE = "portal:methods"


@require_safe
@client_page
def methods(request: HttpRequest) -> HttpResponseBase:
    """What is saved, customer by customer."""
    customers = reads.customers_of_user(user_of(request))
    saved = reads.methods_of(customers)
    parts = [
        (
            customer,
            [method for method in saved if method.customer_id == customer.pk],
            setup_gateways(customer.profile_id, customer.currency),
            consent_of(customer),
        )
        for customer in customers
    ]
    waiting = reads.open_setups_of(customers, now_of(request)) if "saving" in request.GET else False
    context = {"profile": customers[0].profile if customers else None, "parts": parts, "waiting": waiting}
    return render_page(request, "portal/methods.html", context)


@require_POST
@client_page
def method_new(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Goes to the gateway, where a method is saved."""
    customer = _customer(request, customer_id)
    try:
        setup = setup_open(
            customer=customer,
            url_of=_back_url,
            actor=client_actor(request, customer),
            now=now_of(request),
            gateway_name=request.POST.get("gateway", ""),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(PAGE)
    return leave_to(request, setup.url)


@require_safe
@client_page
def method_back(request: HttpRequest, setup_id: UUID) -> HttpResponseBase:
    """Back from the gateway: what was saved there is read by a worker, while the page waits."""
    if reads.setup_of(reads.customers_of_user(user_of(request)), setup_id) is None:
        raise NotFound(_("There is no such payment method."))
    queue.enqueue("payments.ask_setup", setup_id=str(setup_id))
    return redirect(f"{reverse(PAGE)}?saving=1")


@require_POST
@client_page
def method_autopay(request: HttpRequest, method_id: UUID) -> HttpResponseBase:
    """Turns autopay on, with the tick that consents, or off."""
    method, customer = _method(request, method_id)
    actor, now = client_actor(request, customer), now_of(request)
    if request.POST.get("autopay") == "off":
        autopay_revoke(method_id=method.pk, customer_id=customer.pk, actor=actor, now=now)
        messages.success(request, _("Autopay is off. Nothing is charged by itself any more."))
    else:
        consent_take(request, method, customer, actor)
    return redirect(PAGE)


@require_POST
@client_page
def method_delete(request: HttpRequest, method_id: UUID) -> HttpResponseBase:
    """Removes a method, here and at the gateway."""
    method, customer = _method(request, method_id)
    actor = client_actor(request, customer)
    method_remove(method_id=method.pk, customer_id=customer.pk, actor=actor, now=now_of(request))
    messages.success(request, _("%(method)s is removed.") % {"method": method.label})
    return redirect(PAGE)


def _customer(request: HttpRequest, customer_id: UUID) -> Customer:
    found = {customer.pk: customer for customer in reads.customers_of_user(user_of(request))}
    if customer_id not in found:
        raise NotFound(_("There is no such record."))
    return found[customer_id]


def _method(request: HttpRequest, method_id: UUID) -> tuple[SavedMethod, Customer]:
    customers = reads.customers_of_user(user_of(request))
    method = reads.methods_of(customers).filter(pk=method_id).first()
    if method is None:
        raise NotFound(_("There is no such payment method."))
    return method, method.customer


def _back_url(setup_id: UUID) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:method_back', args=[setup_id])}"
