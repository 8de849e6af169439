"""The page behind a signed link: the invoice, what is due, paying it. Forged, expired and foreign links are all 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core import queue
from billing_assistant.core.access import SIGNED_LINK, accessible
from billing_assistant.core.actors import Actor
from billing_assistant.core.errors import NotFound
from billing_assistant.core.web import now_of
from customers.services.portal import portal_link_open
from payments.selectors.portal import invoice_of_link, payment_of_link
from payments.web import portal_parts as parts
from payments.web.portal_parts import Door
from payments.web.portal_pay import came_from, pay
from payments.web.portal_payments import receipt_response

DoorView = Callable[[HttpRequest, Door], HttpResponseBase]


def _opened(view: DoorView) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Finds the invoice of the token, and answers in the client's language."""

    @accessible(SIGNED_LINK)
    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponseBase:
        door = link_door(request, token)
        with parts.in_language(request, door):
            return view(request, door)

    return opened


@require_safe
@_opened
def link_invoice(request: HttpRequest, door: Door) -> HttpResponseBase:
    """The invoice as a page, with the amount due and the pay button first."""
    return parts.show(request, door)


@require_safe
@_opened
def link_pdf(request: HttpRequest, door: Door) -> HttpResponseBase:
    """The invoice as a PDF."""
    return parts.file_of(request, door)


@require_safe
@accessible(SIGNED_LINK)
def link_attachment(request: HttpRequest, token: str, attachment_id: UUID) -> HttpResponseBase:
    """A file beside the invoice."""
    return parts.attachment_of(request, link_door(request, token), attachment_id)


@require_safe
@accessible(SIGNED_LINK)
def link_receipt(request: HttpRequest, token: str, payment_id: UUID) -> HttpResponseBase:
    """The receipt of a payment of this invoice alone."""
    payment = payment_of_link(link_door(request, token).invoice, payment_id)
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return receipt_response(payment)


@require_POST
@_opened
def link_pay(request: HttpRequest, door: Door) -> HttpResponseBase:
    """Goes to the gateway to pay all that is due, or a part."""
    return pay(request, door)


@require_POST
@_opened
def link_viewed(request: HttpRequest, door: Door) -> HttpResponseBase:
    """The page was open before a client's eyes: a beacon that only the page itself sends."""
    return parts.viewed(request, door)


@require_safe
@accessible(SIGNED_LINK)
def checkout_return(request: HttpRequest, checkout_id: UUID) -> HttpResponseBase:
    """Back from the gateway: to the invoice where this browser came from, else a page that tells nothing of anybody."""
    page = came_from(request, checkout_id)
    if page:
        if "cancelled" in request.GET:
            return HttpResponseRedirect(f"{page}?checkout={checkout_id}&cancelled=1")
        queue.enqueue("payments.meet_client", checkout_id=str(checkout_id))
        return HttpResponseRedirect(f"{page}?checkout={checkout_id}")
    return render(request, "portal/returned.html", {"turned_back": "cancelled" in request.GET})


def link_door(request: HttpRequest, token: str) -> Door:
    """What a live link lets in to. Raises NotFound for a forged, expired or foreign one."""
    link = portal_link_open(token=token, now=now_of(request))
    invoice = invoice_of_link(link) if link is not None else None
    if link is None or invoice is None:
        raise NotFound(_("This link does not work any more. Ask for a new one."))
    page, pdf, to_pay, seen = (reverse(f"portal:{name}", args=[token]) for name in ("invoice", "pdf", "pay", "viewed"))
    actor = Actor.contact(contact_id=str(link.pk), label=link.customer.name, profile_id=invoice.profile_id)

    def file_url(file_id: UUID) -> str:
        return reverse("portal:attachment", args=[token, file_id])

    def receipt_url(payment_id: UUID) -> str:
        found = payment_of_link(invoice, payment_id)
        return reverse("portal:link_receipt", args=[token, payment_id]) if found else ""

    return Door(
        invoice, actor, page, pdf, to_pay, seen, file_url, receipt_url, reverse("portal:link_method", args=[token])
    )
