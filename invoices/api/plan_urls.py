"""Addresses of recurring plans, under /api/."""

from billing_assistant.core.api.urls import endpoint
from invoices.api.plan_acts import PlanEnd, PlanLines, PlanPause, PlanResume, PlansIncrease
from invoices.api.plans import InvoicePlan, OnePlan, PlanAhead, PlanPeriods, Plans

urlpatterns = [
    *endpoint("plans", Plans, name="plans"),
    *endpoint("plans/increase", PlansIncrease, name="plans-increase"),
    *endpoint("plans/<ref:plan_ref>", OnePlan, name="plan"),
    *endpoint("plans/<ref:plan_ref>/preview", PlanAhead, name="plan-preview"),
    *endpoint("plans/<ref:plan_ref>/periods", PlanPeriods, name="plan-periods"),
    *endpoint("plans/<ref:plan_ref>/pause", PlanPause, name="plan-pause"),
    *endpoint("plans/<ref:plan_ref>/resume", PlanResume, name="plan-resume"),
    *endpoint("plans/<ref:plan_ref>/end", PlanEnd, name="plan-end"),
    *endpoint("plans/<ref:plan_ref>/lines", PlanLines, name="plan-lines"),
    *endpoint("invoices/<ref:invoice_ref>/plan", InvoicePlan, name="invoice-plan"),
]
