"""Pages of payments for staff. Credit notes and write-offs are reached from an invoice, under its address."""

from django.urls import path

from payments.web import (
    apply,
    books,
    certificates,
    credits,
    customer_statements,
    detail,
    disputes,
    events,
    lists,
    portal_payments,
    receipts,
    reconciliation_urls,
    record,
    refunds,
)

app_name = "payments"

urlpatterns = [
    path("payments/", lists.payment_list, name="list"),
    path("payments/export/", lists.payment_export, name="export"),
    path("payments/new/", record.payment_new, name="new"),
    path("payments/events/", events.event_list, name="events"),
    path("payments/events/<uuid:event_id>/", events.event_detail, name="event"),
    path("payments/events/<uuid:event_id>/act/", events.event_act, name="event_act"),
    path("payments/disputes/", disputes.dispute_list, name="disputes"),
    path("payments/disputes/<uuid:dispute_id>/", disputes.dispute_detail, name="dispute"),
    path("payments/<uuid:payment_id>/dispute/", disputes.dispute_new, name="dispute_new"),
    path("payments/receipts/", receipts.receipt_list, name="receipts"),
    path("payments/receipts/<uuid:receipt_id>/", receipts.receipt_detail, name="receipt"),
    path("payments/receipts/<uuid:receipt_id>/act/", receipts.receipt_act, name="receipt_act"),
    path("payments/<uuid:payment_id>/", detail.payment_detail, name="detail"),
    path("payments/<uuid:payment_id>/receipt/", portal_payments.payment_receipt, name="payment_receipt"),
    path("payments/<uuid:payment_id>/certificate/", certificates.certificate_page, name="certificate"),
    path("payments/<uuid:payment_id>/apply/", apply.payment_apply, name="apply"),
    path("payments/<uuid:payment_id>/reallocate/", apply.payment_reallocate_page, name="reallocate"),
    path("payments/<uuid:payment_id>/refund/", refunds.payment_refund_page, name="refund"),
    path("payments/<uuid:payment_id>/refunds/<uuid:refund_id>/ask/", refunds.refund_ask_again, name="refund_ask"),
    path("payments/<uuid:payment_id>/undo/<uuid:invoice_id>/", detail.allocation_undo, name="undo"),
    path("payments/<uuid:payment_id>/reverse/", detail.payment_reverse_page, name="reverse"),
    path("invoices/<uuid:invoice_id>/apply/", apply.credit_note_apply_page, name="credit_note_apply"),
    path("invoices/<uuid:invoice_id>/credit/", credits.invoice_credit_page, name="invoice_credit"),
    path("customers/<uuid:customer_id>/statement/", customer_statements.statement_page, name="customer_statement"),
    path(
        "customers/<uuid:customer_id>/statement/export/",
        customer_statements.statement_export,
        name="customer_statement_export",
    ),
    path("invoices/<uuid:invoice_id>/postings/", books.postings_page, name="postings"),
    path("invoices/<uuid:invoice_id>/write-off/", credits.invoice_write_off_page, name="invoice_write_off"),
    *reconciliation_urls.urlpatterns,
]
