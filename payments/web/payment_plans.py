"""Payment plans: those that there are, agreeing on one, and what became of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from billing_assistant.core.clock import local_today
from billing_assistant.core.errors import DomainError
from billing_assistant.core.ids import as_uuid, uuid7
from billing_assistant.core.money import ZERO, Money
from billing_assistant.core.rights import Right
from billing_assistant.core.selectors import timeline
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
from customers.models import Customer
from customers.selectors import customer_get
from invoices.models import Invoice
from payments.models import PaymentPlan, PlannedInvoice
from payments.selectors.open_items import open_invoices
from payments.selectors.paying_rules import paying_rules_of
from payments.selectors.payment_plans import instalment_rows, payment_plan_get, planned_of, plans_for, progress_of
from payments.services.payment_plan_proposal import Every, proposal
from payments.services.payment_plans import MOST_INVOICES, PlanInput, payment_plan_agree, payment_plan_cancel
from payments.states import PaymentPlanState
from payments.web.forms import ReasonForm
from payments.web.payment_plan_forms import PartFormSet, PartRows, PlanForm

USUAL_PARTS: Final = 3
PROPOSE: Final = "propose"


@staff_page(Right.PAYMENTS_VIEW)
def plan_list(request: HttpRequest) -> HttpResponseBase:
    """Payment plans of the business profile, newest first."""
    status = word_of(PaymentPlanState, request.GET, "status")
    rows = plans_for(actor_of(request), profile_id=current_profile(request).pk)
    if status is not None:
        rows = rows.filter(status=status)
    views = [View(_("All"), "?", status is None)] + [
        View(str(each.label), f"?status={each.value}", status is each) for each in PaymentPlanState
    ]
    context = {"page": list_page(request, rows, ("-id",)), "views": views}
    return render_page(request, "payments/payment_plans.html", context)


@staff_page(Right.PAYMENTS_RECORD)
def plan_new(request: HttpRequest, customer_id: UUID) -> HttpResponseBase:
    """Which invoices, in which instalments. ?invoice= chooses one; else all that are owed are chosen."""
    customer = customer_get(actor_of(request), customer_id)
    named = as_uuid(request.POST.get("plan_id", ""))
    made = PaymentPlan.objects.filter(customer=customer, pk=named).first() if named else None
    if made is not None:  # the form was sent twice
        return redirect("payments:payment_plan", made.pk)
    owing = _owing(customer, request.GET.get("invoice", ""))
    currency = owing[0].currency if owing else customer.currency
    today = local_today(customer.profile, now_of(request))
    form = PlanForm(posted(request), owing=owing, initial=_initial(owing, request.GET.get("invoice", ""), today))
    asked = request.method == "POST" and PROPOSE not in request.POST
    rows = _rows(form, owing, currency) if not asked else _typed(request, currency)
    if asked and form.is_valid() and rows.is_valid():
        wanted = PlanInput([UUID(pk) for pk in form.cleaned_data["invoices"]], rows.due(), form.cleaned_data["note"])
        try:
            plan = payment_plan_agree(
                customer_id=customer.pk,
                wanted=wanted,
                plan_id=form.cleaned_data["plan_id"],
                actor=actor_of(request),
                now=now_of(request),
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(number)s agreed.") % {"number": plan.number})
            return redirect("payments:payment_plan", plan.pk)
    context = {
        "customer": customer,
        "owing": owing,
        "currency": currency,
        "form": form,
        "rows": rows,
        "grace": paying_rules_of(customer.profile_id).plan_grace_days,
    }
    return render_page(request, "payments/payment_plan_new.html", context)


@staff_page(Right.PAYMENTS_VIEW)
def plan_detail(request: HttpRequest, payment_plan_id: UUID) -> HttpResponseBase:
    """A plan: what is due when, its invoices, its story."""
    actor = actor_of(request)
    plan = payment_plan_get(actor, payment_plan_id)
    context = _shown(plan, local_today(plan.profile, now_of(request))) | {
        "may_cancel": plan.stands and Right.PAYMENTS_RECORD in actor.rights,
        "entries": story_of(timeline(actor, subject_id=plan.pk)[:30]),
    }
    return render_page(request, "payments/payment_plan.html", context)


@staff_page(Right.PAYMENTS_RECORD)
def plan_cancel(request: HttpRequest, payment_plan_id: UUID) -> HttpResponseBase:
    """Asks why, and ends a plan."""
    plan = payment_plan_get(actor_of(request), payment_plan_id)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            payment_plan_cancel(
                plan_id=plan.pk, reason=form.cleaned_data["reason"], actor=actor_of(request), now=now_of(request)
            )
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("%(number)s is cancelled.") % {"number": plan.number})
            return redirect("payments:payment_plan", plan.pk)
    return render_page(request, "payments/payment_plan_cancel.html", {"plan": plan, "form": form})


def _shown(plan: PaymentPlan, today: date) -> dict[str, Any]:
    planned = planned_of(plan)
    settled = progress_of(plan, planned).settled
    return {
        "plan": plan,
        "planned": planned,
        "instalments": instalment_rows(plan, planned, today),
        "settled": settled,
        "left": plan.amount - settled,
    }


def _owing(customer: Customer, named: str) -> list[Invoice]:
    """What can be planned, in the currency of the invoice that is named, else of the one that is due first."""
    rows = open_invoices(customer).exclude(pk__in=PlannedInvoice.objects.filter(stands=True).values("invoice_id"))
    owing = list(rows[: MOST_INVOICES * 2])
    first = next((invoice for invoice in owing if str(invoice.pk) == named), owing[0] if owing else None)
    return [invoice for invoice in owing if first and invoice.currency == first.currency][:MOST_INVOICES]


def _initial(owing: list[Invoice], named: str, today: date) -> dict[str, Any]:
    ids = [str(invoice.pk) for invoice in owing]
    return {
        "invoices": [named] if named in ids else ids,
        "parts": USUAL_PARTS,
        "first": today + timedelta(days=7),
        "every": Every.MONTH.value,
        "plan_id": uuid7(),
    }


def _rows(form: PlanForm, owing: list[Invoice], currency: str) -> PartRows:
    """Equal instalments of what is chosen; none while the form says something else than it asks for."""
    values = form.initial if not form.is_bound else form.cleaned_data if form.is_valid() else {}
    chosen = set(values.get("invoices", ()))
    owed = sum((invoice.amount_due for invoice in owing if str(invoice.pk) in chosen), ZERO)
    parts = []
    if owed > Decimal(0):
        parts = proposal(
            Money(owed, currency), parts=values["parts"], first=values["first"], every=Every(values["every"])
        )
    initial = [{"due_on": part.due_on, "amount": part.amount} for part in parts]
    return PartFormSet(initial=initial, prefix="part", form_kwargs={"currency": currency})  # type: ignore[return-value]


def _typed(request: HttpRequest, currency: str) -> PartRows:
    return PartFormSet(request.POST, prefix="part", form_kwargs={"currency": currency})  # type: ignore[return-value]
