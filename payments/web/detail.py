"""The page about one payment, taking an allocation back, and reversing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError, NotFound
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import approvals_about, timeline
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import actor_of, add_domain_error, now_of, posted, render_page, staff_page
from integrations.services.webhooks import may_see
from integrations.vendors import vendor_label
from payments.selectors.payments import (
    applied_to,
    attempts_of,
    differences_of,
    fee_of,
    payment_get,
    postings_of,
    webhooks_of,
)
from payments.selectors.statements import given_back_on, line_match_of
from payments.services.allocate import payment_deallocate
from payments.services.giving_back import refundable
from payments.services.proofs import proofs_at
from payments.services.receipt_documents import has_receipt
from payments.services.reverse import payment_reverse
from payments.states import PaymentState
from payments.web.events import event_word
from payments.web.forms import ReverseForm


@staff_page(Right.PAYMENTS_VIEW)
def payment_detail(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """A payment: what it settled, the postings, the attempts, what the gateway told, the story."""
    actor = actor_of(request)
    payment = payment_get(actor, payment_id)
    received = payment.status == PaymentState.COMPLETED
    refunds, disputes = list(payment.refunds.order_by("id")), list(payment.disputes.order_by("id"))
    parts = [part.pk for part in (*refunds, *disputes)]
    may = Right.PAYMENTS_RECORD in actor.rights and received
    context = {
        "payment": payment,
        "applied": applied_to(payment),
        "postings": postings_of(actor, payment) if Right.REPORTS_VIEW in actor.rights else [],
        "attempts": attempts_of(payment),
        "webhooks": [(event, event_word(event.kind)) for event in webhooks_of(payment)[:50] if may_see(actor, event)],
        "entries": story_of(timeline(actor, subject_id=payment.pk, parts=parts)[:30]),
        "may_apply": may and payment.unapplied > 0,
        "may_undo": may,
        "may_certify": may and payment.amount_withheld > 0,
        "may_reverse": may and not payment.amount_returned,
        "may_refund": may and refundable(payment) > 0,
        "may_reallocate": may and payment.amount_allocated > 0,
        "fee": fee_of(payment),
        "exchange": payment.exchange_results.exclude(result=0).select_related("invoice"),
        "has_receipt": has_receipt(payment),
        "may_ask": Right.PAYMENTS_RECORD in actor.rights and bool(payment.provider and payment.external_id),
        "proofs": proofs_at(payment),
        "may_prove": Right.PAYMENTS_RECORD in actor.rights,
        "given_back": payment.amount_refunded,
        "disputed": payment.amount_disputed,
        "refunds": refunds,
        "disputes": disputes,
        "differences": differences_of(payment),
        "on_line": line_match_of(payment),
        "went_out_on": given_back_on(payment),
        "gateway": vendor_label(payment.provider),
        "approvals": approvals_about(
            actor, request.path, now_of(request), {"payment.refund": reverse("payments:refund", args=[payment.pk])}
        ),
    }
    return render_page(request, "payments/detail.html", context)


@require_POST
@staff_page(Right.PAYMENTS_RECORD)
def allocation_undo(request: HttpRequest, payment_id: UUID, invoice_id: UUID) -> HttpResponseBase:
    """What the payment settled of an invoice becomes credit again."""
    payment = payment_get(actor_of(request), payment_id)
    try:
        payment_deallocate(payment_id=payment.pk, invoice_id=invoice_id, actor=actor_of(request), now=now_of(request))
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Taken back. It is credit again."))
    return redirect("payments:detail", payment.pk)


@staff_page(Right.PAYMENTS_RECORD)
def payment_reverse_page(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Says what reversing does, asks why and since when, and does it."""
    payment = payment_get(actor_of(request), payment_id)
    today = local_today(payment.profile, now_of(request))
    form = ReverseForm(posted(request), initial={"reversed_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            payment_reverse(
                payment_id=payment.pk,
                reason=form.cleaned_data["reason"],
                reversed_on=form.cleaned_data["reversed_on"],
                actor=actor_of(request),
                now=now_of(request),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(number)s is reversed.") % {"number": payment.number})
            return redirect("payments:detail", payment.pk)
    settled = [each for each in applied_to(payment) if each.amount]
    context = {"payment": payment, "form": form, "applied": settled}
    return render_page(request, "payments/reverse.html", context)
