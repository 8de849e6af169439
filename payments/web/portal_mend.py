"""Behind a signed link: a client whose autopay failed saves another payment method and lets that one be charged."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core import queue
from billing_assistant.core.access import SIGNED_LINK, accessible
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.web import leave_to, now_of, render_page
from customers.models import Customer
from payments.models import SavedMethod
from payments.selectors import portal as reads
from payments.services.method_setup import setup_gateways, setup_open
from payments.states import SavedMethodState
from payments.web.portal import link_door
from payments.web.portal_consent import consent_of, consent_take
from payments.web.portal_parts import Door, in_language
from payments.web.portal_pay import came_from, remember


@require_safe
@accessible(SIGNED_LINK)
def link_method(request: HttpRequest, token: str) -> HttpResponseBase:
    """Which method is charged and whether it works, others to put in its place, saving a new one.

    Where autopay is not on (any more) the old letter leads to the invoice, which can be paid.
    """
    door, methods = _saved(request, token)
    customer = door.invoice.customer
    charged = next((method for method in methods if method.autopay), None)
    if charged is None:
        with in_language(request, door):
            messages.info(request, _("Autopay is not on."))
        return HttpResponseRedirect(door.page_url)
    with in_language(request, door):
        context = {
            "profile": door.invoice.profile,
            "door": door,
            "token": token,
            "charged": charged,
            "others": [one for one in methods if not one.autopay and one.state == SavedMethodState.ACTIVE],
            "consent": consent_of(customer),
            "declined": reads.declined_of(door.invoice, charged),
            "savers": setup_gateways(customer.profile_id, customer.currency),
            "waiting": "saving" in request.GET and reads.open_setups_of([customer], now_of(request)),
        }
        return render_page(request, "portal/mend.html", context)


@require_POST
@accessible(SIGNED_LINK)
def link_method_new(request: HttpRequest, token: str) -> HttpResponseBase:
    """Goes to the gateway, where a method is saved. The gateway is not told the link."""
    door, _methods = _mendable(request, token)
    customer: Customer = door.invoice.customer
    page = reverse("portal:link_method", args=[token])
    with in_language(request, door):
        try:
            setup = setup_open(
                customer=customer,
                url_of=_back_url,
                actor=door.actor,
                now=now_of(request),
                gateway_name=request.POST.get("gateway", ""),
            )
        except DomainError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(page)
        remember(request, setup.pk, page)
        return leave_to(request, setup.url)


@require_safe
@accessible(SIGNED_LINK)
def saving_return(request: HttpRequest, setup_id: UUID) -> HttpResponseBase:
    """Back from the gateway: what was saved there is read by a worker, while the page of this browser waits."""
    page = came_from(request, setup_id)
    if not page:
        return render(request, "portal/saved.html")
    queue.enqueue("payments.ask_setup", setup_id=str(setup_id))
    return HttpResponseRedirect(f"{page}?saving=1")


@require_POST
@accessible(SIGNED_LINK)
def link_method_autopay(request: HttpRequest, token: str, method_id: UUID) -> HttpResponseBase:
    """Another saved method takes the place of the one that failed, with the tick that consents."""
    door, methods = _mendable(request, token)
    method = next((one for one in methods if one.pk == method_id), None)
    if method is None:
        raise NotFound(_("There is no such payment method."))
    with in_language(request, door):
        try:
            consent_take(request, method, door.invoice.customer, door.actor)
        except DomainError as error:
            messages.error(request, error.message)
    return HttpResponseRedirect(reverse("portal:link_method", args=[token]))


def _mendable(request: HttpRequest, token: str) -> tuple[Door, list[SavedMethod]]:
    """The link and what its customer saved. Where nobody consented to autopay there is nothing to mend: NotFound."""
    door, methods = _saved(request, token)
    if not any(method.autopay for method in methods):
        raise NotFound(_("Autopay is not on."))
    return door, methods


def _saved(request: HttpRequest, token: str) -> tuple[Door, list[SavedMethod]]:
    door = link_door(request, token)
    return door, list(reads.methods_of([door.invoice.customer]))


def _back_url(setup_id: UUID) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('portal:saving_return', args=[setup_id])}"
