"""Addresses of the API about payments."""

from billing_assistant.core.api.urls import endpoint
from payments.api import collections, external_invoices, payment_plans, proofs, views

urlpatterns = [
    *endpoint("payments", views.PaymentsView, name="payments"),
    *endpoint("payments/<ref:ref>", views.PaymentView, name="payment"),
    *endpoint("payments/<ref:ref>/allocate", views.AllocateView, name="payment-allocate"),
    *endpoint("payments/<ref:ref>/refunds", views.RefundsView, name="payment-refunds"),
    *endpoint("payments/<ref:ref>/reverse", views.ReverseView, name="payment-reverse"),
    *endpoint("payments/<ref:ref>/proofs", proofs.ProofsView, name="payment-proofs"),
    *endpoint("payments/<ref:ref>/proofs/<uuid:proof_id>", proofs.OneProof, name="payment-proof"),
    *endpoint("payment-plans", payment_plans.PaymentPlansView, name="payment-plans"),
    *endpoint("payment-plans/<ref:ref>", payment_plans.PaymentPlanView, name="payment-plan"),
    *endpoint("payment-plans/<ref:ref>/cancel", payment_plans.PaymentPlanCancelView, name="payment-plan-cancel"),
    *endpoint("plan-collections", collections.CollectionsView, name="plan-collections"),
    *endpoint("plan-collections/<uuid:collection_id>", collections.CollectionView, name="plan-collection"),
    *endpoint("provider-invoices", external_invoices.ExternalInvoicesView, name="provider-invoices"),
    *endpoint(
        "provider-invoices/<uuid:external_invoice_id>", external_invoices.ExternalInvoiceView, name="provider-invoice"
    ),
    *endpoint("reports/chasing", payment_plans.ChasingView, name="report-chasing"),
    *endpoint("reports/aging", views.AgingView, name="report-aging"),
]
