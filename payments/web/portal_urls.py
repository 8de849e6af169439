"""Pages for clients, under /portal/."""

from django.urls import path

from payments.web import (
    collections,
    customer_statements,
    portal,
    portal_home,
    portal_mend,
    portal_methods,
    portal_payments,
    portal_quotes,
    portal_several,
)

app_name = "portal"

urlpatterns = [
    path("", portal_home.home, name="home"),
    path("statement/", customer_statements.own_statement, name="statement"),
    path("statement/<uuid:customer_id>/pdf/", customer_statements.own_statement_paper, name="statement_pdf"),
    path("i/<str:token>/", portal.link_invoice, name="invoice"),
    path("i/<str:token>/pdf/", portal.link_pdf, name="pdf"),
    path("i/<str:token>/files/<uuid:attachment_id>/", portal.link_attachment, name="attachment"),
    path("i/<str:token>/receipts/<uuid:payment_id>/", portal.link_receipt, name="link_receipt"),
    path("i/<str:token>/pay/", portal.link_pay, name="pay"),
    path("i/<str:token>/method/", portal_mend.link_method, name="link_method"),
    path("i/<str:token>/subscription/", collections.link_mend, name="link_mend"),
    path("i/<str:token>/method/new/", portal_mend.link_method_new, name="link_method_new"),
    path("i/<str:token>/method/<uuid:method_id>/autopay/", portal_mend.link_method_autopay, name="link_method_autopay"),
    path("i/<str:token>/viewed/", portal.link_viewed, name="viewed"),
    path("q/<str:token>/", portal_quotes.link_quote, name="quote"),
    path("q/<str:token>/pdf/", portal_quotes.link_pdf, name="quote_pdf"),
    path("q/<str:token>/accept/", portal_quotes.link_accept, name="quote_accept"),
    path("q/<str:token>/decline/", portal_quotes.link_decline, name="quote_decline"),
    path("q/<str:token>/renew/", portal_quotes.link_renew, name="quote_renew"),
    path("q/<str:token>/viewed/", portal_quotes.link_viewed, name="quote_viewed"),
    path("invoices/<uuid:invoice_id>/", portal_home.own_invoice, name="own_invoice"),
    path("invoices/<uuid:invoice_id>/pdf/", portal_home.own_pdf, name="own_pdf"),
    path("invoices/<uuid:invoice_id>/files/<uuid:attachment_id>/", portal_home.own_attachment, name="own_attachment"),
    path("invoices/<uuid:invoice_id>/pay/", portal_home.own_pay, name="own_pay"),
    path("invoices/<uuid:invoice_id>/viewed/", portal_home.own_viewed, name="own_viewed"),
    path("pay/", portal_several.several, name="several"),
    path("pay/<uuid:checkout_id>/", portal_several.together, name="together"),
    path("payments/", portal_payments.own_payments, name="own_payments"),
    path("payments/<uuid:payment_id>/receipt/", portal_payments.own_receipt, name="own_receipt"),
    path("subscriptions/<uuid:collection_id>/", collections.subscribe, name="subscribe"),
    path("subscriptions/<uuid:collection_id>/mend/", collections.mend, name="mend_subscription"),
    path("methods/", portal_methods.methods, name="methods"),
    path("methods/new/<uuid:customer_id>/", portal_methods.method_new, name="method_new"),
    path("methods/back/<uuid:setup_id>/", portal_methods.method_back, name="method_back"),
    path("methods/<uuid:method_id>/autopay/", portal_methods.method_autopay, name="method_autopay"),
    path("methods/<uuid:method_id>/remove/", portal_methods.method_delete, name="method_remove"),
    path("return/saved/<uuid:setup_id>/", portal_mend.saving_return, name="saving_return"),
    path("return/<uuid:checkout_id>/", portal.checkout_return, name="return"),
]
