"""The pages under /invoices/ that read from every floor."""

from django.urls import path

from billing_assistant.shell.web import invoice_detail, portal_links

urlpatterns = [
    path("invoices/<uuid:invoice_id>/", invoice_detail.invoice_detail, name="detail"),
    path("invoices/<uuid:invoice_id>/link/", portal_links.portal_link_new, name="portal_link_new"),
]
