"""The pages under /customers/ that read from every floor."""

from django.urls import path

from billing_assistant.shell.web import customer_detail, customer_exports, customer_stats, personal_data, portal_links

urlpatterns = [
    path("stats/", customer_stats.customer_stats, name="stats"),
    path("stats/export/", customer_stats.customer_stats_export, name="stats_export"),
    path("<uuid:customer_id>/", customer_detail.customer_detail, name="detail"),
    path("<uuid:customer_id>/invoices/", customer_detail.customer_invoices, name="invoices"),
    path("<uuid:customer_id>/invoices/new/", customer_detail.customer_invoice_new, name="invoice_new"),
    path("<uuid:customer_id>/invoices/export/", customer_exports.customer_invoices_export, name="invoices_export"),
    path("<uuid:customer_id>/payments/", customer_detail.customer_payments, name="payments"),
    path("<uuid:customer_id>/payments/export/", customer_exports.customer_payments_export, name="payments_export"),
    path("<uuid:customer_id>/activity/", customer_detail.customer_activity, name="activity"),
    path("<uuid:customer_id>/notes/", customer_detail.customer_notes, name="notes"),
    path("<uuid:customer_id>/links/", portal_links.portal_links, name="portal_links"),
    path("<uuid:customer_id>/links/revoke/", portal_links.portal_links_end, name="portal_links_revoke"),
    path("<uuid:customer_id>/links/<uuid:link_id>/revoke/", portal_links.portal_link_end, name="portal_link_revoke"),
    path("<uuid:customer_id>/personal-data/", personal_data.personal_data, name="personal_data"),
    path("<uuid:customer_id>/personal-data/file/", personal_data.personal_data_file, name="personal_data_file"),
    path("<uuid:customer_id>/personal-data/erase/", personal_data.personal_data_erase, name="personal_data_erase"),
    path(
        "<uuid:customer_id>/contacts/<uuid:contact_id>/personal-data/",
        personal_data.personal_data,
        name="contact_data",
    ),
    path(
        "<uuid:customer_id>/contacts/<uuid:contact_id>/personal-data/file/",
        personal_data.personal_data_file,
        name="contact_data_file",
    ),
    path(
        "<uuid:customer_id>/contacts/<uuid:contact_id>/personal-data/erase/",
        personal_data.personal_data_erase,
        name="contact_data_erase",
    ),
]
