"""Endpoints of the customers floor, under /api/."""

from billing_assistant.core.api.urls import endpoint
from customers.api.views import CustomerStatsView, CustomersView

urlpatterns = [
    *endpoint("customers", CustomersView, name="customers"),
    *endpoint("customers/stats/summary", CustomerStatsView, name="customer-stats"),
]
