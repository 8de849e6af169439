"""Pages of recurring plans, joined to those of the invoices."""

from django.urls import path

from invoices.web import plan_acts, plan_exports, plans

urlpatterns = [
    path("plans/", plans.plan_list, name="plans"),
    path("plans/export/", plan_exports.plan_export, name="plan_export"),
    path("plans/new/", plans.plan_new, name="plan_new"),
    path("plans/ahead/", plans.plan_ahead, name="plan_ahead"),
    path("plans/increase/", plan_acts.plan_increase, name="plan_increase"),
    path("plans/<uuid:plan_id>/", plans.plan_detail, name="plan"),
    path("plans/<uuid:plan_id>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<uuid:plan_id>/lines/", plan_acts.plan_lines, name="plan_lines"),
    path("plans/<uuid:plan_id>/lines/ahead/", plan_acts.plan_lines_ahead, name="plan_lines_ahead"),
    path("plans/<uuid:plan_id>/act/", plan_acts.plan_act, name="plan_act"),
]
