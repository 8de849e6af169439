"""Pages of payment plans, and of what is asked for."""

from django.urls import path

from payments.web import chasing, payment_plans

urlpatterns = [
    path("payments/plans/", payment_plans.plan_list, name="payment_plans"),
    path("payments/plans/<uuid:payment_plan_id>/", payment_plans.plan_detail, name="payment_plan"),
    path("payments/plans/<uuid:payment_plan_id>/cancel/", payment_plans.plan_cancel, name="payment_plan_cancel"),
    path("payments/chasing/", chasing.chasing_page, name="chasing"),
    path("customers/<uuid:customer_id>/payment-plan/", payment_plans.plan_new, name="payment_plan_new"),
]
