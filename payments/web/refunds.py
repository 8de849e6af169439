"""Giving money of a payment back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ApprovalNeeded, DomainError
from billing_assistant.core.ids import uuid7
from billing_assistant.core.rights import Right
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from payments.models import Payment
from payments.selectors.payments import applied_to, payment_get
from payments.services.refund import payment_refund, refundable
from payments.states import PaymentMethod
from payments.web.forms import MANUAL_METHODS, RefundForm


@staff_page(Right.PAYMENTS_RECORD)
def payment_refund_page(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Says what refunding does, asks how much, how and why, and does it."""
    payment = payment_get(actor_of(request), payment_id)
    form = RefundForm(
        posted(request),
        initial={
            "amount": payment.unapplied or None,
            "method": payment.method if payment.method in MANUAL_METHODS else PaymentMethod.BANK_TRANSFER,
            "refunded_on": local_today(payment.profile, now_of(request)),
            "refund_id": uuid7(),
        },
    )
    form.fields["amount"].currency = payment.currency  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            refund = payment_refund(
                payment_id=payment.pk, actor=actor_of(request), now=now_of(request), **form.cleaned_data
            )
        except ApprovalNeeded as error:
            messages.info(request, error.message)
            return redirect("payments:detail", payment.pk)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            words = {"number": refund.number, "amount": money_text(refund.amount, refund.currency)}
            messages.success(request, _("%(number)s over %(amount)s recorded.") % words)
            return redirect("payments:detail", payment.pk)
    return render_page(request, "payments/refund.html", _context(payment, form))


def _context(payment: Payment, form: RefundForm) -> dict[str, object]:
    return {
        "payment": payment,
        "form": form,
        "left": refundable(payment),
        "applied": [each for each in applied_to(payment) if each.amount],
    }
