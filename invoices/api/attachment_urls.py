"""Addresses of the files beside drafts and invoices, under /api/."""

from billing_assistant.core.api.urls import endpoint
from invoices.api.attachments import DraftAttachments, InvoiceAttachments, OneAttachment

urlpatterns = [
    *endpoint("drafts/<ref:draft_ref>/attachments", DraftAttachments, name="draft-attachments"),
    *endpoint("invoices/<ref:invoice_ref>/attachments", InvoiceAttachments, name="invoice-attachments"),
    *endpoint("attachments/<uuid:attachment_id>", OneAttachment, name="attachment"),
]
