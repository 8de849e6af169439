"""Addresses of the API about payments."""

from billing_assistant.core.api.urls import endpoint
from payments.api import views

urlpatterns = [
    *endpoint("payments", views.PaymentsView, name="payments"),
    *endpoint("payments/<ref:ref>", views.PaymentView, name="payment"),
    *endpoint("payments/<ref:ref>/allocate", views.AllocateView, name="payment-allocate"),
    *endpoint("payments/<ref:ref>/refunds", views.RefundsView, name="payment-refunds"),
    *endpoint("payments/<ref:ref>/reverse", views.ReverseView, name="payment-reverse"),
    *endpoint("reports/aging", views.AgingView, name="report-aging"),
]
