"""Pages of the customers floor, under /customers/. The page about one customer is joined to them by the whole."""

from django.urls import path

from customers.web import documents, edit, lists, merging

app_name = "customers"
urlpatterns = [
    path("", lists.customer_list, name="list"),
    path("export/", lists.customer_export, name="export"),
    path("options/", lists.customer_options, name="options"),
    path("new/", edit.customer_new, name="new"),
    path("<uuid:customer_id>/edit/", edit.customer_edit, name="edit"),
    path("<uuid:customer_id>/status/", edit.customer_status, name="status"),
    path("<uuid:customer_id>/merge/", merging.customer_merge, name="merge"),
    path("<uuid:customer_id>/documents/", documents.document_list, name="documents"),
    path("<uuid:customer_id>/documents/<uuid:document_id>/", documents.document_file, name="document_file"),
    path("<uuid:customer_id>/documents/<uuid:document_id>/remove/", documents.document_remove, name="document_remove"),
    path("<uuid:customer_id>/contacts/new/", edit.contact_new, name="contact_new"),
    path("<uuid:customer_id>/contacts/<uuid:contact_id>/", edit.contact_edit, name="contact_edit"),
    path("<uuid:customer_id>/contacts/<uuid:contact_id>/remove/", edit.contact_delete, name="contact_remove"),
    path("<uuid:customer_id>/contacts/<uuid:contact_id>/access/", edit.contact_access, name="contact_access"),
    path("<uuid:customer_id>/notes/new/", edit.note_new, name="note_new"),
]
