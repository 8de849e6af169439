"""Pages of invoices that providers made by themselves."""

from django.urls import path

from payments.web import external_invoices as pages

ONE = "payments/provider-invoices/<uuid:external_invoice_id>/"

urlpatterns = [
    path("payments/provider-invoices/", pages.external_invoice_list, name="external_invoices"),
    path("payments/provider-invoices/export/", pages.external_invoice_export, name="external_invoice_export"),
    path(ONE, pages.external_invoice_detail, name="external_invoice"),
    path(f"{ONE}customer/", pages.external_invoice_customer, name="external_invoice_customer"),
    path(f"{ONE}ask/", pages.external_invoice_ask, name="external_invoice_ask"),
]
