"""Addresses of the drafting endpoint, under /api/."""

from ai_agent.api.views import Generate
from billing_assistant.core.api.urls import endpoint

urlpatterns = [*endpoint("customers/<ref:customer_ref>/invoices/generate", Generate, name="customer-generate")]
