"""The portal links of a customer: which are live, a new one, and ending them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from billing_assistant.core.errors import NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, list_page, now_of, render_page, staff_page
from customers.models import PortalLink
from customers.selectors import customer_get
from customers.services.portal import (
    portal_link_create,
    portal_link_revoke,
    portal_links_revoke_for,
    portal_url,
)
from invoices.selectors import invoice_get, invoices_for

ORDER: Final = ("-created_at", "-id")
LIST: Final = "customers:portal_links"


@require_safe
@staff_page(Right.INVOICES_SEND)
def portal_links(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Every link of a customer, newest first. Whoever may send invoices may copy them."""
    actor, now = actor_of(request), now_of(request)
    customer = customer_get(actor, customer_id)
    links = PortalLink.objects.filter(customer=customer)
    page = list_page(request, links, ORDER)
    invoices = invoices_for(actor).filter(customer=customer).in_bulk({link.invoice_id for link in page.rows})
    rows = [(link, invoices.get(link.invoice_id), _live_url(link, now)) for link in page.rows]
    live = links.filter(revoked_at=None, expires_at__gt=now).count()
    context = {"customer": customer, "profile": customer.profile, "page": page, "rows": rows, "live": live}
    return render_page(request, "shell/portal_links.html", context)


def _live_url(link: PortalLink, now: datetime) -> str:
    return portal_url(link.pk) if link.revoked_at is None and link.expires_at > now else ""


@require_POST
@staff_page(Right.INVOICES_SEND)
def portal_link_new(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """A fresh link to one invoice, to be copied from the list."""
    actor, now = actor_of(request), now_of(request)
    invoice = invoice_get(actor, invoice_id)
    portal_link_create(customer_id=invoice.customer_id, invoice_id=invoice.pk, actor=actor, now=now)
    messages.success(request, _("New link to %(number)s made. Copy it below.") % {"number": invoice.number})
    return redirect(LIST, invoice.customer_id)


@require_POST
@staff_page(Right.INVOICES_SEND)
def portal_link_end(request: HttpRequest, customer_id: UUID, link_id: UUID) -> HttpResponseBase:
    """Ends one link at once."""
    actor = actor_of(request)
    customer = customer_get(actor, customer_id)
    if not PortalLink.objects.filter(pk=link_id, customer=customer).exists():
        raise NotFound(_("There is no such link."))
    portal_link_revoke(link_id=link_id, actor=actor, now=now_of(request))
    messages.success(request, _("The link is revoked and opens nothing more."))
    return redirect(LIST, customer.pk)


@require_POST
@staff_page(Right.INVOICES_SEND)
def portal_links_end(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Ends every link of a customer: an address changed hands."""
    ended = portal_links_revoke_for(customer_id=customer_id, actor=actor_of(request), now=now_of(request))
    words = ngettext("%(count)d link revoked.", "%(count)d links revoked.", ended)
    messages.success(request, words % {"count": ended})
    return redirect(LIST, customer_id)
