"""Addresses of the API's own description."""

from __future__ import annotations

from django.urls import path

from billing_assistant.core.api.document_views import Schema, docs
from billing_assistant.core.api.urls import endpoint

urlpatterns = [
    *endpoint("schema", Schema, name="api-schema"),
    path("docs", docs, name="api-docs"),
    path("docs/", docs),
]
