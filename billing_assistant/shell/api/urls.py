"""Endpoints that read from every floor, under /api/."""

from billing_assistant.core.api.urls import endpoint
from billing_assistant.shell.api.views import CustomerView

urlpatterns = [*endpoint("customers/<ref:ref>", CustomerView, name="customer")]
