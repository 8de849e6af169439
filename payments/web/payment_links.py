"""Payment links of an invoice: made and closed by staff, from the page of the invoice."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, now_of, staff_page
from invoices.selectors import invoice_get
from payments.selectors.payments import checkout_get
from payments.services.payment_links import payment_link_close, payment_link_make


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def link_new(request: HttpRequest, invoice_id: UUID) -> HttpResponseBase:
    """Makes a link for what is due on an invoice."""
    invoice = invoice_get(actor_of(request), invoice_id)
    try:
        payment_link_make(invoice_id=invoice.pk, actor=actor_of(request), now=now_of(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The payment link of %(number)s is ready.") % {"number": invoice.number})
    return redirect("invoices:detail", invoice.pk)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def link_close(request: HttpRequest, checkout_id: UUID) -> HttpResponseBase:
    """Closes a link: nobody can pay with it any more."""
    checkout = checkout_get(actor_of(request), checkout_id)
    try:
        payment_link_close(checkout_id=checkout.pk, actor=actor_of(request), now=now_of(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The payment link is closed."))
    return redirect("invoices:detail", checkout.invoice_id)
