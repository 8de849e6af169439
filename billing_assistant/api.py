"""Every address of the JSON API. Each app brings its own list, on the highest floor that its answers read."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("billing_assistant.core.api.document_urls")),
    path("", include("billing_assistant.core.api.saved_filter_urls")),
    path("", include("customers.api.urls")),
    path("", include("invoices.api.urls")),
    path("", include("payments.api.urls")),
    path("", include("reminders.api.urls")),
    path("", include("ai_agent.api.urls")),
    path("", include("billing_assistant.shell.api.urls")),
]
