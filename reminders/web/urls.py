"""Pages of messages: the log, and sending from an invoice, a draft or a customer."""

from django.urls import path

from reminders.web import documents, log, quotes, scheduled, sending, statements

app_name = "messages"
urlpatterns = [
    path("messages/", log.message_list, name="list"),
    path("messages/<uuid:message_id>/", log.message_detail, name="detail"),
    path("messages/<uuid:message_id>/html/", log.message_html, name="html"),
    path("messages/<uuid:message_id>/files/<int:file_id>/", log.message_file, name="file"),
    path("messages/<uuid:message_id>/resend/", log.message_send_again, name="resend"),
    path("messages/<uuid:message_id>/confirm/", log.message_arrived, name="confirm"),
    path("messages/<uuid:message_id>/retry/", log.message_try_again, name="retry"),
    path("messages/<uuid:message_id>/cancel/", log.message_do_not_send, name="cancel"),
    path("messages/<uuid:message_id>/now/", scheduled.message_now, name="now"),
    path("messages/<uuid:message_id>/time/", scheduled.message_time, name="time"),
    path("invoices/<uuid:invoice_id>/send/", documents.invoice_send_page, name="invoice_send"),
    path("invoices/<uuid:invoice_id>/send/preview/", documents.invoice_preview, name="invoice_preview"),
    path("drafts/<uuid:draft_id>/send/", documents.draft_send_page, name="draft_send"),
    path("drafts/<uuid:draft_id>/send/preview/", documents.draft_preview, name="draft_preview"),
    path("quotes/<uuid:quote_id>/send/", quotes.quote_send_page, name="quote_send"),
    path("quotes/<uuid:quote_id>/send/preview/", quotes.quote_preview, name="quote_preview"),
    path("customers/<uuid:customer_id>/statement/send/", statements.statement_send_page, name="statement_send"),
    path("customers/<uuid:customer_id>/message/", sending.customer_message_page, name="write"),
    path("customers/<uuid:customer_id>/message/preview/", sending.customer_preview, name="customer_preview"),
]
