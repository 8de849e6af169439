"""Money that came and names no invoice: the list of what waits, and saying whose it is."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.lists import View
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import actor_of, current_profile, list_page, now_of, render_page, staff_page
from customers.selectors import customers_for
from payments.models import Payment
from payments.selectors.receipts import receipt_get, receipts_for, suggestions_for
from payments.services.receipts import receipt_assign, receipt_dismiss
from payments.states import ReceiptState

LISTED: Final = 50


@staff_page(Right.PAYMENTS_VIEW)
def receipt_list(request: HttpRequest) -> HttpResponseBase:
    """Receipts of the business profile, those that wait first shown; ?status=all shows every one."""
    everything = request.GET.get("status") == "all"
    rows = receipts_for(actor_of(request), current_profile(request).pk)
    if not everything:
        rows = rows.filter(status=ReceiptState.WAITING)
    context = {
        "page": list_page(request, rows, ("-id",)),
        "everything": everything,
        "views": [View(_("Waiting"), "?", not everything), View(_("All"), "?status=all", everything)],
    }
    return render_page(request, "payments/receipts.html", context)


@staff_page(Right.PAYMENTS_VIEW)
def receipt_detail(request: HttpRequest, receipt_id: UUID) -> HttpResponseBase:
    """One receipt: who paid what with which words, whose it may be, and what came of it."""
    actor = actor_of(request)
    receipt = receipt_get(actor, receipt_id)
    waits = receipt.status == ReceiptState.WAITING
    may = waits and Right.PAYMENTS_RECORD in actor.rights
    context = {
        "receipt": receipt,
        "may": may,
        "suggestions": suggestions_for(receipt) if may else [],
        "customers": customers_for(actor, profile_id=receipt.profile_id).order_by("name")[:LISTED] if may else [],
        "source": reverse("customers:options"),
        "entries": story_of(timeline(actor, subject_id=receipt.pk)[:20]),
    }
    return render_page(request, "payments/receipt.html", context)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def receipt_act(request: HttpRequest, receipt_id: UUID) -> HttpResponseBase:
    """Gives the money to a customer, for an invoice or the oldest, or closes the receipt with a reason."""
    actor, now = actor_of(request), now_of(request)
    receipt = receipt_get(actor, receipt_id)
    try:
        if request.POST.get("act") == "close":
            receipt_dismiss(receipt_id=receipt.pk, reason=request.POST.get("reason", ""), actor=actor, now=now)
            messages.success(request, _("Closed."))
            return redirect("payments:receipts")
        customer = _id(request.POST.get("customer", ""))
        if customer is None:
            messages.error(request, _("Choose a customer."))
            return redirect("payments:receipt", receipt.pk)
        invoice = _id(request.POST.get("invoice", ""))
        payment = receipt_assign(receipt_id=receipt.pk, customer_id=customer, invoice_id=invoice, actor=actor, now=now)
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("payments:receipt", receipt.pk)
    _say(request, payment)
    return redirect("payments:detail", payment.pk)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _say(request: HttpRequest, payment: Payment) -> None:
    words = {"number": payment.number, "amount": money_text(payment.amount, payment.currency)}
    messages.success(request, _("%(number)s over %(amount)s recorded.") % words)
