"""The portal: what the client paid, what is on its way, and a receipt of each payment."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing_assistant.core.errors import NotFound
from billing_assistant.core.keyset import page_of
from billing_assistant.core.rights import Right
from billing_assistant.core.web import actor_of, client_page, render_page, staff_page, user_of
from payments.models import Payment
from payments.selectors import portal as reads
from payments.selectors.payments import payment_get
from payments.services.receipt_documents import has_receipt, receipt_name, receipt_pdf

PAGE: Final = 50


@require_safe
@client_page
def own_payments(request: HttpRequest) -> HttpResponseBase:
    """Everything that was paid, the newest first, and above it what is still on its way."""
    customers = reads.customers_of_user(user_of(request))
    page = page_of(reads.payments_of(customers), ("-received_on", "-id"), request.GET, size=PAGE)
    context = {
        "profile": customers[0].profile if customers else None,
        "many": len(customers) > 1,
        "page": page,
        "rows": [(payment, has_receipt(payment)) for payment in page.rows],
        "pending": reads.pending_of(customers),
    }
    return render_page(request, "portal/payments.html", context)


@require_safe
@client_page
def own_receipt(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """The receipt of a payment of the client's customer."""
    payment = reads.payments_of(reads.customers_of_user(user_of(request))).filter(pk=payment_id).first()
    if payment is None:
        raise NotFound(_("There is no such payment."))
    return receipt_response(payment)


@require_safe
@staff_page(Right.PAYMENTS_VIEW)
def payment_receipt(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """The receipt of a payment, for staff."""
    return receipt_response(payment_get(actor_of(request), payment_id))


def receipt_response(payment: Payment) -> HttpResponse:
    """The receipt as a file to be saved. Raises NotFound while nothing was received."""
    disposition = content_disposition_header(as_attachment=True, filename=receipt_name(payment)) or "attachment"
    return HttpResponse(
        receipt_pdf(payment), content_type="application/pdf", headers={"Content-Disposition": disposition}
    )
