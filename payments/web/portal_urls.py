"""Pages for clients, under /portal/."""

from django.urls import path

from payments.web import customer_statements, portal, portal_home, portal_methods, portal_quotes

app_name = "portal"

urlpatterns = [
    path("", portal_home.home, name="home"),
    path("statement/", customer_statements.own_statement, name="statement"),
    path("i/<str:token>/", portal.link_invoice, name="invoice"),
    path("i/<str:token>/pdf/", portal.link_pdf, name="pdf"),
    path("i/<str:token>/files/<uuid:attachment_id>/", portal.link_attachment, name="attachment"),
    path("i/<str:token>/pay/", portal.link_pay, name="pay"),
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
    path("methods/", portal_methods.methods, name="methods"),
    path("methods/new/<uuid:customer_id>/", portal_methods.method_new, name="method_new"),
    path("methods/back/<uuid:setup_id>/", portal_methods.method_back, name="method_back"),
    path("methods/<uuid:method_id>/autopay/", portal_methods.method_autopay, name="method_autopay"),
    path("methods/<uuid:method_id>/remove/", portal_methods.method_delete, name="method_remove"),
    path("return/<uuid:checkout_id>/", portal.checkout_return, name="return"),
]
