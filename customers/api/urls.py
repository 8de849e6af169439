"""Endpoints of the customers floor, under /api/."""

from billing_assistant.core.api.urls import endpoint
from customers.api.documents import CustomerDocumentFileView, CustomerDocumentsView, CustomerDocumentView
from customers.api.merging import CustomerMergeView
from customers.api.people import ContactsView, ContactView, NotesView, NoteView
from customers.api.views import CustomerStatsView, CustomersView

urlpatterns = [
    *endpoint("customers", CustomersView, name="customers"),
    *endpoint("customers/stats/summary", CustomerStatsView, name="customer-stats"),
    *endpoint("customers/<ref:customer_ref>/contacts", ContactsView, name="customer-contacts"),
    *endpoint("customers/<ref:customer_ref>/contacts/<ref:contact_id>", ContactView, name="customer-contact"),
    *endpoint("customers/<ref:customer_ref>/merge", CustomerMergeView, name="customer-merge"),
    *endpoint("customers/<ref:customer_ref>/documents", CustomerDocumentsView, name="customer-documents"),
    *endpoint(
        "customers/<ref:customer_ref>/documents/<ref:document_id>", CustomerDocumentView, name="customer-document"
    ),
    *endpoint(
        "customers/<ref:customer_ref>/documents/<ref:document_id>/file",
        CustomerDocumentFileView,
        name="customer-document-file",
    ),
    *endpoint("customers/<ref:customer_ref>/notes", NotesView, name="customer-notes"),
    *endpoint("customers/<ref:customer_ref>/notes/<ref:note_id>", NoteView, name="customer-note"),
]
