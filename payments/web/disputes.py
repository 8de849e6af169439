"""Disputes: those that run, opening one by hand, and what became of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.ids import uuid7
from billing_assistant.core.money import ZERO
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
from billing_assistant.core.ui.formats import money_text
from billing_assistant.core.ui.lists import View, word_of
from billing_assistant.core.ui.stories import story_of
from billing_assistant.core.web import (
    actor_of,
    add_domain_error,
    current_profile,
    list_page,
    now_of,
    posted,
    render_page,
    staff_page,
)
from payments.models import Dispute
from payments.selectors.payments import applied_to, dispute_get, disputes_for, payment_get
from payments.services.dispute import DisputeInput, dispute_lose, dispute_open, dispute_review, dispute_win
from payments.services.dispute_fee import dispute_fee_set
from payments.services.giving_back import refundable
from payments.states import DISPUTE_TRANSITIONS, DisputeState
from payments.web.forms import DecisionForm, DisputeFeeForm, DisputeForm

STEPS: Final = {
    DisputeState.UNDER_REVIEW: (gettext_lazy("Evidence was handed in"), dispute_review),
    DisputeState.WON: (
        gettext_lazy("The bank decided for us: %(amount)s settles again what it had settled"),
        dispute_win,
    ),
    DisputeState.LOST: (
        gettext_lazy("The bank decided against us: %(amount)s is gone, and what it had settled stays due"),
        dispute_lose,
    ),
}


@staff_page(Right.PAYMENTS_VIEW)
def dispute_list(request: HttpRequest) -> HttpResponseBase:
    """Disputes of the business profile, newest first."""
    status = word_of(DisputeState, request.GET, "status")
    rows = disputes_for(actor_of(request), profile_id=current_profile(request).pk)
    if status is not None:
        rows = rows.filter(status=status)
    views = [View(_("All"), "?", status is None)] + [
        View(str(each.label), f"?status={each.value}", status is each) for each in DisputeState
    ]
    context = {"page": list_page(request, rows, ("-id",)), "views": views}
    return render_page(request, "payments/disputes.html", context)


@staff_page(Right.PAYMENTS_RECORD)
def dispute_new(request: HttpRequest, payment_id: UUID) -> HttpResponseBase:
    """Records that a payer disputes a payment."""
    payment = payment_get(actor_of(request), payment_id)
    initial = {
        "amount": refundable(payment) or None,
        "opened_on": local_today(payment.profile, now_of(request)),
        "dispute_id": uuid7(),
    }
    form = DisputeForm(posted(request), initial=initial)
    for name in ("amount", "fee"):
        form.fields[name].currency = payment.currency  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        dispute_id = values.pop("dispute_id")
        wanted = DisputeInput(**(values | {"fee": values["fee"] or ZERO}))
        try:
            dispute = dispute_open(
                payment_id=payment.pk,
                wanted=wanted,
                dispute_id=dispute_id,
                actor=actor_of(request),
                now=now_of(request),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(number)s recorded.") % {"number": dispute.number})
            return redirect("payments:dispute", dispute.pk)
    applied = [each for each in applied_to(payment) if each.amount]
    context = {"payment": payment, "form": form, "applied": applied, "left": refundable(payment)}
    return render_page(request, "payments/dispute_new.html", context)


@staff_page(Right.PAYMENTS_VIEW)
def dispute_detail(request: HttpRequest, dispute_id: UUID) -> HttpResponseBase:
    """A dispute with its story, and the form that says how it goes on."""
    actor = actor_of(request)
    dispute = dispute_get(actor, dispute_id)
    steps = _steps(dispute) if Right.PAYMENTS_RECORD in actor.rights else []
    form = DecisionForm(posted(request), steps=steps)
    if request.method == "POST":
        actor.require(Right.PAYMENTS_RECORD)
        if form.is_valid():
            _label, step = STEPS[DisputeState(form.cleaned_data["step"])]
            try:
                step(dispute_id=dispute.pk, note=form.cleaned_data["note"], actor=actor, now=now_of(request))
            except DomainError as error:
                add_domain_error(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("payments:dispute", dispute.pk)
    context = {
        "dispute": dispute,
        "parts": dispute.parts.select_related("invoice"),
        "form": form if steps else None,
        "may_set_fee": Right.PAYMENTS_RECORD in actor.rights,
        "entries": story_of(timeline(actor, subject_id=dispute.pk)[:30]),
    }
    return render_page(request, "payments/dispute.html", context)


@staff_page(Right.PAYMENTS_RECORD)
def dispute_fee(request: HttpRequest, dispute_id: UUID) -> HttpResponseBase:
    """Corrects what the bank took for a dispute."""
    dispute = dispute_get(actor_of(request), dispute_id)
    form = DisputeFeeForm(posted(request), initial={"fee": dispute.fee})
    form.fields["fee"].currency = dispute.currency  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        fee = form.cleaned_data["fee"]
        try:
            dispute_fee_set(dispute_id=dispute.pk, fee=fee, actor=actor_of(request), now=now_of(request))
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("payments:dispute", dispute.pk)
    return render_page(request, "payments/dispute_fee.html", {"dispute": dispute, "form": form})


def _steps(dispute: Dispute) -> list[tuple[str, str]]:
    allowed = DISPUTE_TRANSITIONS[DisputeState(dispute.status)]
    words = {"amount": money_text(dispute.amount, dispute.currency)}
    return [(state.value, str(label) % words) for state, (label, _step) in STEPS.items() if state in allowed]
