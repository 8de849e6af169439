"""Addresses of the integrations app: webhooks in, and the demo gateway (404 while DEMO is off)."""

from django.urls import include, path

urlpatterns = [
    path("hooks/", include("integrations.web.urls")),
    path("demo-gateway/", include("integrations.demo_gateway.urls")),
]
