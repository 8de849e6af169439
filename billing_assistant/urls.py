"""Every address. Each app brings its own list; this file only puts them in their places."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from billing_assistant.core import health, metrics
from billing_assistant.shell.web import customer_urls, invoice_urls
from customers.web import urls as customers
from invoices.web import urls as invoices

# The pages about one customer and one invoice stand on the top floor: they read from every other.
customer_pages = [*customers.urlpatterns, *customer_urls.urlpatterns]
invoice_pages = [*invoices.urlpatterns, *invoice_urls.urlpatterns]

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("billing_assistant.api")),
    path("", include("billing_assistant.core.urls")),
    path("customers/", include((customer_pages, "customers"))),
    path("", include((invoice_pages, "invoices"))),
    path("filters/", include("billing_assistant.core.filters.urls")),
    path("imports/", include("billing_assistant.core.imports.urls")),
    path("", include("integrations.urls")),
    path("", include("payments.web.urls")),
    path("reports/", include("payments.web.report_urls")),
    path("portal/", include("payments.web.portal_urls")),
    path("", include("reminders.web.urls")),
    path("", include("ai_agent.web.urls")),
    path("", include("billing_assistant.shell.web.urls")),
]

handler400 = "billing_assistant.core.web.errors.bad_request"
handler403 = "billing_assistant.core.web.errors.forbidden"
handler404 = "billing_assistant.core.web.errors.not_found"
handler500 = "billing_assistant.core.web.errors.server_error"
