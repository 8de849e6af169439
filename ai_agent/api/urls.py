"""Addresses of drafting and suggestions, under /api/."""

from ai_agent.api.views import Generate, Suggest
from billing_assistant.core.api.urls import endpoint

urlpatterns = [
    *endpoint("customers/<ref:customer_ref>/invoices/generate", Generate, name="customer-generate"),
    *endpoint("customers/<ref:customer_ref>/invoices/suggest", Suggest, name="customer-suggest"),
]
