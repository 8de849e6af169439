"""Pages of the files beside drafts and invoices, joined to those of the invoices."""

from django.urls import path

from invoices.web import attachments

urlpatterns = [
    path("drafts/<uuid:draft_id>/files/", attachments.draft_attachments, name="draft_attachments"),
    path("invoices/<uuid:invoice_id>/files/", attachments.invoice_attachments, name="invoice_attachments"),
    path("attachments/<uuid:attachment_id>/", attachments.attachment_file, name="attachment"),
    path("attachments/<uuid:attachment_id>/remove/", attachments.attachment_take_away, name="attachment_remove"),
]
