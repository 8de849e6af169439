"""Addresses of the API's own description."""

from __future__ import annotations

from django.urls import path

from billing_assistant.core.api.document_views import docs, schema

urlpatterns = [
    path("schema", schema, name="api-schema"),
    path("schema/", schema),
    path("docs", docs, name="api-docs"),
    path("docs/", docs),
]
