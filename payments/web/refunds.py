"""Giving money of a payment back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import ApprovalNeeded, DomainError, NotFound
from billing_assistant.core.ids import uuid7
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import approval_to_carry_out
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from integrations.vendors import vendor_label
from payments.errors import RefundFailed
from payments.models import Payment, Refund
from payments.selectors.payments import applied_to, payment_get
from payments.services.giving_back import refundable
from payments.services.refund import payment_page, payment_refund
from payments.services.refund_gateway import can_refund_online, payment_refund_online, refund_ask
from payments.states import PaymentMethod, RefundState
from payments.web.forms import MANUAL_METHODS, ONLINE, RefundForm


@staff_page(Right.PAYMENTS_RECORD)
def payment_refund_page(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Says what refunding does, asks how much, how and why, and does it."""
    payment = payment_get(actor_of(request), payment_id)
    online = vendor_label(payment.provider) if can_refund_online(payment) else ""
    form = RefundForm(
        posted(request),
        online=online,
        initial={
            "amount": payment.unapplied or None,
            "method": ONLINE if online else _method(payment),
            "refunded_on": local_today(payment.profile, now_of(request)),
            "refund_id": uuid7(),
        }
        | _approved(request, payment, online=bool(online)),
    )
    form.fields["amount"].currency = payment.currency  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            refund = _refund(request, payment, form.cleaned_data)
        except ApprovalNeeded as error:
            messages.info(request, error.message)
            return redirect("payments:detail", payment.pk)
        except DomainError as error:
            add_domain_error(form, error)
            if isinstance(error, RefundFailed):
                form.begin_anew()
        else:
            words = {"number": refund.number, "amount": money_text(refund.amount, refund.currency)}
            told = _("%(number)s over %(amount)s recorded.")
            if refund.status == RefundState.PENDING:
                told = _("%(number)s over %(amount)s is on its way. The gateway has not confirmed it yet.")
            messages.success(request, told % words)
            return redirect("payments:detail", payment.pk)
    return render_page(request, "payments/refund.html", _context(payment, form))


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def refund_ask_again(request: HttpRequest, payment_id: UUID, refund_id: UUID) -> HttpResponseBase:
    """Asks the gateway now about a refund that is on its way."""
    payment, now = payment_get(actor_of(request), payment_id), now_of(request)
    refund = payment.refunds.filter(pk=refund_id).first()
    if refund is None:
        raise NotFound(_("There is no such refund."))
    waiting = payment.refunds.filter(pk=refund_id, status=RefundState.PENDING).update(ask_at=now)
    if waiting and refund_ask(refund_id=refund_id, now=now):
        refund.refresh_from_db()
        messages.info(request, _("%(number)s: %(state)s.") % {"number": refund, "state": refund.status_word.label})
    return redirect("payments:detail", payment.pk)


def _refund(request: HttpRequest, payment: Payment, values: dict[str, Any]) -> Refund:
    shared: dict[str, Any] = {"payment_id": payment.pk, "actor": actor_of(request), "now": now_of(request)}
    if values["method"] == ONLINE:
        wanted = {name: values[name] for name in ("amount", "reason", "refund_id")}
        return payment_refund_online(**wanted, **shared)
    return payment_refund(**values, **shared)


def _approved(request: HttpRequest, payment: Payment, *, online: bool) -> dict[str, Any]:
    """What somebody else approved of a refund that this person asked for: the form begins with exactly that."""
    page = payment_page(payment.pk)
    approval = approval_to_carry_out(actor_of(request), "payment.refund", page, now_of(request))
    if approval is None:
        return {}
    said = approval.payload
    methods = {str(each.label): each.value for each in MANUAL_METHODS}
    method = ONLINE if online and said.get("through") else methods.get(said.get("method", ""), _method(payment))
    return {"amount": Decimal(said["amount"]), "reason": said.get("reason", ""), "method": method}


def _method(payment: Payment) -> str:
    return payment.method if payment.method in MANUAL_METHODS else PaymentMethod.BANK_TRANSFER.value


def _context(payment: Payment, form: RefundForm) -> dict[str, object]:
    return {
        "payment": payment,
        "form": form,
        "left": refundable(payment),
        "applied": [each for each in applied_to(payment) if each.amount],
    }
